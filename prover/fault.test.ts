import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, type State } from "@elench/tensor/stepper/state";
import { detached, step } from "@elench/tensor/stepper/stepper";
import { stepperBackend } from "../ml-vm/stepper/fixtures/backend.ts";
import { machineOf, type Sample, samples, scalar } from "../ml-vm/stepper/fixtures/samples.ts";
import { type Fault, FaultError, FaultyTrace, parseFault } from "./fault.ts";
import { InferenceTrace } from "./inference-trace.ts";

const sampleNamed = (name: string): Sample => {
  const sample = samples().find((s) => s.name.startsWith(name));
  assert.ok(sample);
  return sample;
};

const faultyTrace = (sample: Sample, fault: Fault): FaultyTrace =>
  new FaultyTrace(sample.model, machineOf(sample).commitment, stepperBackend(scalar), sample.inputs, fault);

const cases: [string, Fault][] = [
  ["matmul", { instruction: 0, element: 17 }],
  ["matmul", { instruction: 1, element: 119, bit: 0 }],
  ["scan", { instruction: 0, element: 2 }],
  ["scan", { instruction: 1, element: 20 }],
  ["inner", { instruction: 0, element: 1 }],
  ["loops", { instruction: 5, element: 3, counters: [1, 0, 0] }],
];

for (const [name, fault] of cases) {
  test(`exactly one step is false: ${name}, ${JSON.stringify(fault)}`, async () => {
    const sample = sampleNamed(name);
    const machine = machineOf(sample);
    const truth = new InferenceTrace(sample.model, machine.commitment, stepperBackend(scalar), sample.inputs);
    const lie = faultyTrace(sample, fault);
    const steps = Array.from({ length: Number(lie.steps) + 1 }, (_, i) => BigInt(i));
    const [claimed, right] = [await lie.stateHashes(steps), await truth.stateHashes(steps)];
    const firstFalse = right.findIndex((hash, i) => Buffer.compare(hash, claimed[i] as Uint8Array) !== 0);
    assert.equal(BigInt(firstFalse), lie.falseStep + 1n);
    // One step from each claimed state.
    const falseSteps = steps.slice(0, -1).filter((i) => {
      const after: State = step(machine, detached(machine, lie.state(i)));
      return Buffer.compare(hashOf(machine, after), claimed[Number(i) + 1] as Uint8Array) !== 0;
    });
    assert.deepEqual(falseSteps, [lie.falseStep]);
  });
}

test("a fault that fits nowhere is refused", () => {
  const sample = sampleNamed("matmul");
  assert.throws(() => faultyTrace(sample, { instruction: 2, element: 0 }), /computes no tensor/);
  assert.throws(() => faultyTrace(sample, { instruction: 0, element: 120 }), /120 elements/);
  assert.throws(() => faultyTrace(sample, { instruction: 0, element: 0, bit: 32 }), /32 bits/);
  assert.throws(() => parseFault("7"), FaultError);
  assert.deepEqual(parseFault("7:12:3"), { instruction: 7, element: 12, bit: 3 });
});
