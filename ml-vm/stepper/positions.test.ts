import assert from "node:assert/strict";
import { test } from "node:test";
import { InternalError } from "@elench/errors/internal-error";
import type { Position } from "../program/commitment.ts";
import {
  firstStage,
  instructionSteps,
  nextPosition,
  positionOf,
  type Spaces,
  stepOf,
  writesBefore,
} from "./positions.ts";

const KINDS = [
  { fold: false, inner: false, scan: false },
  { fold: true, inner: false, scan: false },
  { fold: true, inner: true, scan: false },
  { fold: true, inner: false, scan: true },
  { fold: true, inner: true, scan: true },
];

test("numbers and positions of steps agree with the steps taken one by one", () => {
  for (const kind of KINDS) {
    for (const [elements, terms, innerTerms] of [
      [1, 1, 1],
      [3, 4, 2],
      [2, 1, 5],
      [5, 3, 1],
    ] as const) {
      const s: Spaces = { ...kind, elements, terms: kind.fold ? terms : 1, innerTerms: kind.inner ? innerTerms : 1 };
      let at: Position = { stage: firstStage(s), element: 0, term: 0, innerTerm: 0 };
      let writes = 0;
      const steps = instructionSteps(s);
      for (let step = 1n; step < steps; step++) {
        assert.deepEqual(positionOf(s, step), at);
        assert.equal(stepOf(s, at), step);
        assert.equal(writesBefore(s, at), writes);
        if (at.stage === 2) writes++;
        assert.equal(at.stage === 3, step === steps - 1n);
        if (at.stage !== 3) at = nextPosition(s, at);
      }
      assert.throws(() => positionOf(s, steps), InternalError);
    }
  }
});

test("sizes beyond 2^64 steps are exact", () => {
  const s: Spaces = {
    fold: true,
    inner: true,
    scan: false,
    elements: 2 ** 40 - 1,
    terms: 2 ** 39,
    innerTerms: 2 ** 38,
  };
  const at: Position = { stage: 0, element: 2 ** 40 - 2, term: 2 ** 39 - 1, innerTerm: 2 ** 38 - 1 };
  assert.equal(stepOf(s, at), instructionSteps(s) - 4n);
  assert.deepEqual(positionOf(s, stepOf(s, at)), at);
});
