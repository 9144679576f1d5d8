/**
 * What the tensor verifier and the registry cost on L1, and the sizes of the contracts, for the digit classifier of `models/`,
 * against `test/snapshots/tensor-gas.json`. UPDATE_SNAPSHOTS=1 writes the file anew.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { dataRoot } from "@elench/merkle/tree";
import { InferenceTrace } from "@elench/prover/inference-trace";
import { importOnnx } from "@elench/tensor/onnx/import";
import { checkProgram } from "@elench/tensor/program/check";
import { commit, haltedState, type Position, startState } from "@elench/tensor/program/commitment";
import type { TensorInstruction } from "@elench/tensor/program/program";
import { registrationOf } from "@elench/tensor/program/registration";
import { instructionSteps, spacesOf, stepOf } from "@elench/tensor/stepper/positions";
import { bytesToHex } from "viem";
import { stepperBackend } from "../../ml-vm/stepper/fixtures/backend.ts";
import { decodeNpy } from "../../models/npy.ts";
import { scalarOperation } from "../../prover/scalar.ts";
import { build } from "./build.ts";
import { type Deployed, type Returned, startEvm, transactionGas } from "./evm.ts";
import { tensorContracts } from "./verifier.ts";

const snapshot = new URL("../snapshots/tensor-gas.json", import.meta.url);
const models = new URL("../../models/", import.meta.url);
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, models)));

const model = importOnnx(read("digits.onnx"));
const commitment = commit(model.program, model.weights.map(dataRoot));
const modelId = bytesToHex(commitment.modelId);
const image = new Uint8Array(decodeNpy(read("digits/0.npy")).buffer);
const { instructions } = model.program;

const contracts = new Map([...tensorContracts(), ...build(["contracts/registry/ModelRegistry.sol"])]);
let verifier: Deployed;
let registry: Deployed;
let trace: InferenceTrace;

before(async () => {
  const evm = await startEvm();
  const deploy = (name: string, ...args: readonly unknown[]) => evm.deploy(contracts.get(name)!, ...args);
  const parts = [await deploy("FetchStep"), await deploy("Float64Ops")].map(({ address }) => address);
  verifier = await deploy("TensorVerifier", ...parts);
  registry = await deploy("ModelRegistry", (await deploy("ProgramValidator")).address);
  trace = new InferenceTrace(model, commitment, stepperBackend(scalarOperation), [image]);
});

/** The pc of the n-th instruction, from 0, that a condition holds of. */
const find = (n: number, condition: (instruction: TensorInstruction) => boolean): number =>
  [...instructions.entries()].filter(([, i]) => i.kind === "tensor" && condition(i))[n]![0];

/** Number of the first step of an instruction; the program has no blocks. */
const firstStep = (pc: number): bigint =>
  instructions.slice(0, pc).reduce((n, i) => n + (i.kind === "tensor" ? instructionSteps(spacesOf(i)) : 1n), 0n);

/** Number of the step in the middle of an instruction that is of a stage. */
function middle(pc: number, stage: Position["stage"]): bigint {
  const spaces = spacesOf(instructions[pc] as TensorInstruction);
  if (stage === 3) return firstStep(pc + 1) - 1n;
  const [element, term] = [Math.floor(spaces.elements / 2), stage === 1 ? Math.floor(spaces.terms / 2) : 0];
  return firstStep(pc) + stepOf(spaces, { stage, element, term, innerTerm: 0 });
}

interface Cost {
  readonly witness: number;
  readonly execution: number;
  readonly transaction: number;
}

async function stepCost(i: bigint): Promise<Cost> {
  const [pre, post] = (await trace.stateHashes([i, i + 1n])).map((hash) => bytesToHex(hash));
  const witness = await trace.witness(i);
  const { value, gas, data } = await verifier.call("step", pre, bytesToHex(witness));
  assert.equal(value, post);
  return { witness: witness.length, execution: gas, transaction: transactionGas(data, gas) };
}

const transaction = ({ data, gas }: Returned): number => transactionGas(data, gas);

test("gas and sizes are those of the snapshot", async () => {
  const convolution = find(0, ({ reduction }) => reduction.length === 3);
  const pool = find(0, ({ finish, reduction }) => reduction.length === 2 && finish.code.length === 0);
  const product = find(0, ({ reduction, dims }) => reduction.length === 1 && dims.length === 2);
  const steps: Record<string, Cost> = {
    "convolution, begin": await stepCost(firstStep(convolution)),
    "convolution, a term": await stepCost(middle(convolution, 1)),
    "convolution, finish with bias and relu": await stepCost(middle(convolution, 2)),
    "convolution, commit": await stepCost(middle(convolution, 3)),
    "maximum pool, a term": await stepCost(middle(pool, 1)),
    "matrix product, a term": await stepCost(middle(product, 1)),
    "matrix product, finish": await stepCost(middle(product, 2)),
    drop: await stepCost(firstStep(convolution + 1)),
    halting: await stepCost(trace.steps - 1n),
    halted: await stepCost(trace.steps),
  };
  for (const [name, { transaction }] of Object.entries(steps)) assert.ok(transaction < 120_000, name);

  const { header, types, pages } = registrationOf(model.program, commitment);
  const declarations = [bytesToHex(header), bytesToHex(types)];
  const registration = { begin: transaction(await registry.call("begin", ...declarations)), pages: [] as number[] };
  for (const { firstPc, instructions, siblings } of pages) {
    const page = [instructions.map((bytes) => bytesToHex(bytes)), siblings.map((hash) => bytesToHex(hash))];
    registration.pages.push(transaction(await registry.call("validate", ...declarations, BigInt(firstPc), ...page)));
  }
  await checkRegistered();
  const views = {
    inputRoot: (await registry.call("inputRoot", modelId, bytesToHex(image))).gas,
    outputRoot: (await registry.call("outputRoot", modelId, bytesToHex(trace.outputs[0]!))).gas,
    startState: (await registry.call("startState", modelId, bytesToHex(dataRoot(image)))).gas,
  };

  const sizes = Object.fromEntries(
    ["TensorVerifier", "FetchStep", "Float64Ops", "ModelRegistry", "ProgramValidator"].map((name) => [
      name,
      contracts.get(name)!.size,
    ]),
  );
  for (const [name, size] of Object.entries(sizes)) assert.ok(size <= 24_576, `${name} fits EIP-170`);

  const found = { steps, registration, views, sizes };
  if (process.env.UPDATE_SNAPSHOTS) writeFileSync(snapshot, `${JSON.stringify(found, null, 2)}\n`);
  assert.deepEqual(found, JSON.parse(readFileSync(snapshot, "utf8")), "UPDATE_SNAPSHOTS=1 writes the snapshot anew");
});

/** What the registry says of the registered model is what is worked out off-chain. */
async function checkRegistered(): Promise<void> {
  const value = async (name: string, ...args: readonly unknown[]) =>
    (await registry.call(name, modelId, ...args)).value;
  const { steps, flops, level } = checkProgram(model.program);
  assert.deepEqual(await value("model"), {
    level,
    steps,
    flops,
    inputSizes: [BigInt(image.length)],
    outputSizes: [40n],
  });
  const root = bytesToHex(dataRoot(image));
  assert.equal(await value("level"), level);
  assert.equal(await value("inputRoot", bytesToHex(image)), root);
  assert.equal(await value("outputRoot", bytesToHex(trace.outputs[0]!)), bytesToHex(trace.output));
  assert.equal(await value("context", root), bytesToHex(trace.context));
  assert.equal(await value("startState", root), bytesToHex(startState(commitment, dataRoot(image))));
  const halted = await verifier.call("halted", bytesToHex(trace.context), bytesToHex(trace.output));
  assert.equal(halted.value, bytesToHex(haltedState(trace.context, trace.output)));
}
