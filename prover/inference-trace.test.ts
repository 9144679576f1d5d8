import assert from "node:assert/strict";
import { test } from "node:test";
import { haltedState, startState } from "../ml-vm/program/commitment.ts";
import { stepperBackend } from "../ml-vm/stepper/backend.ts";
import { machineOf, type Sample, samples, scalar } from "../ml-vm/stepper/samples.ts";
import { hashOf, type State, startOf } from "../ml-vm/stepper/state.ts";
import { runAll, step } from "../ml-vm/stepper/stepper.ts";
import { witnessOf } from "../ml-vm/stepper/witness.ts";
import { InferenceTrace } from "./inference-trace.ts";

const traceOf = (sample: Sample): InferenceTrace => {
  const { commitment } = machineOf(sample);
  return new InferenceTrace(sample.model, commitment, stepperBackend(scalar), sample.inputs);
};

for (const sample of samples()) {
  test(`${sample.name}: every state and witness of the trace is the stepper's`, async () => {
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
