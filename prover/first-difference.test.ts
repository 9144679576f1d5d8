import assert from "node:assert/strict";
import { test } from "node:test";
import { dtypeSpec } from "@elench/tensor/program/dtype";
import { elementCount, type TensorType } from "@elench/tensor/program/program";
import { randomProgram } from "../ml-vm/program/fixtures/random.ts";
import { stepperBackend } from "../ml-vm/stepper/fixtures/backend.ts";
import { machineOf, type Sample, samples, scalar } from "../ml-vm/stepper/fixtures/samples.ts";
import { claimedDifference, firstDifference } from "./first-difference.ts";
import { FaultError, FaultyInferenceTrace } from "./fixtures/faulty-inference-trace.ts";
import { InferenceTrace } from "./inference-trace.ts";

const backend = stepperBackend(scalar);
const all = (): Sample[] => [
  ...samples(),
  ...Array.from({ length: 12 }, (_, seed) => ({ name: `random program ${seed}`, ...randomProgram(seed) })),
];
const traceOf = (sample: Sample): InferenceTrace =>
  new InferenceTrace(sample.model, machineOf(sample).commitment, backend, sample.inputs);

test("two equal runs have no difference", () => {
  for (const sample of all()) assert.equal(firstDifference(traceOf(sample), traceOf(sample)), null, sample.name);
});

test("a run with one flipped bit differs first at its instruction, element and step", () => {
  let found = 0;
  for (const sample of all()) {
    const truth = traceOf(sample);
    for (const [pc, instruction] of sample.model.program.instructions.entries()) {
      // In a block the first round is the one that differs first.
      if (instruction.kind !== "tensor" || truth.firstStepOf(pc) === null) continue;
      const fault = { instruction: pc, element: elementCount(instruction.dims) - 1 };
      const lie = new FaultyInferenceTrace(sample.model, machineOf(sample).commitment, backend, sample.inputs, fault);
      let difference: ReturnType<typeof firstDifference>;
      try {
        difference = firstDifference(truth, lie);
      } catch (error) {
        // An element that is written outside the target has no bit to flip.
        if (error instanceof FaultError) continue;
        throw error;
      }
      assert.ok(difference, `${sample.name}, instruction ${pc}`);
      assert.deepEqual([difference.instruction, difference.step], [pc, lie.falseStep], sample.name);
      const bits = difference.ours.map((byte, i) => byte ^ (difference.theirs[i] as number));
      assert.equal(
        bits.reduce((n, byte) => n + [...byte.toString(2)].filter((b) => b === "1").length, 0),
        1,
      );
      found++;
    }
  }
  assert.ok(found > 20, `${found}`);
});

test("a false output: the element that differs, and the last step that writes it", async () => {
  let found = 0;
  for (const sample of all()) {
    const trace = traceOf(sample);
    for (const [output, bytes] of trace.outputs.entries()) {
      assert.equal(claimedDifference(trace, output, bytes), null);
      const { dtype, shape } = sample.model.program.tensors[output] as TensorType;
      const element = elementCount(shape) - 1;
      const claimed = bytes.slice();
      const at = element * dtypeSpec(dtype).size;
      claimed[at] = (claimed[at] as number) ^ 1;
      let difference: ReturnType<typeof claimedDifference>;
      try {
        difference = claimedDifference(trace, output, claimed);
      } catch (error) {
        // Elements that no instruction reaches are zero.
        assert.match((error as Error).message, /no step writes/);
        continue;
      }
      assert.ok(difference);
      assert.equal(difference.element, element);
      const { write, kind } = trace.describe(difference.step);
      if (kind === "finish") assert.equal(write?.element?.number, element, `${sample.name}, output ${output}`);
      found++;
    }
  }
  assert.ok(found > 10, `${found}`);
});
