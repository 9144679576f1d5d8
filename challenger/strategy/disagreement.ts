import { type Hex, toHex } from "@elench/bytes/hex";
import type { TraceProvider } from "./trace-provider.ts";
import { type Game, type Node, runOf, segmentSteps } from "./tree.ts";

/** The range of steps about which the parties of a game disagree. */
export interface Disagreement {
  /** The first step of the range. All claimed states up to it are true. */
  readonly step: bigint;
  /** Number of steps in the range; 1 once the game is narrowed to one step. */
  readonly width: bigint;
}

/**
 * The first false segment of the lowest false claim that starts from a true state, or of the proposal. Null if no claim is false.
 * @param context of the run whose steps are counted: a game may continue with another machine's run, which a step asks for. Default: the game's own run.
 */
export async function firstDisagreement(
  game: Game,
  truth: TraceProvider,
  context: Hex = game.proposal.context,
): Promise<Disagreement | null> {
  let best: { level: number; step: bigint } | null = null;
  for (const node of game.claims.values()) {
    if (node.run.context !== context) continue;
    const step = await firstFalseStep(node, truth);
    if (step !== null && (best === null || node.level < best.level)) best = { level: node.level, step };
  }
  if (best !== null) return { step: best.step, width: segmentSteps(best.level) };
  if (context !== game.proposal.context) return null;
  const { level, output } = game.proposal;
  const isTrue = toHex(await truth.output(runOf(game))) === output;
  return isTrue ? null : { step: 0n, width: segmentSteps(level + 1) };
}

async function firstFalseStep(node: Node, truth: TraceProvider): Promise<bigint | null> {
  const width = segmentSteps(node.level);
  const steps = node.points.map((_, i) => node.offset + BigInt(i) * width);
  const hashes = (await truth.stateHashes(node.run, steps)).map(toHex);
  const wrong = hashes.findIndex((hash, i) => hash !== node.points[i]);
  return wrong > 0 ? (steps[wrong - 1] as bigint) : null;
}
