import assert from "node:assert/strict";
import { test } from "node:test";
import { checkProgram } from "./check.ts";
import { encodeInstruction } from "./codec.ts";
import { OPS } from "./ops.ts";
import type { Program } from "./program.ts";
import { randomProgram } from "./random.ts";

const seeds = Array.from({ length: 400 }, (_, i) => i + 1);
const stagesOf = (program: Program) =>
  program.instructions.flatMap((i) =>
    i.kind === "tensor" ? [i.inner, i.body, i.finish].filter((stage) => stage !== null) : [],
  );

test("every random program is well-formed", () => {
  for (const seed of seeds) checkProgram(randomProgram(seed).model.program);
});

test("a seed decides the program and its data", () => {
  assert.deepEqual(randomProgram(7), randomProgram(7));
  assert.notDeepEqual(
    randomProgram(7).model.program.instructions.map(encodeInstruction),
    randomProgram(8).model.program.instructions.map(encodeInstruction),
  );
});

test("every operation and every kind of view occurs", () => {
  const stages = seeds.flatMap((seed) => stagesOf(randomProgram(seed).model.program));
  const used = new Set(stages.flatMap(({ code }) => code.map(({ op }) => op)));
  assert.deepEqual(
    [...OPS.keys()].filter((op) => !used.has(op)),
    [],
  );
  const coordinates = stages.flatMap(({ reads }) => reads.flatMap(({ view }) => view));
  assert.ok(coordinates.some(({ indirect }) => indirect !== null));
  assert.ok(coordinates.some(({ terms }) => terms.some(({ factor }) => factor < 0)));
  assert.ok(coordinates.some(({ terms }) => terms.some(({ bits }) => bits > 0)));
});
