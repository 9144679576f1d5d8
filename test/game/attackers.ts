import type { Hex } from "@elench/bytes/hex";
import type { Run } from "@elench/challenger/strategy/trace-provider";
import { type Game, type Node, segmentSteps } from "@elench/challenger/strategy/tree";
import { open } from "../../challenger/strategy/dissection.ts";
import { honestMoves, type Judgements } from "../../challenger/strategy/moves.ts";
import { type Arena, times } from "./arena.ts";
import type { Stage } from "./stage.ts";
import { type Lie, ToyTraceProvider } from "./toy.ts";

/** When an attacker answers a claim, given when it appeared and when answers to it end, in seconds since 1970. */
export type Timing = (made: number, deadline: number) => number;
export const atOnce: Timing = (made) => made + 1;
export const lastSecond: Timing = (_, deadline) => deadline - 1;

/** A hash that opens to no state. */
export const junk = (seed: number): Hex => `0x${"ba5e".repeat(14)}${(seed >>> 0).toString(16).padStart(8, "0")}`;

/** Says all along what its lies imply: the strategy itself, over a false truth, until its money is spent.
 * @param budget bonds that it can pay; liars answer each other too, and would never end
 */
export function consistentLiar(stage: Stage, account: Hex, lies: readonly Lie[], timing: Timing, budget = 20): void {
  const lie = new ToyTraceProvider(stage.arena.toys, lies);
  const judgements: Judgements = new Map();
  let left = budget;
  stage.attackers.push((node) => {
    if (node?.claimant === account) return;
    if (left === 0) return;
    plan(stage, node, timing, async () => {
      if (left === 0) return;
      const moves = await honestMoves(stage.game, lie, times, stage.arena.now, judgements);
      for (const move of moves.filter((m) => m.answers === (node?.number ?? 0))) {
        if (left > 0 && (await stage.attempt(() => stage.arena.perform(account, move)))) left--;
      }
    });
  });
}

/** Plans an answer to a claim for when the contract's deadline makes it due. */
export function plan(stage: Stage, node: Node | undefined, timing: Timing, action: () => Promise<unknown>): void {
  stage.at(stage.arena.now, async () => {
    const made = node?.made ?? stage.game.proposal.made;
    stage.at(timing(made, stage.deadline(node)), async () => {
      await action();
    });
  });
}

/** A child that says whatever it likes. Middles and end come from `points`, h[1] … h[16]. */
export async function childAt(
  stage: Stage,
  account: Hex,
  node: Node,
  segment: number,
  points: Hex[],
): Promise<boolean> {
  const opening = open(node.points, segment);
  return stage.attempt(() => stage.arena.move(account, node, opening, points[15]!, points.slice(0, 15)));
}

/** A counter that says whatever it likes. */
export async function counterWith(stage: Stage, account: Hex, output: Hex, middles: Hex[]): Promise<boolean> {
  return stage.attempt(() => stage.arena.counter(account, stage.game.proposal, output, middles));
}

/** A delegation that says whatever it likes, from a step that the truth knows. */
export async function delegateAt(
  stage: Stage,
  account: Hex,
  node: Node,
  segment: number,
  witness: Hex,
  output: Hex,
  middles: Hex[],
): Promise<boolean> {
  const opening = open(node.points, segment);
  return stage.attempt(() => stage.arena.delegate(account, node, opening, witness, output, middles));
}

/** A refutation with a witness of its own choosing. */
export async function refuteAt(
  stage: Stage,
  account: Hex,
  node: Node,
  segment: number,
  witness: Hex,
): Promise<boolean> {
  const opening = open(node.points, segment);
  return stage.attempt(() => stage.arena.refute(account, node, opening, witness));
}

/** h[1] … h[16] of what a truth says happens from this step. */
export function pointsFrom(truth: ToyTraceProvider, run: Run, offset: bigint, level: number): Hex[] {
  const width = segmentSteps(level);
  return Array.from({ length: 16 }, (_, i) => truth.hash(run, Number(offset + BigInt(i + 1) * width)));
}

/** The same for the child of a claim at a segment. */
export const childPoints = (truth: ToyTraceProvider, node: Node, segment: number): Hex[] =>
  pointsFrom(truth, node.run, node.offset + BigInt(segment) * segmentSteps(node.level), node.level - 1);

/** The first segment whose end a truth denies; undefined where it agrees with all of the claim. */
export function firstDenied(truth: ToyTraceProvider, node: Node): number | undefined {
  const points = pointsFrom(truth, node.run, node.offset, node.level);
  const j = points.findIndex((hash, i) => hash !== node.points[i + 1]);
  return j === -1 ? undefined : j;
}

/** The true answer of the other machine, at every step of a true claim that asks it: it changes nothing, and must be refused. */
export async function delegateTruly(stage: Stage, account: Hex, node: Node): Promise<void> {
  for (let segment = 0; segment < 16; segment++) {
    const step = node.offset + BigInt(segment);
    const run = await stage.truth.asked(node.run, step);
    if (run === undefined) continue;
    const witness = stage.truth.witnessHex(node.run, Number(step));
    const middles = pointsFrom(stage.truth, run, 0n, run.level).slice(0, 15);
    await delegateAt(stage, account, node, segment, witness, stage.truth.outputHex(run), middles);
  }
}

/** The true counter, whoever makes it. */
export async function counterTruly(arena: Arena, account: Hex, game: Game, truth: ToyTraceProvider): Promise<void> {
  const [counter] = await honestMoves(game, truth, times, arena.now);
  await arena.perform(account, counter!);
}
