import assert from "node:assert/strict";
import { before, test } from "node:test";
import { dataRoot, treeDepth } from "@elench/merkle/tree";
import { checkProgram } from "@elench/tensor/program/check";
import { type Commitment, commit, inferenceContext, listRoot, startState } from "@elench/tensor/program/commitment";
import type { Program, TensorType } from "@elench/tensor/program/program";
import { type Page, type PageBudget, registrationOf } from "@elench/tensor/program/registration";
import { bytesToHex, type Hex } from "viem";
import { base, broken } from "../../ml-vm/program/fixtures/check-cases.ts";
import { randomProgram } from "../../ml-vm/program/fixtures/random.ts";
import { Random } from "../../ml-vm/program/fixtures/random-bits.ts";
import { build } from "./build.ts";
import { type Deployed, startEvm, transactionGas } from "./evm.ts";

// The registry as a contract with a state: pages in order, by anybody, and what it answers of a registered model.

const contracts = build(["contracts/registry/ModelRegistry.sol"]);
const freshRegistry = async (): Promise<Deployed> => {
  const evm = await startEvm();
  const validator = await evm.deploy(contracts.get("ProgramValidator")!);
  return evm.deploy(contracts.get("ModelRegistry")!, validator.address);
};
let registry: Deployed;
before(async () => {
  registry = await freshRegistry();
});

const hex = (bytes: Uint8Array): Hex => bytesToHex(bytes);
const commitmentOf = (program: Program): Commitment =>
  commit(
    program,
    program.weights.map((_, i) => new Uint8Array(32).fill(i + 1)),
  );

/** Shows a page; gives the gas of the transaction. */
async function show(to: Deployed, declarations: readonly Hex[], { firstPc, instructions, siblings }: Page) {
  const { data, gas } = await to.call(
    "validate",
    ...declarations,
    BigInt(firstPc),
    instructions.map(hex),
    siblings.map(hex),
  );
  return transactionGas(data, gas);
}

async function register(to: Deployed, program: Program, budget?: PageBudget): Promise<Hex> {
  const commitment = commitmentOf(program);
  const { header, types, pages } = registrationOf(program, commitment, 0, budget);
  const declarations = [hex(header), hex(types)];
  await to.call("begin", ...declarations);
  for (const page of pages) {
    const gas = await show(to, declarations, page);
    assert.ok(gas <= page.gas, `a page takes ${gas} gas; ${page.gas} were allowed for`);
  }
  return hex(commitment.modelId);
}

test("a program is registered page by page, however it is cut, with the work that check.ts counts", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const { program } = randomProgram(seed).model;
    const longest = Math.max(...commitmentOf(program).encoded.map(({ length }) => length));
    const { instructions } = program;
    const size = new Random(seed).integer(1, 3) * longest + 64 * 8 + 600;
    const modelId = await register(registry, program, { gas: Infinity, bytes: size });
    const { value } = await registry.call("model", modelId);
    const { steps, flops, level } = checkProgram(program);
    const found = value as { steps: bigint; flops: bigint; level: number };
    assert.deepEqual({ steps: found.steps, flops: found.flops, level: found.level }, { steps, flops, level });
    assert.equal((await registry.call("nextPc", modelId)).value, BigInt(instructions.length));
  }
});

test("a program that is ill-formed is not registered", async () => {
  for (const program of [broken.output[0]!, broken.block[3]!, broken.bounds[0]!]) {
    const modelId = hex(commitmentOf(program).modelId);
    const fresh = await freshRegistry();
    await assert.rejects(register(fresh, program), { error: /^IllFormed/ });
    assert.equal((await fresh.call("isRegistered", modelId)).value, false);
    await assert.rejects(fresh.call("level", modelId), { error: "NotRegistered" });
  }
});

test("pages are refused out of order, altered, before the beginning and after the end", async () => {
  const fresh = await freshRegistry();
  const commitment = commitmentOf(base);
  const { header, types, pages } = registrationOf(base, commitment, 0, { gas: Infinity, bytes: 530 });
  assert.ok(pages.length >= 2);
  const [first, second] = pages as [Page, Page];
  const declarations = [hex(header), hex(types)];
  const modelId = hex(commitment.modelId);

  await assert.rejects(show(fresh, declarations, first), { error: "NotBegun" });
  const otherTypes = hex(types.with(2, 2));
  await assert.rejects(fresh.call("begin", hex(header), otherTypes), { error: "IllFormedProgram" });
  await fresh.call("begin", ...declarations);
  await assert.rejects(fresh.call("begin", ...declarations), { error: "AlreadyBegun" });
  await assert.rejects(show(fresh, declarations, second), { error: "WrongPage" });
  await assert.rejects(show(fresh, [hex(header), otherTypes], first), { error: "IllFormedProgram" });

  const altered = first.instructions.with(0, first.instructions[0]!.with(5, 4));
  await assert.rejects(show(fresh, declarations, { ...first, instructions: altered }), { error: "WrongInstructions" });
  const more = [...first.siblings, new Uint8Array(32)];
  await assert.rejects(show(fresh, declarations, { ...first, siblings: more }), { error: "WrongInstructions" });
  await assert.rejects(show(fresh, declarations, { ...second, firstPc: 0 }), { error: "WrongInstructions" });

  await show(fresh, declarations, first);
  await assert.rejects(show(fresh, declarations, first), { error: "WrongPage" });
  // Somebody else goes on, with pages of another size.
  const rest = registrationOf(base, commitment, Number((await fresh.call("nextPc", modelId)).value));
  for (const page of rest.pages) {
    assert.equal((await fresh.call("isRegistered", modelId)).value, false);
    await show(fresh, declarations, page);
  }
  assert.equal((await fresh.call("isRegistered", modelId)).value, true);
  await assert.rejects(show(fresh, declarations, first), { error: "AlreadyRegistered" });
});

test("roots of inputs and outputs are those of merkle/tree.ts", async () => {
  const u8 = (n: number): TensorType => ({ dtype: "u8", shape: [n] });
  const random = new Random(7);
  for (const sizes of [[1], [127], [128], [129], [256, 257], [1000, 3, 128], [1, 2, 3, 4, 5], [5000, 1]]) {
    const types = sizes.map(u8);
    // The outputs are the inputs; entries that fill them up to a power of two stay empty.
    const program: Program = {
      inputs: types,
      weights: [],
      tensors: types,
      outputs: sizes.length,
      instructions: sizes.map((size, index) => ({
        kind: "move",
        target: index,
        source: { space: "input", index, depth: treeDepth(size) },
      })),
    };
    const modelId = await register(registry, program);
    const tensors = sizes.map((size) => Uint8Array.from({ length: size }, () => random.integer(0, 255)));
    const joined = Uint8Array.from(tensors.flatMap((bytes) => [...bytes]));
    const root = listRoot(tensors.map(dataRoot));
    assert.equal((await registry.call("inputRoot", modelId, hex(joined))).value, hex(root), `sizes ${sizes}`);
    assert.equal((await registry.call("outputRoot", modelId, hex(joined))).value, hex(root), `sizes ${sizes}`);
    const commitment = commitmentOf(program);
    assert.equal((await registry.call("startState", modelId, hex(root))).value, hex(startState(commitment, root)));
    const context = inferenceContext(commitment.modelId, root);
    assert.equal((await registry.call("context", modelId, hex(root))).value, hex(context));
    await assert.rejects(registry.call("inputRoot", modelId, hex(joined.subarray(1))), { error: "WrongSize" });
  }
});
