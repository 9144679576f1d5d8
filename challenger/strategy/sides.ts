import { type Hex, toHex } from "@elench/bytes/hex";
import type { Run, TraceProvider } from "./trace-provider.ts";
import { type Game, type Node, segmentSteps } from "./tree.ts";

/** Compares the two sides of a game: the states of each claim along its range, the states of its answer, and where they differ. */

/** The outputs that a game's proposal and its counters claim. */
export interface Outputs {
  readonly proposed: { readonly by: Hex; readonly output: Hex };
  readonly countered: readonly { readonly claim: Hex; readonly by: Hex; readonly output: Hex }[];
  /** Ours; null where we cannot tell. */
  readonly executed: Hex | null;
}

/** A claim and one answer to it; or the claim alone if it has no answer. */
export interface Sides {
  readonly claim: Hex;
  readonly by: Hex;
  /** The context of the run. */
  readonly context: Hex;
  readonly level: number;
  readonly answer: Answer | null;
  /** The 17 states that the claim names, in order. */
  readonly states: readonly ClaimedState[];
}

export interface Answer {
  /** The answering claim; null for a step that was executed on L1. */
  readonly claim: Hex | null;
  readonly by: Hex;
  /** The first segment whose end the answer disputes: both agree on the states before it. */
  readonly segment: number;
}

export interface ClaimedState {
  readonly step: bigint;
  readonly claimed: Hex;
  /** The answer's state: the claim's up to the disputed segment; null beyond it, and if there is no answer. */
  readonly answered: Hex | null;
  /** Ours; null where we cannot tell. */
  readonly executed: Hex | null;
}

/** Computes the true states. Without it, only the claimed states are shown. */
type Executor = Pick<TraceProvider, "stateHashes" | "output">;

export async function outputsOf(game: Game, truth: Executor | null): Promise<Outputs> {
  const { proposer, output, machine, context, start, level } = game.proposal;
  return {
    proposed: { by: proposer, output },
    countered: game.counters.map((id) => {
      const { claim, claimant } = game.claims.get(id) as Node;
      return { claim: id, by: claimant, output: claim.end };
    }),
    executed: truth && toHex(await truth.output({ machine, context, start, level })),
  };
}

/**
 * Every claim of a game with each of its answers, from the widest to the narrowest.
 * @param truthOf finds the executor of a run; null for a run that we cannot judge.
 */
export async function sidesOf(game: Game, truthOf: (run: Run) => Promise<Executor | null>): Promise<Sides[]> {
  const sides: Sides[] = [];
  const waiting = [...game.counters];
  for (const id of waiting) {
    const node = game.claims.get(id) as Node;
    waiting.push(...node.children);
    const steps = node.points.map((_, i) => node.offset + BigInt(i) * segmentSteps(node.claim.level));
    const truth = await truthOf(node.run);
    const executed = truth && (await truth.stateHashes(node.run, steps)).map(toHex);
    const answers = answersTo(game, node);
    for (const answer of answers.length > 0 ? answers : [null])
      sides.push({
        claim: id,
        by: node.claimant,
        context: node.run.context,
        level: node.claim.level,
        answer,
        states: node.points.map((claimed, i) => ({
          step: steps[i] as bigint,
          claimed,
          answered: answer && answeredState(game, node, answer, i),
          executed: executed?.[i] ?? null,
        })),
      });
  }
  return sides;
}

function answersTo(game: Game, { children, refutations }: Node): Answer[] {
  const claims = children.map((id): Answer => {
    const { claim, claimant } = game.claims.get(id) as Node;
    return { claim: id, by: claimant, segment: claim.segment };
  });
  return [...claims, ...refutations.map(({ by, segment }): Answer => ({ claim: null, by, segment }))];
}

function answeredState(game: Game, { points }: Node, { claim, segment }: Answer, point: number): Hex | null {
  if (point <= segment) return points[point] as Hex;
  if (point > segment + 1 || claim === null) return null;
  const { claim: answering } = game.claims.get(claim) as Node;
  // A delegated claim is about another machine's states.
  return answering.delegated ? null : answering.end;
}
