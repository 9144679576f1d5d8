import type { Hex } from "@elench/bytes/hex";
import { dueResolutions } from "@elench/challenger/strategy/resolutions";
import type { Run, TraceProvider } from "@elench/challenger/strategy/trace-provider";
import { extensionOf, type Game, type Node, nodeDeadline, proposalDeadline } from "@elench/challenger/strategy/tree";
import { honestMoves, type Judgements, type Move } from "../../challenger/strategy/moves.ts";
import { type Arena, times } from "./arena.ts";
import { Reverted } from "./chain.ts";
import type { ToyTraceProvider } from "./toy.ts";

/** How the honest party works out its moves; tests put wrong ones in its place. */
export type Strategy = (game: Game, truth: TraceProvider, now: number, judgements: Judgements) => Promise<Move[]>;

export const theStrategy: Strategy = (game, truth, now, judgements) => honestMoves(game, truth, times, now, judgements);

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
 * choose. Nothing is resolved before everybody has said all that they want.
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
  strategy: Strategy = theStrategy;
  /** Seconds from a claim to its honest answer; it must be under the extension. */
  latency: (extension: number) => number = (extension) => extension - 1;
  gameId: Hex = "0x";

  readonly #judgements: Judgements = new Map();
  #queue: { time: number; order: number; action: Action }[] = [];
  #order = 0;
  #seen = new Set<Hex>();

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

  /** When answers to a claim, or to the proposal, end: as the contract says. */
  async deadline(node: Node | undefined): Promise<number> {
    if (node === undefined) return proposalDeadline(this.game, times);
    return Number(await this.arena.read<bigint>("deadline", [node.claim]));
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
    this.after(this.latency(times.maxClock), () => this.#answer(this.gameId));
    for (const attack of this.attackers) attack(undefined);
    while (this.#queue.length > 0) {
      const next = this.#queue.reduce((a, b) => (b.time < a.time || (b.time === a.time && b.order < a.order) ? b : a));
      this.#queue.splice(this.#queue.indexOf(next), 1);
      this.arena.now = next.time;
      await next.action();
    }
  }

  /** Settles every claim as its time comes, in an order that the dice choose, then the proposal. */
  async settle(): Promise<void> {
    const ends = [...this.game.claims.values()].map((node) => nodeDeadline(node, times));
    this.arena.now = Math.max(this.arena.now, proposalDeadline(this.game, times), ...ends);
    while (!this.game.settled) {
      const { claims } = this.game;
      const ready = dueResolutions(this.game, times, this.arena.now).filter((r) =>
        r.kind === "resolve"
          ? claims.get(r.id)!.children.every((child) => claims.get(child)!.stands !== undefined)
          : this.game.counters.every((child) => claims.get(child)!.stands !== undefined),
      );
      await this.arena.settle(this.arena.resolver, ready[this.dice(ready.length)]!);
    }
  }

  async #answer(id: Hex): Promise<void> {
    const moves = await this.strategy(this.game, this.truth, this.arena.now, this.#judgements);
    for (const move of moves.filter((m) => m.answers === id)) {
      await this.onSeen(move);
      try {
        await this.arena.perform(this.arena.honest, move);
      } catch (error) {
        if (!(error instanceof Reverted)) throw error;
        // Losing to a copy of the very same move is no refusal.
        const again = await this.strategy(this.game, this.truth, this.arena.now, this.#judgements);
        if (again.some((m) => m.id === move.id)) this.wrongs.push(`honest move refused: ${error.message}`);
      }
      this.#notice();
    }
  }

  /** Everybody sees the claims that appeared. */
  #notice(): void {
    for (const node of this.game.claims.values()) {
      if (this.#seen.has(node.id)) continue;
      this.#seen.add(node.id);
      this.at(node.made + this.latency(extensionOf(node.claim, times)), () => this.#answer(node.id));
      for (const attack of this.attackers) attack(node);
    }
  }
}
