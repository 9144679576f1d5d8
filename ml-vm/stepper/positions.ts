import { InternalError } from "@elench/errors/internal-error";
import { type ComputingStage, STAGE } from "@elench/spec/tensor/states";
import type { Position } from "../program/commitment.ts";
import { elementCount, type TensorInstruction } from "../program/program.ts";

/**
 * The order of a tensor instruction's steps, as arithmetic between number and position, for spaces of any size (docs/tensor-machine.md, "Steps of a tensor instruction").
 * Step 0 is *begin*; then each element's steps; the last is *commit*.
 */
export interface Spaces {
  readonly elements: number;
  readonly terms: number;
  readonly innerTerms: number;
  readonly fold: boolean;
  readonly inner: boolean;
  readonly scan: boolean;
}

export function spacesOf(instruction: TensorInstruction): Spaces {
  return {
    elements: elementCount(instruction.dims),
    terms: elementCount(instruction.reduction),
    innerTerms: elementCount(instruction.innerReduction),
    fold: instruction.accumulators.length > 0,
    inner: instruction.innerAccumulators.length > 0,
    scan: instruction.scan,
  };
}

/** Steps of a term: its inner terms, the body and, in a scan, the write. */
const termSteps = (s: Spaces): bigint => (s.inner ? BigInt(s.innerTerms) : 0n) + 1n + (s.scan ? 1n : 0n);

const elementSteps = (s: Spaces): bigint => {
  if (!s.fold) return 1n;
  return BigInt(s.terms) * termSteps(s) + (s.scan ? 0n : 1n);
};

/** Steps of the whole instruction, begin and commit included. */
export const instructionSteps = (s: Spaces): bigint => 2n + BigInt(s.elements) * elementSteps(s);

export const firstStage = (s: Spaces): ComputingStage => (s.inner ? STAGE.inner : s.fold ? STAGE.body : STAGE.finish);

/** Position of step 1 … instructionSteps − 1 (step 0, begin, is a fetch state). */
export function positionOf(s: Spaces, step: bigint): Position {
  if (step < 1n || step >= instructionSteps(s)) throw new InternalError(`the instruction has no running step ${step}`);
  const perElement = elementSteps(s);
  const element = Number((step - 1n) / perElement);
  if (element === s.elements) return { stage: STAGE.commit, element, term: 0, innerTerm: 0 };
  const within = (step - 1n) % perElement;
  if (!s.fold) return { stage: STAGE.finish, element, term: 0, innerTerm: 0 };
  const term = Number(within / termSteps(s));
  if (term === s.terms) return { stage: STAGE.finish, element, term: 0, innerTerm: 0 };
  const innerTerms = s.inner ? s.innerTerms : 0;
  const innerTerm = Number(within % termSteps(s));
  if (innerTerm < innerTerms) return { stage: STAGE.inner, element, term, innerTerm };
  if (innerTerm === innerTerms) return { stage: STAGE.body, element, term, innerTerm };
  return { stage: STAGE.finish, element, term, innerTerm: 0 };
}

/** Number of the step at a position: the inverse of `positionOf`. */
export function stepOf(s: Spaces, { stage, element, term, innerTerm }: Position): bigint {
  const start = 1n + BigInt(element) * elementSteps(s);
  if (stage === STAGE.commit || !s.fold) return start;
  if (stage === STAGE.finish && !s.scan) return start + BigInt(s.terms) * termSteps(s);
  const innerTerms = s.inner ? s.innerTerms : 0;
  return start + BigInt(term) * termSteps(s) + BigInt(stage === STAGE.finish ? innerTerms + 1 : innerTerm);
}

/** The position after a step, for positions before *commit*. */
export function nextPosition(s: Spaces, at: Position): Position {
  switch (at.stage) {
    case STAGE.inner: {
      const innerTerm = at.innerTerm + 1;
      return { ...at, stage: innerTerm === s.innerTerms ? STAGE.body : STAGE.inner, innerTerm };
    }
    case STAGE.body:
      return s.scan
        ? { ...at, stage: STAGE.finish, innerTerm: 0 }
        : nextTerm(s, at, { ...at, stage: STAGE.finish, term: 0, innerTerm: 0 });
    case STAGE.finish: {
      const element = at.element + 1;
      const following: Position = {
        stage: element === s.elements ? STAGE.commit : firstStage(s),
        element,
        term: 0,
        innerTerm: 0,
      };
      return s.scan ? nextTerm(s, at, following) : following;
    }
    case STAGE.commit:
      throw new InternalError("the instruction has no step after its last one");
  }
}

function nextTerm(s: Spaces, at: Position, afterLast: Position): Position {
  const term = at.term + 1;
  return term === s.terms ? afterLast : { ...at, stage: firstStage(s), term, innerTerm: 0 };
}

/** Number of writes before a position, those outside included. */
export function writesBefore(s: Spaces, { element, term }: Position): number {
  return s.scan ? element * s.terms + term : element;
}
