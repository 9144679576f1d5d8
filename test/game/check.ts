import type { Hex } from "@elench/bytes/hex";
import { dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Move } from "../../challenger/strategy/moves.ts";
import { type Arena, times } from "./arena.ts";
import { Reverted } from "./chain.ts";
import type { Strategy } from "./stage.ts";
import { firstRun, outputOf, type Shape, ToyTraceProvider } from "./toy.ts";

/** A property of the contract that no play of a single game shows. Gives what is wrong: nothing, where all is well. */
export type Check = { name: string; run: (arena: Arena, strategy: Strategy) => Promise<string[]> };

export const shape: Shape = { salt: 99n, otherLength: 0, otherLevel: 0, every: 0, length: 200 };

/** The contract's answer to a call: the name of its error, or "accepted". */
export async function answerOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "accepted";
  } catch (error) {
    if (error instanceof Reverted) return error.error;
    throw error;
  }
}

export const expects = (what: string, expected: unknown, got: unknown): string[] =>
  String(got) === String(expected) ? [] : [`${what}: ${got}, not ${expected}`];

/** A game about a run of 200 steps, by default with a false proposal. */
export async function begin(
  arena: Arena,
  { output = outputOf(1), level = 2, length = shape.length, region = undefined as number | undefined } = {},
): Promise<{ game: () => Game; truth: ToyTraceProvider }> {
  const id = await arena.propose(firstRun(arena.toys, { ...shape, length }, level), output, arena.liar(0), region);
  return { game: () => arena.game(id), truth: new ToyTraceProvider(arena.toys) };
}

/** What the honest party has to say first. */
export const theMove = async (arena: Arena, game: Game, truth: ToyTraceProvider, strategy: Strategy): Promise<Move> =>
  (await strategy(game, truth, arena.now, new Map(), new Set([arena.honest])))[0]!;

/** A counter by liar `i` with junk middles. */
export const junkCounter = (arena: Arena, game: Game, i: number, output: number) =>
  arena.counter(arena.liar(i), game.proposal, outputOf(output), junkMiddles(output));

export const junkMiddles = (seed: number): Hex[] => Array.from({ length: 15 }, (_, j) => outputOf(1000 * seed + j));

/** Waits until a game is due, and settles it. */
export async function settleDue(arena: Arena, game: Game): Promise<void> {
  arena.now = Math.max(arena.now, dueAt(game, times));
  await arena.settle(arena.settler, dueSettlement(game, times, arena.now)!);
}

/** What happens in `story`, without the trace of it: time, chain and events go back. */
export async function undone<T>(arena: Arena, story: () => Promise<T>): Promise<T> {
  const snapshot = await arena.chain.request<Hex>("evm_snapshot", []);
  const restore = arena.save();
  const result = await story();
  await arena.chain.request("evm_revert", [snapshot]);
  restore();
  return result;
}
