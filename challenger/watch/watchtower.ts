import { toHex } from "@elench/bytes/hex";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Deployment } from "@elench/deploy/deployment";
import type { ElenchError } from "@elench/errors/elench-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import { LEAST_PART } from "@elench/spec/game/game";
import { encodeFunctionData, type Hex } from "viem";
import { moveIntent } from "../l1/calls.ts";
import { type ContractError, ContractRefusal } from "../l1/contract-refusal.ts";
import type { Counters } from "../l1/counters.ts";
import { decodeLogs } from "../l1/events.ts";
import { type ChainLog, type Follower, type L1Block, REREAD } from "../l1/follower.ts";
import { type SettlementCall, settlementCall } from "../l1/settlement.ts";
import type { Staleness } from "../l1/staleness.ts";
import { TransactionRefused } from "../l1/transaction-refusal.ts";
import type { Intent, TransactionQueue } from "../l1/transactions.ts";
import { honestMoves, type Judgements, type Move } from "../strategy/moves.ts";
import { defendsOwn, inOrder } from "../strategy/order.ts";
import { placeHints } from "../strategy/places.ts";
import { regionOf } from "../strategy/record.ts";
import { dueSettlement, hasStake, pays, prepaymentsOf } from "../strategy/settlement.ts";
import type { Run, TraceProvider } from "../strategy/trace-provider.ts";
import { emptyForest, extend, type Forest, type Game, runOf } from "../strategy/tree.ts";
import { type Account, dueWithdrawal } from "../strategy/withdrawals.ts";
import type { Batches } from "./batches.ts";
import { ConsumerLog } from "./consumer-log.ts";
import type { Courtesy } from "./courtesy.ts";
import { gapsOf } from "./gaps.ts";
import { Patience } from "./patience.ts";
import type { Purse } from "./purse.ts";
import type { Requests } from "./requests.ts";
import type { Spans } from "./spans.ts";
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
  /** W: the longest that a game lasts, in seconds. */
  readonly longest: number;
  /** Seconds after its conclusion for which a game's result is kept at least. */
  readonly retention: number;
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
  readonly spans: Spans;
  /** Without a queue, the watchtower only reports what it would send. */
  readonly queue: TransactionQueue | null;
  /** How long others' turn lasts. */
  readonly courtesy: Courtesy;
  /** Pays the bonds of moves. */
  readonly purse: Purse;
  /** Reads our account with the game contract, which events do not contain. */
  readonly accountOf: () => Promise<Account>;
  /** Reads what the contracts say that there is. */
  readonly countersAt: (head: L1Block, regions: readonly number[]) => Promise<Counters>;
  /** L1's price of gas, in wei. Called at most once a round. */
  readonly gasPrice: () => Promise<bigint>;
  /** Whether we need a game's result, so that we settle it at our own cost. */
  readonly needs: (game: Game, now: number) => boolean;
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
  #forest: Forest = emptyForest();
  /** The logs of the last poll, and their number then. */
  #logs: readonly ChainLog[] = [];
  #read = 0;
  #unreadable: string[] = [];
  readonly #oracle = new ConsumerLog();
  readonly #outputs = new ConsumerLog();
  /** As they were when they were last read. */
  #counters: Counters | undefined;
  /** Gaps in the log, by place. */
  #gaps: ReadonlyMap<string, Error> = new Map();
  readonly #patience = new Patience();
  readonly #judgements = new Map<Hex, Judgements>();
  readonly #reported = new Set<string>();
  /** By game, how many claims the endpoints let us settle at once, after they have refused more. */
  readonly #carried = new Map<Hex, number>();
  /** In the last round a bond was refused by the endpoints, for want of money. */
  #isShort = false;
  /** The deployment's own consumers: opening a game of theirs costs a bond. */
  readonly #own: ReadonlySet<Hex>;

  constructor(options: WatchtowerOptions) {
    this.#options = options;
    const { inferenceOracle, rollup } = options.deployment;
    this.#own = new Set([inferenceOracle, ...(rollup ? [rollup.outputs] : [])].map((a) => a.toLowerCase() as Hex));
  }

  get forest(): Forest {
    return this.#forest;
  }

  /** Reads the chain, and sends nothing. */
  async look(): Promise<L1Block> {
    const { follower, report, troubles } = this.#options;
    const { head, logs, reorganised } = await follower.poll();
    if (reorganised) {
      report({ kind: "reorganised", head });
      this.#counters = undefined;
    }
    this.#absorb(logs);
    await troubles.attempt("the contracts' counters", () => this.#count(head));
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
    let price: Promise<bigint> | undefined;
    const gasPrice = () => {
      price ??= this.#options.gasPrice();
      return price;
    };
    const account = await this.#openPurse();
    const games = inOrder(this.#forest.games.values(), this.#own, parameters, now);
    const played = games.filter((game) => this.#isOfPlayedConsumer(game) && this.#isPlayed(game, head));
    const hints = placeHints(this.#forest);
    for (const isDue of this.#turns())
      for (const game of played) await troubles.attempt(`game ${game.id}`, () => this.#play(game, now, isDue, hints));
    for (const game of games) {
      if (!this.#isOfPlayedConsumer(game)) this.#reportForeign(game);
      await troubles.attempt(`settlement of game ${game.id}`, () => this.#settle(game, now, gasPrice));
    }
    if (account) await troubles.attempt("withdrawals", () => this.#bringMoneyHome(account, now));
    return head;
  }

  /**
   * The consumer of a game chooses its machine and its context: another one's games can be about anything, at no cost but a bond that comes back, and
   * lock money that the deployment's own games need.
   */
  #isOfPlayedConsumer({ proposal: { consumer } }: Game): boolean {
    return this.#own.has(consumer) || this.#options.consumers.has(consumer);
  }

  /**
   * Games about spans of an earlier epoch no longer count: they are played for the bonds that we have in them; and all of them as long as a reorganisation
   * could make them count again.
   */
  #isPlayed(game: Game, { number }: L1Block): boolean {
    const span = this.#options.spans.proposals.get(game.proposal.number);
    return span === undefined || this.#options.spans.countedSince(span, number - FORGOTTEN) || this.#hasStake(game);
  }

  /** Which moves are made, in turn: if the money did not suffice in the last round, those that defend our own bonds come first. */
  #turns(): readonly IsDue[] {
    const isOwn: IsDue = (game, { answers }) => defendsOwn(game, answers, this.#accounts);
    const turns: readonly IsDue[] = this.#isShort ? [isOwn, (game, move) => !isOwn(game, move)] : [() => true];
    this.#isShort = false;
    return turns;
  }

  #hasStake(game: Game): boolean {
    return hasStake(game, this.#accounts);
  }

  /** Our own, in lower case. */
  get #accounts(): ReadonlySet<Hex> {
    const { queue } = this.#options;
    return new Set(queue ? [queue.address.toLowerCase() as Hex] : []);
  }

  /** Without knowledge of the account, bonds are paid in ether. */
  async #openPurse(): Promise<Account | undefined> {
    const { purse, queue, accountOf, troubles } = this.#options;
    purse.close();
    let account: Account | undefined;
    if (queue)
      await troubles.attempt("the account with the game", async () => {
        account = await accountOf();
        purse.open(account, (key) => queue.isPending(key));
      });
    return account;
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
    const { deployment, requests, batches, spans } = this.#options;
    if (logs === this.#logs && logs.length === this.#read) return;
    if (logs !== this.#logs || this.#gaps.size > 0) {
      this.#forest = emptyForest();
      for (const state of [requests, batches, spans, this.#oracle, this.#outputs]) state.forget();
      this.#unreadable = [];
      this.#read = 0;
    }
    const { game, oracle, inbox, outputs, unreadable } = decodeLogs(deployment, logs.slice(this.#read));
    requests.learn(oracle);
    this.#oracle.learn(oracle);
    batches.learn(inbox);
    spans.learn(outputs);
    this.#outputs.learn(outputs);
    this.#forest = extend(this.#forest, game);
    this.#unreadable.push(...unreadable);
    this.#logs = logs;
    this.#read = logs.length;
  }

  /** Asks the contracts how much there is: at the start, and then every so many blocks. A missing last event shows in nothing else. */
  async #count(head: L1Block): Promise<void> {
    if (this.#counters && head.number < this.#counters.block + REREAD) return;
    const games = [...this.#forest.games.values()].filter(
      (game) => game.status === "open" && this.#isOfPlayedConsumer(game),
    );
    const regions = new Set(games.map(({ proposal }) => regionOf(proposal.number)));
    this.#counters = await this.#options.countersAt(head, [...regions]);
  }

  #sayWhatIsWrong(head: L1Block): void {
    const { follower, staleness, troubles } = this.#options;
    const stale = staleness.of(head);
    if (stale === undefined) troubles.over("head");
    else troubles.tell("head", new UserError(stale, EXIT.environment));
    this.#gaps = this.#findGaps();
    troubles.replace(/^the log/, this.#gaps);
    // The endpoints may never have the missing logs, and the history is long: the waits between two reads grow.
    if (this.#gaps.size === 0) this.#patience.forget();
    else if (this.#patience.isOver()) follower.readAgain();
  }

  #findGaps(): Map<string, Error> {
    const gaps = new Map<string, string[]>();
    const known = {
      forest: this.#forest,
      batches: this.#options.batches,
      oracle: this.#oracle,
      outputs: this.#outputs,
      counters: this.#counters,
      unreadable: this.#unreadable,
    };
    for (const { where, why } of gapsOf(known)) gaps.set(where, [...(gaps.get(where) ?? []), why]);
    const said = (whys: string[]) => `the log is incomplete and is read again: ${whys.join("; ")}`;
    return new Map([...gaps].map(([where, whys]) => [where, new UserError(said(whys), EXIT.environment)]));
  }

  async #play(game: Game, now: number, isDue: IsDue, hints: Iterator<number, never>): Promise<void> {
    const { truth, parameters, troubles, deployment } = this.#options;
    if (game.status !== "open") {
      this.#judgements.delete(game.id);
      return;
    }
    await this.#reportVerdict(game);
    const judgements: Judgements = this.#judgements.get(game.id) ?? new Map();
    this.#judgements.set(game.id, judgements);
    const moves = await honestMoves(game, truth, parameters, now, judgements, this.#accounts);
    const due = moves
      .filter((move) => isDue(game, move) && this.#isOurTurn(game, move, now))
      .sort((a, b) => a.deadline - b.deadline);
    for (const move of due) {
      await troubles.attempt(`${move.kind} ${move.id} in game ${game.id}`, async () => {
        const hint = hints.next().value;
        await this.make(moveIntent(move, deployment.disputeGame, parameters, hint), move.kind, move.game);
      });
    }
  }

  /** At once if it defends a bond of ours; else when other honest parties have had the time to make the move. */
  #isOurTurn(game: Game, { id, answers, deadline }: Move, now: number): boolean {
    const { courtesy } = this.#options;
    return defendsOwn(game, answers, this.#accounts) || courtesy.isOver(id, 1_000 * (deadline - now));
  }

  /**
   * Settles a game in which nothing can be answered any more, if it pays us a bond, if we need its result, or if its prepayments cover the
   * gas. Never at a loss for others alone.
   */
  async #settle(game: Game, now: number, gasPrice: () => Promise<bigint>): Promise<void> {
    const { parameters, deployment, needs } = this.#options;
    const settlement = dueSettlement(game, parameters, now);
    if (!settlement) {
      this.#carried.delete(game.id);
      return;
    }
    const settling = settlementCall(game, settlement, deployment.disputeGame, this.#carried.get(game.id));
    if (!pays(game, this.#accounts)) {
      // Another consumer's game is settled for our own bonds alone.
      if (!this.#isOfPlayedConsumer(game)) return;
      if (!needs(game, now) && !(await this.#isProfitable(settling, gasPrice))) return;
    }
    const made = await this.make(settling.intent, settling.call, game.id);
    if (made !== "too large") return;
    // The endpoints refuse it for a reason of their own: it may be the size, so less is tried, and in the end all again.
    const { length } = settling.part.entries;
    if (length > LEAST_PART) this.#carried.set(game.id, Math.floor(length / 2));
    else this.#carried.delete(game.id);
  }

  /** Whether the prepayments of a settlement cover its gas, as the endpoints estimate it. */
  async #isProfitable({ intent, part }: SettlementCall, gasPrice: () => Promise<bigint>): Promise<boolean> {
    const { queue, parameters } = this.#options;
    const earned = BigInt(prepaymentsOf(part.entries, part.isLast)) * parameters.prepayment;
    const price = await gasPrice();
    if (!queue || earned <= LEAST_GAS * price) return false;
    const gas = await queue.gasOf(intent);
    return typeof gas === "bigint" && earned > gas * price;
  }

  async #reportVerdict(game: Game): Promise<void> {
    const { truth, report } = this.#options;
    const key = `${game.id}/verdict`;
    if (this.#reported.has(key)) return;
    const run = runOf(game);
    const why = await truth.unknown(run);
    if (why !== null) {
      if (!this.#reported.has(`${key}/unknown`)) report({ kind: "game", game: game.id, verdict: "unknown", why });
      this.#reported.add(`${key}/unknown`);
      return;
    }
    this.#reported.add(key);
    const isTrue = toHex(await truth.output(run)) === game.proposal.output;
    report({ kind: "game", game: game.id, verdict: isTrue ? "true" : "false" });
  }

  /**
   * Sends, and reports it; without a key, only reports. A bond is paid from our credit with the game first.
   * @returns `refused` also if another account has done the same meanwhile; `too large` if it was refused for another reason than a contract's
   */
  async make(intent: Intent, what: string, game: Hex): Promise<"done" | "refused" | "too large"> {
    const { queue, report, troubles, purse, deployment } = this.#options;
    if (!queue) {
      if (!this.#reported.has(intent.key))
        report({ kind: "act", what, key: intent.key, game, reason: "no key: reported only" });
      this.#reported.add(intent.key);
      return "refused";
    }
    if (queue.isPending(intent.key)) return "done";
    const paid = intent.to === deployment.disputeGame ? purse.pay(intent) : intent;
    const sent = await queue.submit(paid);
    if (sent.status === "sent") {
      troubles.over(intent.key);
      report({ kind: "act", what, key: intent.key, game, hash: sent.hash });
    }
    if (sent.status !== "refused") return "done";
    purse.keep(paid);
    const { refusal } = sent;
    if (!isAlreadyDone(refusal) && troubles.isNews(intent.key, refusal.message))
      report({ kind: "act", what, key: intent.key, game, reason: refusal.message });
    if (!(refusal instanceof TransactionRefused)) return "refused";
    if (paid.value > 0n) this.#isShort = true;
    return "too large";
  }

  async #bringMoneyHome(account: Account, now: number): Promise<void> {
    const { queue, deployment, parameters } = this.#options;
    const due = dueWithdrawal(account, now);
    if (!queue || due === undefined) return;
    if (due === "unlock" && account.credit <= parameters.bond) {
      // An amount of at most one bond is unlocked only if no more will be credited soon.
      const games = [...this.#forest.games.values()];
      if (games.some((game) => game.status === "open" && this.#hasStake(game))) return;
    }
    const data = encodeFunctionData({ abi: disputeGameAbi, functionName: due });
    await this.make({ key: due, to: deployment.disputeGame, data, value: 0n }, due, "0x");
  }
}

type IsDue = (game: Game, move: Move) => boolean;

/** L1 blocks after which a reorganisation is no longer expected. */
const FORGOTTEN = 1_000n;

/** A settlement costs at least this much gas. */
const LEAST_GAS = 40_000n;

/** Errors of a call that another account has already made, or that another account's call has overtaken: the next round sees what is left. */
const ALREADY_DONE = new Set<ContractError>([
  "AlreadyRefuted",
  "NoSuchGame",
  "NoSuchClaim",
  "WrongClaim",
  "TooEarly",
  "AlreadySettled",
  "NoGameNeeded",
  "NoSuchRecord",
  "TooSoon",
]);

const isAlreadyDone = (refusal: ElenchError): boolean =>
  refusal instanceof ContractRefusal && ALREADY_DONE.has(refusal.errorName);
