import { type Address, encodeFunctionData, type Hex } from "viem";
import type { Batches } from "./batches.ts";
import { disputeGameAbi } from "./l1/abi.ts";
import { moveIntent, resolutionIntent, together } from "./l1/calls.ts";
import type { Deployment } from "./l1/deployment.ts";
import { decodeLogs } from "./l1/events.ts";
import type { ChainLog, Follower, Head } from "./l1/follower.ts";
import type { Intent, TransactionQueue } from "./l1/transactions.ts";
import type { Requests } from "./requests.ts";
import { honestMoves, type Judgements } from "./strategy/moves.ts";
import { dueResolutions, hasStake, worthResolving } from "./strategy/resolutions.ts";
import { emptyForest, extend, type Forest, type Game } from "./strategy/tree.ts";
import type { Run, Truth } from "./strategy/truth.ts";
import { dueWithdrawal } from "./strategy/withdrawals.ts";

/** The game's constants, read from the contract at the start. */
export interface GameParameters {
  /** Seconds. */
  readonly maxClock: number;
  readonly extension: number;
  readonly longExtension: number;
  /** Wei. */
  readonly bond: bigint;
  readonly prepayment: bigint;
}

export interface WatchtowerOptions {
  readonly follower: Follower;
  readonly deployment: Deployment;
  readonly parameters: GameParameters;
  readonly truth: Truth & { unknown(run: Run): Promise<string | null> };
  /** What else the contracts' events tell. */
  readonly requests: Requests;
  readonly batches: Batches;
  /** Without one, the watchtower reports what it would do. */
  readonly queue: TransactionQueue | null;
  /** Reads what events do not tell: our account with the contract. */
  readonly accountOf: (
    account: Address,
  ) => Promise<{ credit: bigint; unlocked: bigint; payableAt: number; held: boolean }>;
  /** Expected cost of one resolution, in wei; games in which we have no stake are resolved only above it. */
  readonly resolutionCost: () => Promise<bigint>;
  readonly report: (event: WatchEvent) => void;
}

/** What the watchtower has to say. */
export type WatchEvent =
  | { readonly kind: "game"; readonly game: Hex; readonly verdict: "true" | "false" | "unknown"; readonly why?: string }
  | {
      readonly kind: "act";
      readonly what: string;
      readonly key: string;
      readonly game: Hex;
      readonly hash?: Hex;
      readonly reason?: string;
    }
  | { readonly kind: "reorganised"; readonly head: Head }
  | { readonly kind: "trouble"; readonly where: string; readonly error: unknown };

/**
 * Watches every game of one contract, and plays those that it can judge.
 *
 * Each round starts from the chain alone: the events give the tree, the strategy gives the moves still owed, the queue sends those
 * that are not on their way. Nothing else is remembered that matters, so it can be killed at any moment, and after a reorganisation it
 * plays what the new chain lacks.
 */
export class Watchtower {
  readonly #options: WatchtowerOptions;
  #forest: Forest;
  #read = 0;
  #lastLog: ChainLog | undefined;
  readonly #judgements = new Map<Hex, Judgements>();
  readonly #reported = new Set<string>();

  constructor(options: WatchtowerOptions) {
    this.#options = options;
    this.#forest = this.#empty();
  }

  get forest(): Forest {
    return this.#forest;
  }

  /** Reads the chain, and does nothing. */
  async look(): Promise<Head> {
    const { follower, report } = this.#options;
    const { head, logs, reorganised } = await follower.poll();
    if (reorganised) report({ kind: "reorganised", head });
    this.#absorb(logs);
    return head;
  }

  /** One round. What fails for one game does not keep the others from being played. */
  async round(): Promise<Head> {
    const { queue, report } = this.#options;
    const head = await this.look();
    await queue?.tick();
    const now = Number(head.timestamp);
    for (const game of this.#forest.games.values()) {
      try {
        await this.#play(game, now);
      } catch (error) {
        report({ kind: "trouble", where: `game ${game.id}`, error });
      }
    }
    await this.#bringMoneyHome(now);
    return head;
  }

  /** Brings the tree up to the logs: further ones are added; where earlier ones are gone, it is built anew. */
  #absorb(logs: readonly ChainLog[]): void {
    const isContinuation = this.#read === 0 || (logs.length >= this.#read && logs[this.#read - 1] === this.#lastLog);
    if (!isContinuation) {
      this.#forest = this.#empty();
      this.#options.requests.forget();
      this.#options.batches.forget();
      this.#read = 0;
    }
    const { game, oracle, rollup } = decodeLogs(this.#options.deployment, logs.slice(this.#read));
    this.#options.requests.learn(oracle);
    this.#options.batches.learn(rollup);
    this.#forest = extend(this.#forest, game);
    this.#read = logs.length;
    this.#lastLog = logs[logs.length - 1];
  }

  #empty(): Forest {
    const { deployment, parameters } = this.#options;
    return emptyForest({ chainId: BigInt(deployment.chainId), address: deployment.disputeGame }, parameters);
  }

  async #play(game: Game, now: number): Promise<void> {
    const { truth, parameters, queue } = this.#options;
    if (game.status === "open") {
      await this.#reportVerdict(game);
      const judgements: Judgements = this.#judgements.get(game.id) ?? new Map();
      this.#judgements.set(game.id, judgements);
      for (const move of await honestMoves(game, truth, parameters, now, judgements))
        await this.#make(moveIntent(move, this.#options), move.kind, move.game);
    } else {
      this.#judgements.delete(game.id);
    }
    const resolutions = dueResolutions(game, parameters, now);
    if (resolutions.length === 0) return;
    const accounts = new Set(queue ? [queue.address.toLowerCase() as Hex] : []);
    if (!worthResolving(game, accounts, parameters.prepayment, await this.#options.resolutionCost())) return;
    const settling = resolutions.map((resolution) => resolutionIntent(resolution, this.#options));
    if (settling.length > 1 && (await this.#make(together(settling, game.id), "settle", game.id))) return;
    for (const [i, intent] of settling.entries()) {
      // A parent can be settled only after its children are: what is refused now is due again in the next round.
      if (!(await this.#make(intent, resolutions[i]?.kind ?? "resolve", game.id))) break;
    }
  }

  async #reportVerdict(game: Game): Promise<void> {
    const { truth, report } = this.#options;
    const key = `${game.id}/verdict`;
    if (this.#reported.has(key)) return;
    const { machine, context, start, level, output } = game.proposal;
    const run = { machine, context, start, level };
    const why = await truth.unknown(run);
    if (why !== null) {
      if (!this.#reported.has(`${key}/unknown`)) report({ kind: "game", game: game.id, verdict: "unknown", why });
      this.#reported.add(`${key}/unknown`);
      return;
    }
    this.#reported.add(key);
    const ours = `0x${Buffer.from(await truth.output(run)).toString("hex")}`;
    report({ kind: "game", game: game.id, verdict: ours === output ? "true" : "false" });
  }

  /** @returns whether the deed is done, or on its way */
  async #make(intent: Intent, what: string, game: Hex): Promise<boolean> {
    const { queue, report } = this.#options;
    if (!queue) {
      if (!this.#reported.has(intent.key))
        report({ kind: "act", what, key: intent.key, game, reason: "no key: reported only" });
      this.#reported.add(intent.key);
      return false;
    }
    const sent = await queue.submit(intent);
    if (sent.status === "sent") report({ kind: "act", what, key: intent.key, game, hash: sent.hash });
    if (sent.status === "refused" && !isAlreadyDone(sent.reason))
      report({ kind: "act", what, key: intent.key, game, reason: sent.reason });
    return sent.status !== "refused";
  }

  async #bringMoneyHome(now: number): Promise<void> {
    const { queue, accountOf, deployment, parameters } = this.#options;
    if (!queue) return;
    const account = await accountOf(queue.address);
    const due = dueWithdrawal(account, now);
    if (due === undefined) return;
    if (due === "unlock" && account.credit <= parameters.bond) {
      // So little is worth a transaction only when no more is about to come.
      const us = new Set([queue.address.toLowerCase() as Hex]);
      const games = [...this.#forest.games.values()];
      if (games.some((game) => game.status === "open" && hasStake(game, us))) return;
    }
    const data = encodeFunctionData({ abi: disputeGameAbi, functionName: due });
    await this.#make({ key: due, to: deployment.disputeGame, data, value: 0n }, due, "0x");
  }
}

/** Somebody made the same move, or the same resolution, before us: the truth is on the chain, which is all we want. */
const isAlreadyDone = (reason: string): boolean => /ClaimExists|AlreadyRefuted|AlreadyResolved|Unresolved/.test(reason);
