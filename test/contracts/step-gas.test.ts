/** The bound on a program's dearest step, held against steps of every kind in the Solidity verifier. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { InferenceTrace } from "@elench/prover/inference-trace";
import { hardhatArtifacts, SolidityVerifier } from "@elench/prover/verifier";
import { openBackend } from "@elench/tensor/engine/backend";
import { importOnnx } from "@elench/tensor/onnx/import";
import { commit } from "@elench/tensor/program/commitment";
import type { Model } from "@elench/tensor/program/model";
import { worstStep } from "@elench/tensor/program/step-gas";
import { instructionSteps, spacesOf, stepOf } from "@elench/tensor/stepper/positions";
import { ModelError } from "../../ml-vm/onnx/graph/error.ts";
import { modelFile } from "../fuzz/onnx/graph.ts";
import { caseOfSeed } from "../fuzz/onnx/seed.ts";

const backend = openBackend({ threads: 1 });

/** A step of each kind of each instruction: begin, inner, body, finish, commit. */
function* stepsOf({ program }: Model, trace: InferenceTrace): Generator<bigint> {
  for (const [pc, instruction] of program.instructions.entries()) {
    const first = trace.firstStepOf(pc);
    if (first === null) continue;
    yield first;
    if (instruction.kind !== "tensor") continue;
    const spaces = spacesOf(instruction);
    const element = Math.floor(spaces.elements / 2);
    const term = Math.floor(spaces.terms / 2);
    if (spaces.fold)
      yield first + stepOf(spaces, { stage: 1, element, term, innerTerm: spaces.inner ? spaces.innerTerms : 0 });
    yield first + stepOf(spaces, { stage: 2, element, term: spaces.scan ? term : 0, innerTerm: 0 });
    yield first + instructionSteps(spaces) - 1n;
  }
}

test("no step takes more gas or a longer witness than the bound says, and the dearest takes at least a third of it", async () => {
  const verifier = await SolidityVerifier.deploy(
    hardhatArtifacts(fileURLToPath(new URL("../../artifacts/contracts", import.meta.url))),
  );
  const ratios: number[] = [];
  const check = async (model: Model, inputs: readonly Uint8Array[], what: string): Promise<void> => {
    const commitment = commit(
      model.program,
      model.weights.map((weight) => backend.dataRoot(weight)),
    );
    const trace = new InferenceTrace(model, commitment, backend, inputs);
    const bound = worstStep(model.program);
    let dearest = 0;
    for (const step of stepsOf(model, trace)) {
      const [pre] = (await trace.stateHashes([step])) as [Uint8Array];
      const witness = await trace.witness(step);
      const { gas } = await verifier.verifyStep(pre, witness);
      assert.ok(Number(gas) <= bound.gas, `${what}: step ${step} takes ${gas} gas; the bound is ${bound.gas}`);
      dearest = Math.max(dearest, Number(gas));
    }
    ratios.push(dearest / bound.gas);
  };
  const digits = importOnnx(new Uint8Array(readFileSync(new URL("../../models/digits.onnx", import.meta.url))));
  await check(digits, [new Uint8Array(3136)], "digits");
  for (let seed = 0; seed < 60; seed++) {
    const { graph } = caseOfSeed(seed, seed % 2 ? "chain" : undefined);
    try {
      const model = importOnnx(modelFile(graph));
      await check(
        model,
        graph.inputs.map(({ value }) => value.data),
        `seed ${seed}`,
      );
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
    }
  }
  assert.ok(ratios.length > 30);
  assert.ok(Math.min(...ratios) > 1 / 3, `${Math.min(...ratios)}`);
});
