import assert from "node:assert/strict";
import { test } from "node:test";
import { openBackend } from "@elench/tensor/engine/backend";
import { commit } from "@elench/tensor/program/commitment";
import { hashOf, type State, startOf } from "@elench/tensor/stepper/state";
import { detached, step } from "@elench/tensor/stepper/stepper";
import { nativeEngines } from "../ml-vm/engine/native.ts";
import { randomProgram } from "../ml-vm/program/fixtures/random.ts";
import { machineOf, matmulRelu, type Sample, samples } from "../ml-vm/stepper/fixtures/samples.ts";
import { InferenceTrace } from "./inference-trace.ts";

const skip = nativeEngines().length === 0 && "the native engine is not built on this host";

const random = Array.from(
  { length: 12 },
  (_, i): Sample => ({ name: `random program ${1000 + i}`, ...randomProgram(1000 + i) }),
);

for (const sample of [...samples(), ...random]) {
  test(`${sample.name}: the native engine's trace equals the stepper's`, { skip }, async () => {
    const machine = machineOf(sample);
    const trace = new InferenceTrace(sample.model, machine.commitment, openBackend(), sample.inputs);
    let state: State = startOf(machine);
    for (let i = 0n; i <= trace.steps; i++) {
      assert.deepEqual(await trace.stateHashes([i]), [hashOf(machine, state)], `state ${i}, ${state.kind}`);
      state = step(machine, state);
    }
  });
}

test("states of a run of 2^30 steps follow from each other, at all positions", { skip }, () => {
  const { model, inputs } = matmulRelu(1024, 1024, 1024);
  const backend = openBackend();
  const commitment = commit(
    model.program,
    model.weights.map((bytes) => backend.dataRoot(bytes)),
  );
  const trace = new InferenceTrace(model, commitment, backend, inputs);
  const { machine, steps } = trace;
  assert.ok(steps > 1n << 30n);
  for (const at of [0n, 1n, 1_024n, 1_025n, 123_456_789n, 987_654_321n, steps / 2n, steps - 5n, steps - 1n]) {
    const after = step(machine, detached(machine, trace.state(at)));
    assert.deepEqual(hashOf(machine, after), hashOf(machine, trace.state(at + 1n)), `step ${at}`);
  }
});
