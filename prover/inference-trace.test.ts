import assert from "node:assert/strict";
import { test } from "node:test";
import { haltedState, startState } from "@elench/tensor/program/commitment";
import { hashOf, type State, startOf } from "@elench/tensor/stepper/state";
import { detached, runAll, step } from "@elench/tensor/stepper/stepper";
import { witnessOf } from "@elench/tensor/stepper/witness";
import { randomProgram } from "../ml-vm/program/fixtures/random.ts";
import { stepperBackend } from "../ml-vm/stepper/fixtures/backend.ts";
import { machineOf, matmulRelu, type Sample, samples, scalar } from "../ml-vm/stepper/fixtures/samples.ts";
import { InferenceTrace } from "./inference-trace.ts";

const traceOf = (sample: Sample): InferenceTrace => {
  const { commitment } = machineOf(sample);
  return new InferenceTrace(sample.model, commitment, stepperBackend(scalar), sample.inputs);
};

const randomSamples = Array.from({ length: 16 }, (_, seed) => ({
  name: `random program ${seed}`,
  ...randomProgram(seed),
}));

for (const sample of [...samples(), ...randomSamples]) {
  test(`${sample.name}: every state and witness of the trace equals the stepper's`, async () => {
    const machine = machineOf(sample);
    const trace = traceOf(sample);
    const { steps, outputs } = runAll(machine);
    assert.equal(trace.steps, steps);
    assert.deepEqual(trace.outputs, outputs);
    assert.deepEqual(trace.start, startState(machine.commitment, machine.inputTree.root));
    let state: State = startOf(machine);
    for (let i = 0n; i <= steps; i++) {
      const [hash] = await trace.stateHashes([i]);
      assert.deepEqual(hash, hashOf(machine, state), `state ${i}, ${state.kind}`);
      assert.deepEqual(await trace.witness(i), witnessOf(machine, state), `witness ${i}, ${state.kind}`);
      state = step(machine, state);
    }
    const halted = haltedState(trace.context, trace.output);
    assert.deepEqual(await trace.stateHashes([steps, steps + 1n, 1n << 60n]), [halted, halted, halted]);
  });
}

test("states of a long fold follow from each other, at all positions", async () => {
  const sample = matmulRelu(2, 1 << 14, 2);
  const machine = machineOf(sample);
  const trace = traceOf(sample);
  for (const at of [0n, 1n, 12_345n, 40_000n, trace.steps / 2n, trace.steps - 9n, trace.steps - 1n]) {
    const after = step(machine, detached(machine, trace.state(at)));
    assert.deepEqual(hashOf(machine, after), hashOf(machine, trace.state(at + 1n)), `step ${at}`);
  }
});

test("only what an answer needs is hashed, and only once", async () => {
  const sample = matmulRelu(8, 4, 64);
  const trace = traceOf(sample);
  const { steps } = trace;
  assert.equal(trace.stats.trees, sample.inputs.length, "only the inputs, which the start state needs");
  await trace.stateHashes([steps / 2n, steps / 2n + 1n, steps / 3n]);
  const { trees } = trace.stats;
  // The weights' roots are known; the first instruction's result is one tree.
  assert.equal(trees, sample.inputs.length + 1);
  await trace.stateHashes([steps / 2n, steps / 3n, steps / 4n]);
  assert.equal(trace.stats.trees, trees);
});
