import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Deployment } from "@elench/deploy/deployment";
import type { ElenchError } from "@elench/errors/elench-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import { type Address, encodeFunctionData, type Hex } from "viem";
import { moveIntent, RESOLUTIONS_AT_ONCE, resolutionIntent, together } from "../l1/calls.ts";
import { type ContractError, ContractRefusal } from "../l1/contract-refusal.ts";
import { decodeLogs } from "../l1/events.ts";
import type { ChainLog, Follower, L1Block } from "../l1/follower.ts";
import type { Staleness } from "../l1/staleness.ts";
import type { Intent, TransactionQueue } from "../l1/transactions.ts";
import { honestMoves, type Judgements } from "../strategy/moves.ts";
import { inOrder } from "../strategy/order.ts";
import { dueResolutions, hasStake, worthResolving } from "../strategy/resolutions.ts";
import type { Run, TraceProvider } from "../strategy/trace-provider.ts";
import { emptyForest, extend, type Forest, type Game } from "../strategy/tree.ts";
import { dueWithdrawal } from "../strategy/withdrawals.ts";
import type { Batches } from "./batches.ts";
import { gapsOf } from "./gaps.ts";
import { Patience } from "./patience.ts";
import type { Requests } from "./requests.ts";
import type { TroubleEvent, Troubles } from "./troubles.ts";

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
  readonly staleness: Staleness;
  readonly deployment: Deployment;
  readonly parameters: GameParameters;
  /** Further consumers whose games are played, after those of the deployment's own consumers. In lower case. */
  readonly consumers: ReadonlySet<Hex>;
  readonly truth: TraceProvider & { unknown(run: Run): Promise<string | null> };
  /** Other state that is rebuilt from the contracts' events. */
  readonly requests: Requests;
  readonly batches: Batches;
  /** Without a queue, the watchtower only reports what it would send. */
  readonly queue: TransactionQueue | null;
  /** Reads our account with the game contract, which events do not contain. */
  readonly accountOf: (
    account: Address,
  ) => Promise<{ credit: bigint; unlocked: bigint; payableAt: number; held: boolean }>;
  /** Expected cost of one resolution, in wei; a game in which we have no stake is resolved only if the prepayment exceeds it. Called at most once a round. */
  readonly resolutionCost: () => Promise<bigint>;
  readonly report: (event: WatchEvent) => void;
  readonly troubles: Troubles;
}

/** Events that the watchtower reports. */
export type WatchEvent =
  | {
      readonly kind: "game";
      readonly game: Hex;
      /** `foreign`: not played, because the consumer is not of this deployment. */
      readonly verdict: "true" | "false" | "unknown" | "foreign";
      readonly why?: string;
    }
  | {
      readonly kind: "act";
      readonly what: string;
      readonly key: string;
      readonly game: Hex;
      readonly hash?: Hex;
      readonly reason?: string;
    }
  | { readonly kind: "reorganised"; readonly head: L1Block }
  | TroubleEvent;

/**
 * Watches every game of one contract, and plays those that it can judge.
 *
 * Each round depends on the chain alone: the events give the tree, the strategy gives the missing moves, and the queue sends those
 * that are not pending. No other state matters, so the process can be killed at any moment, and after a reorganisation it
 * makes the moves that the new chain lacks.
 */
export class Watchtower {
  readonly #options: WatchtowerOptions;
  #forest: Forest;
  /** The logs of the last poll, and their number then. */
  #logs: readonly ChainLog[] = [];
  #read = 0;
  #unreadable: string[] = [];
  /** Gaps in the log, by place. */
  #gaps: ReadonlyMap<string, Error> = new Map();
  readonly #patience = new Patience();
  readonly #judgements = new Map<Hex, Judgements>();
  readonly #reported = new Set<string>();
  /** The deployment's own consumers: opening a game of theirs costs a bond. */
  readonly #own: ReadonlySet<Hex>;

  constructor(options: WatchtowerOptions) {
    this.#options = options;
    const { inferenceOracle, rollup } = options.deployment;
    this.#own = new Set([inferenceOracle, ...(rollup ? [rollup.outputs] : [])].map((a) => a.toLowerCase() as Hex));
    this.#forest = this.#empty();
  }

  get forest(): Forest {
    return this.#forest;
  }

  /** Reads the chain, and sends nothing. */
  async look(): Promise<L1Block> {
    const { follower, report } = this.#options;
    const { head, logs, reorganised } = await follower.poll();
    if (reorganised) report({ kind: "reorganised", head });
    this.#absorb(logs);
    this.#sayWhatIsWrong(head);
    return head;
  }

  /**
   * One round. A failure of one game or one transaction does not stop the others. The game with the earliest deadline comes first.
   * @throws the errors of look()
   */
  async round(): Promise<L1Block> {
    const { queue, troubles, parameters } = this.#options;
    await troubles.attempt("transactions", async () => {
      for (const { key, error } of (await queue?.tick()) ?? []) troubles.tell(`transaction ${key}`, error);
    });
    const head = await this.look();
    const now = Number(head.timestamp);
    let cost: Promise<bigint> | undefined;
    const resolutionCost = () => {
      cost ??= this.#options.resolutionCost();
      return cost;
    };
    for (const game of inOrder(this.#forest.games.values(), this.#own, parameters, now)) {
      if (!this.#isPlayed(game)) this.#reportForeign(game);
      else await troubles.attempt(`game ${game.id}`, () => this.#play(game, now));
      await troubles.attempt(`settlement of game ${game.id}`, () => this.#settle(game, now, resolutionCost));
    }
    await troubles.attempt("withdrawals", () => this.#bringMoneyHome(now));
    return head;
  }

  /**
   * The consumer of a game chooses its machine and its context, and can void it at any time: the other party then loses prepayments and gas, which it
   * needs for the deployment's own games.
   */
  #isPlayed({ proposal: { consumer } }: Game): boolean {
    return this.#own.has(consumer) || this.#options.consumers.has(consumer);
  }

  #reportForeign({ id, proposal: { consumer } }: Game): void {
    const key = `${id}/verdict`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    const why = `not played: its consumer ${consumer} is not of this deployment; to play its games, give --consumer ${consumer}`;
    this.#options.report({ kind: "game", game: id, verdict: "foreign", why });
  }

  /** Applies the logs to the tree. The tree is rebuilt if logs were not only appended, or if it has gaps, which the new logs may fill. */
  #absorb(logs: readonly ChainLog[]): void {
    if (logs === this.#logs && logs.length === this.#read) return;
    if (logs !== this.#logs || this.#gaps.size > 0) {
      this.#forest = this.#empty();
      this.#options.requests.forget();
      this.#options.batches.forget();
      this.#unreadable = [];
      this.#read = 0;
    }
    const { game, oracle, rollup, unreadable } = decodeLogs(this.#options.deployment, logs.slice(this.#read));
    this.#options.requests.learn(oracle);
    this.#options.batches.learn(rollup);
    this.#forest = extend(this.#forest, game);
    this.#unreadable.push(...unreadable);
    this.#logs = logs;
    this.#read = logs.length;
    this.#gaps = this.#findGaps();
  }

  #sayWhatIsWrong(head: L1Block): void {
    const { follower, staleness, troubles } = this.#options;
    const stale = staleness.of(head);
    if (stale === undefined) troubles.over("head");
    else troubles.tell("head", new UserError(stale, EXIT.environment));
    troubles.replace(/^the log/, this.#gaps);
    // The endpoints may never have the missing logs, and the history is long: the waits between two reads grow.
    if (this.#gaps.size === 0) this.#patience.forget();
    else if (this.#patience.isOver()) follower.readAgain();
  }

  #findGaps(): Map<string, Error> {
    const { requests, batches } = this.#options;
    const gaps = new Map<string, string[]>();
    for (const { where, why } of gapsOf({ forest: this.#forest, requests, batches, unreadable: this.#unreadable }))
      gaps.set(where, [...(gaps.get(where) ?? []), why]);
    const said = (whys: string[]) => `the log is incomplete and is read again: ${whys.join("; ")}`;
    return new Map([...gaps].map(([where, whys]) => [where, new UserError(said(whys), EXIT.environment)]));
  }

  #empty(): Forest {
    const { deployment, parameters } = this.#options;
    return emptyForest({ chainId: BigInt(deployment.chainId), address: deployment.disputeGame }, parameters);
  }

  async #play(game: Game, now: number): Promise<void> {
    const { truth, parameters, troubles } = this.#options;
    if (game.status !== "open") {
      this.#judgements.delete(game.id);
      return;
    }
    await this.#reportVerdict(game);
    const judgements: Judgements = this.#judgements.get(game.id) ?? new Map();
    this.#judgements.set(game.id, judgements);
    const moves = await honestMoves(game, truth, parameters, now, judgements);
    for (const move of moves.sort((a, b) => a.deadline - b.deadline)) {
      await troubles.attempt(`${move.kind} ${move.id} in game ${game.id}`, async () => {
        await this.make(moveIntent(move, this.#options), move.kind, move.game);
      });
    }
  }

  async #settle(game: Game, now: number, resolutionCost: () => Promise<bigint>): Promise<void> {
    const { parameters, queue } = this.#options;
    const resolutions = dueResolutions(game, parameters, now).slice(0, RESOLUTIONS_AT_ONCE);
    if (resolutions.length === 0) return;
    const accounts = new Set(queue ? [queue.address.toLowerCase() as Hex] : []);
    const isWorth = this.#isPlayed(game)
      ? worthResolving(game, accounts, parameters.prepayment, await resolutionCost())
      : hasStake(game, accounts);
    if (!isWorth) return;
    const settling = resolutions.map((resolution) => resolutionIntent(resolution, this.#options));
    if (settling.length > 1 && (await this.make(together(settling, game.id), "settle", game.id))) return;
    for (const [i, intent] of settling.entries()) {
      // A parent can be settled only after its children: a resolution that reverts now is due again in the next round.
      if (!(await this.make(intent, resolutions[i]?.kind ?? "resolve", game.id))) break;
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

  /** Sends, and reports it; without a key, only reports. @returns whether the action is done or pending */
  async make(intent: Intent, what: string, game: Hex): Promise<boolean> {
    const { queue, report, troubles } = this.#options;
    if (!queue) {
      if (!this.#reported.has(intent.key))
        report({ kind: "act", what, key: intent.key, game, reason: "no key: reported only" });
      this.#reported.add(intent.key);
      return false;
    }
    const sent = await queue.submit(intent);
    if (sent.status === "sent") {
      troubles.over(intent.key);
      report({ kind: "act", what, key: intent.key, game, hash: sent.hash });
    }
    if (sent.status === "refused" && !isAlreadyDone(sent.refusal)) {
      const reason = sent.refusal.message;
      if (troubles.isNews(intent.key, reason)) report({ kind: "act", what, key: intent.key, game, reason });
    }
    return sent.status !== "refused";
  }

  async #bringMoneyHome(now: number): Promise<void> {
    const { queue, accountOf, deployment, parameters } = this.#options;
    if (!queue) return;
    const account = await accountOf(queue.address);
    const due = dueWithdrawal(account, now);
    if (due === undefined) return;
    if (due === "unlock" && account.credit <= parameters.bond) {
      // An amount of at most one bond is unlocked only if no more will be credited soon.
      const us = new Set([queue.address.toLowerCase() as Hex]);
      const games = [...this.#forest.games.values()];
      if (games.some((game) => game.status === "open" && hasStake(game, us))) return;
    }
    const data = encodeFunctionData({ abi: disputeGameAbi, functionName: due });
    await this.make({ key: due, to: deployment.disputeGame, data, value: 0n }, due, "0x");
  }
}

/** Errors of a call that another account has already made. */
const ALREADY_DONE = new Set<ContractError>([
  "ClaimExists",
  "AlreadyRefuted",
  "AlreadyResolved",
  "Unresolved",
  "NotNext",
  "NoSuchRequest",
  "TooSoon",
]);

const isAlreadyDone = (refusal: ElenchError): boolean =>
  refusal instanceof ContractRefusal && ALREADY_DONE.has(refusal.errorName);
