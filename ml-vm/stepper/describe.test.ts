import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, registerValue, type StepDescription } from "./describe.ts";
import { machineOf, type Sample, samples } from "./fixtures/samples.ts";
import { type State, startOf } from "./state.ts";
import { step } from "./stepper.ts";

/** All states of a run, each with the description of its step. */
function walk(sample: Sample): { state: State; told: StepDescription }[] {
  const machine = machineOf(sample);
  const all = [];
  let state: State = startOf(machine);
  for (;;) {
    all.push({ state, told: describe(machine, state) });
    if (state.kind === "halted") return all;
    state = step(machine, state);
  }
}

const hexOf = (values: readonly { hex: string }[] | undefined) => values?.map(({ hex }) => BigInt(hex)) ?? [];

for (const sample of samples()) {
  test(`${sample.name}: the values described after a step equal those of the next state`, () => {
    const all = walk(sample);
    for (const [i, { state, told }] of all.entries()) {
      if (state.kind !== "running" || state.position.stage === 3) continue;
      const next = all[i + 1]?.state;
      assert.ok(next?.kind === "running");
      assert.deepEqual(hexOf(told.accumulators?.before), state.accumulators);
      assert.deepEqual(hexOf(told.accumulators?.after), next.accumulators);
      assert.deepEqual(hexOf(told.innerAccumulators?.after), next.innerAccumulators);
      if (told.write?.element) {
        const size = told.write.after.length / 2;
        const { number } = told.write.element;
        // The stepper overwrites this memory in later steps, so only an element's last write is visible.
        const later = all
          .slice(i + 1)
          .some(
            ({ state: s, told: t }) =>
              s.kind === "running" && s.fetch === state.fetch && t.write?.element?.number === number,
          );
        if (!later)
          assert.equal(
            Buffer.from(next.target.bytes.subarray(number * size, (number + 1) * size)).toString("hex"),
            told.write.after,
          );
      }
    }
  });
}

test("a fused multiply-add is described in words, decimals and bits", () => {
  const [sample] = samples();
  assert.ok(sample);
  const { told } = walk(sample)[2] as { told: StepDescription };
  assert.equal(told.text, "element [0, 0], term [1]: folds the term into the accumulators");
  assert.deepEqual(
    told.reads.map(({ tensor, element }) => [tensor, element?.indices]),
    [
      ["input 0", [0, 1]],
      ["weight 0", [1, 0]],
    ],
  );
  const [x, w] = told.reads.map(({ value }) => Number(value.decimal)) as [number, number];
  const before = Number(told.accumulators?.before[0]?.decimal);
  assert.ok(Math.abs(Math.fround(x * w + before) - Number(told.accumulators?.after[0]?.decimal)) < 1e-6);
});

test("a register is shown with its sign, also for zeros and NaN", () => {
  assert.deepEqual(registerValue("f32", 0x80000000n), { type: "f32", decimal: "-0", hex: "0x80000000" });
  assert.deepEqual(registerValue("f64", 0x7ff8000000000000n), {
    type: "f64",
    decimal: "NaN",
    hex: "0x7ff8000000000000",
  });
  assert.deepEqual(registerValue("int", (1n << 64n) - 3n), { type: "int", decimal: "-3", hex: "0xfffffffffffffffd" });
});
