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
  /** Further consumers whose games are played, after those of the deployment's own. In lower case. */
  readonly consumers: ReadonlySet<Hex>;
  readonly truth: TraceProvider & { unknown(run: Run): Promise<string | null> };
  /** What else the contracts' events tell. */
  readonly requests: Requests;
  readonly batches: Batches;
  /** Without one, the watchtower reports what it would do. */
  readonly queue: TransactionQueue | null;
  /** Reads what events do not tell: our account with the contract. */
  readonly accountOf: (
    account: Address,
  ) => Promise<{ credit: bigint; unlocked: bigint; payableAt: number; held: boolean }>;
  /** Expected cost of one resolution, in wei; games in which we have no stake are resolved only above it. Asked for once a round, at most. */
  readonly resolutionCost: () => Promise<bigint>;
  readonly report: (event: WatchEvent) => void;
  readonly troubles: Troubles;
}

/** What the watchtower has to say. */
export type WatchEvent =
  | {
      readonly kind: "game";
      readonly game: Hex;
      /** `foreign`: not played, since another contract or account is its consumer. */
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
 * Each round starts from the chain alone: the events give the tree, the strategy gives the moves still owed, the queue sends those
 * that are not on their way. Nothing else is remembered that matters, so it can be killed at any moment, and after a reorganisation it
 * plays what the new chain lacks.
 */
export class Watchtower {
  readonly #options: WatchtowerOptions;
  #forest: Forest;
  /** The logs of the last look, and how many there were then. */
  #logs: readonly ChainLog[] = [];
  #read = 0;
  #unreadable: string[] = [];
  /** What the log should tell, and does not, by what it concerns. */
  #gaps: ReadonlyMap<string, Error> = new Map();
  readonly #patience = new Patience();
  readonly #judgements = new Map<Hex, Judgements>();
  readonly #reported = new Set<string>();
  /** Consumers of the deployment's own: whoever opens their games has a bond at stake. */
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

  /** Reads the chain, and does nothing. */
  async look(): Promise<L1Block> {
    const { follower, report } = this.#options;
    const { head, logs, reorganised } = await follower.poll();
    if (reorganised) report({ kind: "reorganised", head });
    this.#absorb(logs);
    this.#sayWhatIsWrong(head);
    return head;
  }

  /**
   * One round. What fails for one game, or for one transaction, does not keep the others from being looked after. The most urgent game comes first.
   * @throws what look() throws
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
   * The consumer of a game chose its machine and its question, and may void it whenever it likes: whoever answers then has paid for nothing, with money that is
   * missing where it counts.
   */
  #isPlayed({ proposal: { consumer } }: Game): boolean {
    return this.#own.has(consumer) || this.#options.consumers.has(consumer);
  }

  #reportForeign({ id, proposal: { consumer } }: Game): void {
    const key = `${id}/verdict`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    const why = `not played: its consumer ${consumer} is not of this deployment; --consumer ${consumer} plays its games`;
    this.#options.report({ kind: "game", game: id, verdict: "foreign", why });
  }

  /** Brings the tree up to the logs. Where they are not the earlier ones and further ones, it is built anew; also where it has gaps, which they may fill. */
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
    // The endpoints may lack what is missing for good, and the history is long: it is read again ever more rarely.
    if (this.#gaps.size === 0) this.#patience.forget();
    else if (this.#patience.isOver()) follower.readAgain();
  }

  #findGaps(): Map<string, Error> {
    const { requests, batches } = this.#options;
    const gaps = new Map<string, string[]>();
    for (const { where, why } of gapsOf({ forest: this.#forest, requests, batches, unreadable: this.#unreadable }))
      gaps.set(where, [...(gaps.get(where) ?? []), why]);
    const said = (whys: string[]) => `the log is incomplete, and is read again: ${whys.join("; ")}`;
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
      // A parent can be settled only after its children are: what is refused now is due again in the next round.
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

  /** Sends, and reports it; without a key, reports alone. @returns whether the deed is done, or on its way */
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
      // So little is worth a transaction only when no more is about to come.
      const us = new Set([queue.address.toLowerCase() as Hex]);
      const games = [...this.#forest.games.values()];
      if (games.some((game) => game.status === "open" && hasStake(game, us))) return;
    }
    const data = encodeFunctionData({ abi: disputeGameAbi, functionName: due });
    await this.make({ key: due, to: deployment.disputeGame, data, value: 0n }, due, "0x");
  }
}

/** Somebody did the same before us: the truth is on the chain, which is all we want. */
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
