import assert from "node:assert/strict";
import { test } from "node:test";
import { dataLeaf, dataRoot, hashPair, keccak256, treeDepth } from "@elench/merkle/tree";
import { encodeInstruction } from "../program/codec.ts";
import { randomProgram } from "../program/fixtures/random.ts";
import { Random } from "../program/fixtures/random-bits.ts";
import type { TensorInstruction } from "../program/program.ts";
import { type Backend, openBackend, openWasm } from "./backend.ts";
import { nativeAddon } from "./native.ts";

const backends: readonly Backend[] = [
  ...(nativeAddon() ? [openBackend({ engine: "native", threads: 2 })] : []),
  openWasm(),
  openWasm(false),
];

const noise = (length: number, seed: number): Uint8Array => {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.word());
};

test("the data root equals that of merkle/tree.ts, for all lengths", () => {
  for (const length of [0, 1, 127, 128, 129, 1000, 1024, 1025, 8 * 128 + 5, 130_000]) {
    const data = noise(length, length);
    for (const backend of backends)
      assert.deepEqual(backend.dataRoot(data), dataRoot(data), `${backend.name}, ${length} bytes`);
  }
});

test("the data tree holds every node, zero subtrees included", () => {
  const data = noise(5 * 128 + 1, 1);
  for (const backend of backends) {
    const nodes = backend.dataTree(data);
    const node = (i: number): Uint8Array => nodes.slice(32 * i, 32 * (i + 1));
    assert.equal(nodes.length, 32 * (2 ** (treeDepth(data.length) + 1) - 1));
    for (let leaf = 0; leaf < 8; leaf++) assert.deepEqual(node(leaf), keccak256(dataLeaf(data, leaf)));
    for (let i = 0; i < 7; i++) assert.deepEqual(node(8 + i), hashPair(node(2 * i), node(2 * i + 1)));
  }
});

const tensorInstructions = (seed: number): TensorInstruction[] =>
  randomProgram(seed).model.program.instructions.filter((instruction) => instruction.kind === "tensor");

test("truncated or modified instructions are refused, or run within the given memory", () => {
  const random = new Random(1);
  let refused = 0;
  for (let seed = 1; seed <= 60; seed++) {
    for (const instruction of tensorInstructions(seed)) {
      const bytes = encodeInstruction(instruction);
      const operands = instruction.operands.map((_, i) => noise(4096, seed + i));
      for (const backend of backends) {
        const cut = bytes.slice(0, random.integer(0, bytes.length - 1));
        assert.throws(() => backend.execute(cut, operands, new Uint8Array(4096), []), Error);
        const changed = bytes.slice();
        // Except the sizes of the spaces, because a loop of 2^40 rounds is allowed and takes too long.
        const sizes =
          7 +
          4 * instruction.operands.length +
          4 * (instruction.dims.length + instruction.reduction.length + instruction.innerReduction.length) +
          3;
        for (let i = 0; i < 3; i++) changed[random.integer(sizes, bytes.length - 1)] = random.word();
        try {
          backend.execute(changed, operands, new Uint8Array(4096), []);
        } catch {
          refused++;
        }
      }
    }
  }
  assert.ok(refused > 100);
});

test("an operand or a target smaller than the views reach is refused, and nothing is written", () => {
  for (let seed = 1; seed <= 60; seed++) {
    for (const instruction of tensorInstructions(seed)) {
      const bytes = encodeInstruction(instruction);
      const operands = instruction.operands.map(() => new Uint8Array(4096));
      for (const backend of backends) {
        assert.throws(() => backend.execute(bytes, operands, new Uint8Array(0), []), /target has fewer bytes/);
        assert.throws(() => backend.execute(bytes, operands.slice(1), new Uint8Array(4096), []), /number of operands/);
        assert.throws(() => backend.execute(bytes, operands, new Uint8Array(4096), [], 0, 1e9), /no such elements/);
      }
    }
  }
});

test("the error names an unknown instruction set", { skip: nativeAddon() === null }, () => {
  assert.throws(
    () => openBackend({ engine: "native", instructionSet: "abacus" }),
    /no engine for the instruction set abacus: this processor runs/,
  );
});
