import { type Hex, toHex } from "./strategy/bytes.ts";
import { type Game, type Node, segmentSteps } from "./strategy/tree.ts";
import type { Truth } from "./strategy/truth.ts";

/**
 * The first step at which somebody in a game says something false, as far as the game has narrowed it: the start of the first false segment of the
 * lowest claim that is false and starts from a true state. Null if nobody says anything false; 0 if only the proposal does.
 * @param context of the run that the steps are of: a game may go on with what a step asks of another machine. By default the one that the game is about.
 */
export async function firstDisagreement(
  game: Game,
  truth: Truth,
  context: Hex = game.proposal.context,
): Promise<bigint | null> {
  let best: { level: number; step: bigint } | null = null;
  for (const node of game.claims.values()) {
    if (node.run.context !== context) continue;
    const step = await firstFalseStep(node, truth);
    if (step !== null && (best === null || node.claim.level < best.level)) best = { level: node.claim.level, step };
  }
  if (best !== null) return best.step;
  if (context !== game.proposal.context) return null;
  const { machine, start, level, output } = game.proposal;
  return toHex(await truth.output({ machine, context, start, level })) === output ? null : 0n;
}

async function firstFalseStep(node: Node, truth: Truth): Promise<bigint | null> {
  const width = segmentSteps(node.claim.level);
  const steps = node.points.map((_, i) => node.offset + BigInt(i) * width);
  const hashes = (await truth.stateHashes(node.run, steps)).map(toHex);
  const wrong = hashes.findIndex((hash, i) => hash !== node.points[i]);
  return wrong > 0 ? (steps[wrong - 1] as bigint) : null;
}
