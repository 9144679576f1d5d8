import assert from "node:assert/strict";
import { test } from "node:test";
import { samples } from "../ml-vm/stepper/fixtures/samples.ts";
import { runStepper, STEPPER_LIMIT, TooManySteps } from "./stepper-run.ts";

test("a program that can exceed the step limit is refused before it runs", () => {
  const sample = samples().find(({ name }) => name === "loops");
  assert.ok(sample);
  const { model, inputs } = sample;
  assert.equal(runStepper(model, inputs).length, 1);
  const instructions = model.program.instructions.map((i) =>
    i.kind === "loop" || i.kind === "end" ? { ...i, count: Number(STEPPER_LIMIT) } : i,
  );
  assert.throws(() => runStepper({ ...model, program: { ...model.program, instructions } }, inputs), TooManySteps);
});
