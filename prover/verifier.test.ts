import assert from "node:assert/strict";
import { before, test } from "node:test";
import { dataRoot } from "@elench/merkle/tree";
import { commit } from "@elench/tensor/program/commitment";
import { bytesToHex } from "@ethereumjs/util";
import { randomProgram } from "../ml-vm/program/fixtures/random.ts";
import { stepperBackend } from "../ml-vm/stepper/fixtures/backend.ts";
import { type Sample, samples, scalar } from "../ml-vm/stepper/fixtures/samples.ts";
import { build } from "../test/contracts/build.ts";
import { FaultyInferenceTrace } from "./fixtures/faulty-inference-trace.ts";
import { InferenceTrace } from "./inference-trace.ts";
import { SolidityVerifier, WitnessRefused } from "./verifier.ts";

let verifier: SolidityVerifier;

before(async () => {
  const contracts = build(["contracts/tensor/TensorVerifier.sol", "contracts/tensor/scalar/Float64Ops.sol"]);
  verifier = await SolidityVerifier.deploy((name) => {
    const contract = contracts.get(name);
    assert.ok(contract, `no contract ${name} was compiled`);
    return { abi: contract.abi, bytecode: bytesToHex(contract.creation) };
  });
});

const random = (seed: number): Sample => ({ name: `random program ${seed}`, ...randomProgram(seed) });

/** Steps distributed over a trace. */
const places = (steps: bigint, count: number): bigint[] =>
  Array.from({ length: count }, (_, i) => (steps * BigInt(i)) / BigInt(count)).filter(
    (step, i, all) => step !== all[i - 1],
  );

for (const sample of [...samples(), ...Array.from({ length: 8 }, (_, seed) => random(seed))]) {
  test(`${sample.name}: the contract steps from each state of the trace to the next`, async () => {
    const { model, inputs } = sample;
    const commitment = commit(model.program, model.weights.map(dataRoot));
    const trace = new InferenceTrace(model, commitment, stepperBackend(scalar), inputs);
    for (const step of [...places(trace.steps, 10), trace.steps - 1n, trace.steps]) {
      const [pre, post] = await trace.stateHashes([step, step + 1n]);
      const verdict = await verifier.verifyStep(pre as Uint8Array, await trace.witness(step));
      assert.deepEqual(verdict.post, post, `step ${step}`);
      assert.ok(verdict.gas > 0n);
    }
  });
}

test("the false step of a liar's trace is refuted, and its neighbours are not", async () => {
  const [sample] = samples();
  assert.ok(sample);
  const { model, inputs } = sample;
  const commitment = commit(model.program, model.weights.map(dataRoot));
  const lie = new FaultyInferenceTrace(model, commitment, stepperBackend(scalar), inputs, {
    instruction: 0,
    element: 50,
  });
  for (const step of [lie.falseStep - 1n, lie.falseStep, lie.falseStep + 1n]) {
    const [pre, post] = await lie.stateHashes([step, step + 1n]);
    const verdict = await verifier.verifyStep(pre as Uint8Array, await lie.witness(step));
    assert.equal(Buffer.compare(verdict.post, post as Uint8Array) === 0, step !== lie.falseStep, `step ${step}`);
  }
});

test("a witness of another state is refused", async () => {
  const [sample] = samples();
  assert.ok(sample);
  const commitment = commit(sample.model.program, sample.model.weights.map(dataRoot));
  const trace = new InferenceTrace(sample.model, commitment, stepperBackend(scalar), sample.inputs);
  const [pre] = await trace.stateHashes([3n]);
  await assert.rejects(verifier.verifyStep(pre as Uint8Array, await trace.witness(4n)), WitnessRefused);
});
