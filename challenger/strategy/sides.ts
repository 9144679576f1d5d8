import { type Hex, toHex } from "@elench/bytes/hex";
import { SEGMENTS } from "@elench/spec/game/game";
import type { Entry } from "./record.ts";
import type { Run, TraceProvider } from "./trace-provider.ts";
import { type Game, type Node, runOf, segmentSteps } from "./tree.ts";

/** Compares the two sides of a game: the states of each claim along its range, the states of its answer, and where they differ. */

/** The outputs that a game's proposal and its counters claim. */
export interface Outputs {
  readonly proposed: { readonly by: Hex; readonly output: Hex };
  readonly countered: readonly { readonly claim: number; readonly by: Hex; readonly output: Hex }[];
  /** Ours; null where we cannot tell. */
  readonly executed: Hex | null;
}

/** A claim and one answer to it; or the claim alone if it has no answer. */
export interface Sides {
  /** Its number. */
  readonly claim: number;
  readonly by: Hex;
  /** The context of the run. */
  readonly context: Hex;
  readonly level: number;
  readonly answer: Answer | null;
  /** The 17 states that the claim names, in order. */
  readonly states: readonly ClaimedState[];
}

export interface Answer {
  /** Number of the answering claim, or of the refutation. */
  readonly claim: number;
  /** Whether a step was executed on L1. */
  readonly isRefutation: boolean;
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
  const { proposer, output } = game.proposal;
  return {
    proposed: { by: proposer, output },
    countered: game.counters.map((number) => {
      const counter = game.claims.get(number) as Node;
      return { claim: number, by: counter.claimant, output: counter.output as Hex };
    }),
    executed: truth && toHex(await truth.output(runOf(game))),
  };
}

/**
 * Every claim of a game with each of its answers, from the widest to the narrowest.
 * @param truthOf finds the executor of a run; null for a run that we cannot judge.
 */
export async function sidesOf(game: Game, truthOf: (run: Run) => Promise<Executor | null>): Promise<Sides[]> {
  const sides: Sides[] = [];
  const waiting = [...game.counters];
  for (const number of waiting) {
    const node = game.claims.get(number) as Node;
    waiting.push(...node.children);
    const steps = node.points.map((_, i) => node.offset + BigInt(i) * segmentSteps(node.level));
    const truth = await truthOf(node.run);
    const executed = truth && (await truth.stateHashes(node.run, steps)).map(toHex);
    const answers = answersTo(game, node);
    for (const answer of answers.length > 0 ? answers : [null])
      sides.push({
        claim: number,
        by: node.claimant,
        context: node.run.context,
        level: node.level,
        answer: answer && {
          claim: answer.number,
          isRefutation: answer.kind === "refutation",
          by: answer.claimant,
          segment: answer.segment,
        },
        states: node.points.map((claimed, i) => ({
          step: steps[i] as bigint,
          claimed,
          answered: answer && answeredState(node, answer, i),
          executed: executed?.[i] ?? null,
        })),
      });
  }
  return sides;
}

const answersTo = (game: Game, { children, refutations }: Node): (Node | Entry)[] => [
  ...children.map((number) => game.claims.get(number) as Node),
  ...refutations,
];

function answeredState({ points }: Node, answer: Node | Entry, point: number): Hex | null {
  if (point <= answer.segment) return points[point] as Hex;
  // A delegated claim is about another machine's states, and the event of a refutation does not tell the state after the step.
  return point === answer.segment + 1 && answer.kind === "move" ? ((answer as Node).points[SEGMENTS] as Hex) : null;
}
