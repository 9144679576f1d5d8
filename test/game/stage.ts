import type { Hex } from "@elench/bytes/hex";
import { partsOf } from "@elench/challenger/strategy/parts";
import { dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import type { Run, TraceProvider } from "@elench/challenger/strategy/trace-provider";
import { extensionOf, type Game, type Node, nodeDeadline, proposalDeadline } from "@elench/challenger/strategy/tree";
import { honestMoves, type Judgements, type Move } from "../../challenger/strategy/moves.ts";
import { type Arena, times } from "./arena.ts";
import { Reverted } from "./chain.ts";
import type { ToyTraceProvider } from "./toy.ts";

/** How the honest party works out its moves; tests put wrong ones in its place. */
export type Strategy = (
  game: Game,
  truth: TraceProvider,
  now: number,
  judgements: Judgements,
  own: ReadonlySet<Hex>,
) => Promise<Move[]>;

export const theStrategy: Strategy = (game, truth, now, judgements, own) =>
  honestMoves(game, truth, times, now, judgements, own);

type Action = () => Promise<void>;

/** Numbers below a bound, made from a seed alone. */
export type Dice = (bound: number) => number;

export function diceFrom(seed: number): Dice {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) % bound;
  };
}

/**
 * One game, played out event by event: the honest party answers each claim as late as its latency says, attackers when they
 * choose. It is settled when everybody has said all that they want.
 */
export class Stage {
  readonly arena: Arena;
  readonly run: Run;
  readonly truth: ToyTraceProvider;
  readonly dice: Dice;
  /** What went wrong on the way: honest moves refused though nobody had made them before, false ones accepted. */
  readonly wrongs: string[] = [];
  /** What attackers do when a claim appears; `undefined` stands for the proposal. */
  readonly attackers: ((node: Node | undefined) => void)[] = [];
  /** Called before each honest transaction: who sees it coming may be first. */
  onSeen: (move: Move) => Promise<void> = async () => {};
  /** Called when the game is due, before it is settled. */
  onDue: () => Promise<void> = async () => {};
  strategy: Strategy = theStrategy;
  /** Seconds from a claim to its honest answer; it must be under the extension. */
  latency: (extension: number) => number = (extension) => extension - 1;
  /** Claims that are settled at a time, if not all at once. */
  partSize: number | undefined;
  /** Makes a move in the honest party's name. */
  perform: (move: Move) => Promise<unknown> = (move) => this.arena.perform(this.arena.honest, move);
  gameId: Hex = "0x";

  /** How often L1 goes back and goes on otherwise. What the honest party has worked out stays. */
  reorganisations = 0;
  /** What else goes back with the chain: each gives a function that brings it back to now. */
  readonly savers: (() => () => void)[] = [];

  readonly #judgements: Judgements = new Map();
  #queue: { time: number; order: number; action: Action }[] = [];
  #order = 0;
  #seen = 0;

  constructor(arena: Arena, run: Run, truth: ToyTraceProvider, dice: Dice) {
    this.arena = arena;
    this.run = run;
    this.truth = truth;
    this.dice = dice;
  }

  get game(): Game {
    return this.arena.game(this.gameId);
  }

  /** Plans an action; at the same time, in the order of planning. */
  at(time: number, action: Action): void {
    this.#queue.push({ time: Math.max(time, this.arena.now), order: this.#order++, action });
  }

  after(seconds: number, action: Action): void {
    this.at(this.arena.now + seconds, action);
  }

  /** When answers to a claim, or to the proposal, end. */
  deadline(node: Node | undefined): number {
    return node === undefined ? proposalDeadline(this.game, times) : nodeDeadline(node, times);
  }

  /** An attacker's move: whether the contract took it. */
  async attempt(attack: () => Promise<unknown>): Promise<boolean> {
    try {
      await attack();
      this.#notice();
      return true;
    } catch (error) {
      if (error instanceof Reverted) return false;
      throw error;
    }
  }

  /** From the proposal to the last word. */
  async play(output: Hex, proposer: Hex): Promise<void> {
    this.gameId = await this.arena.propose(this.run, output, proposer);
    this.after(this.latency(times.maxClock), () => this.#answer(0));
    for (const attack of this.attackers) attack(undefined);
    while (this.#queue.length > 0) {
      if (this.reorganisations > 0 && this.dice(5) === 0) {
        this.reorganisations--;
        await this.#playInVain(1 + this.dice(10));
      }
      await this.#next();
    }
  }

  async #next(): Promise<void> {
    const next = this.#queue.reduce((a, b) => (b.time < a.time || (b.time === a.time && b.order < a.order) ? b : a));
    this.#queue.splice(this.#queue.indexOf(next), 1);
    this.arena.now = next.time;
    await next.action();
  }

  /** So many actions on a fork that L1 then leaves. Its transactions return to the mempool, and some are included again. */
  async #playInVain(actions: number): Promise<void> {
    const { arena } = this;
    const { transact } = arena;
    const calls: Parameters<Arena["transact"]>[] = [];
    arena.transact = (...call) => {
      calls.push(call);
      return transact.apply(arena, call);
    };
    const snapshot = await arena.chain.request<Hex>("evm_snapshot", []);
    const [restores, queue, seen] = [
      [arena.save(), ...this.savers.map((save) => save())],
      [...this.#queue],
      this.#seen,
    ];
    for (let i = 0; i < actions && this.#queue.length > 0; i++) await this.#next();
    arena.transact = transact;
    await arena.chain.request("evm_revert", [snapshot]);
    for (const restore of restores) restore();
    [this.#queue, this.#seen] = [queue, seen];
    for (const call of calls.filter(() => this.dice(3) > 0))
      this.after(this.dice(60), async () => {
        await this.attempt(() => arena.transact(...call));
      });
  }

  /** Settles the game as soon as it is due: at once, or in parts. */
  async settle(): Promise<void> {
    const { arena, game, partSize } = this;
    arena.now = Math.max(arena.now, dueAt(game, times));
    await this.onDue();
    const settlement = dueSettlement(game, times, arena.now)!;
    const parts = partSize === undefined ? [] : partsOf(game, partSize);
    if (parts.length === 0) await arena.settle(arena.settler, settlement);
    for (const part of parts) await arena.settlePart(arena.settler, settlement, part);
  }

  async #answer(number: number): Promise<void> {
    const moves = await this.#moves();
    for (const move of moves.filter((m) => m.answers === number)) {
      await this.onSeen(move);
      try {
        await this.perform(move);
      } catch (error) {
        if (!(error instanceof Reverted)) throw error;
        // Losing to another's refutation of the very same step is no refusal.
        const again = await this.#moves();
        if (again.some((m) => m.id === move.id)) this.wrongs.push(`honest move refused: ${error.message}`);
      }
      this.#notice();
    }
    const left = await this.#moves();
    if (left.some((move) => move.answers === number)) this.wrongs.push("what is said is not seen as said");
  }

  #moves(): Promise<Move[]> {
    const { arena } = this;
    return this.strategy(this.game, this.truth, arena.now, this.#judgements, new Set([arena.honest]));
  }

  /** Everybody sees the claims that appeared. */
  #notice(): void {
    const appeared = [...this.game.claims.values()].filter(({ number }) => number > this.#seen);
    this.#seen = this.game.entries;
    for (const node of appeared) {
      this.at(node.made + this.latency(extensionOf(node, times)), () => this.#answer(node.number));
      for (const attack of this.attackers) attack(node);
    }
  }
}
