import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { keccak256, ListTree } from "@elench/merkle/tree";
import { checkProgram, ProgramError } from "@elench/tensor/program/check";
import { decodeInstruction, encodeInstruction, encodeTypes } from "@elench/tensor/program/codec";
import { commit } from "@elench/tensor/program/commitment";
import { DTYPES } from "@elench/tensor/program/dtype";
import { EncodingError } from "@elench/tensor/program/encoding-error";
import type { Instruction, Program, TensorType } from "@elench/tensor/program/program";
import { registrationOf } from "@elench/tensor/program/registration";
import { bytesToHex } from "viem";
import { base, broken } from "../../ml-vm/program/fixtures/check-cases.ts";
import { randomProgram } from "../../ml-vm/program/fixtures/random.ts";
import { Random } from "../../ml-vm/program/fixtures/random-bits.ts";
import { RULES, type Rule } from "../../ml-vm/program/rules.ts";
import { build } from "./build.ts";
import { Reverted } from "./evm.ts";
import { type Simulated, type Simulator, startSimulator } from "./simulator.ts";

// The validator on L1 and check.ts say the same of every program: well-formed, with the same work, or which instruction
// breaks which rule.

let simulator: Simulator;
let validator: Simulated;
before(async () => {
  simulator = await startSimulator();
  validator = await simulator.deploy(build(["contracts/registry/ModelRegistry.sol"]).get("ProgramValidator")!);
});
after(() => simulator.close());

interface Work {
  readonly steps: bigint;
  readonly flops: bigint;
}

interface Verdict {
  readonly pc: number | null;
  readonly rule: Rule;
}

const START = { nextPc: 0, depth: 0, counts: [0, 0, 0], starts: [0, 0, 0], steps: 1n, flops: 0n, written: 0n };
const WHOLE = { gas: Infinity, bytes: Infinity };

/** Shows a whole program to the validator; its instructions may be any bytes. */
async function onChain(
  program: Program,
  encoded = program.instructions.map(encodeInstruction),
): Promise<Work | Verdict> {
  const tree = new ListTree(encoded.map(keccak256));
  const commitment = commit(
    { ...program, instructions: [] },
    program.weights.map(() => new Uint8Array(32)),
  );
  new DataView(commitment.header.buffer).setUint32(10, encoded.length);
  commitment.header.set(tree.root, 32);
  const { header, types, pages } = registrationOf(program, { ...commitment, encoded, program: tree }, 0, WHOLE);
  const { instructions, siblings } = pages[0] ?? { instructions: [], siblings: [] };
  const declarations = [bytesToHex(header), bytesToHex(types)];
  try {
    await validator.call("declarations", ...declarations);
    const page = [instructions.map((bytes) => bytesToHex(bytes)), siblings.map((hash) => bytesToHex(hash))];
    const result = await validator.call("validate", ...declarations, START, ...page);
    const [{ steps, flops }, done] = result as [Work, boolean];
    assert.ok(done);
    return { steps, flops };
  } catch (error) {
    if (!(error instanceof Reverted)) throw error;
    const rule = RULES[Number(error.args.at(-1))];
    if (error.error === "IllFormedProgram" && rule) return { pc: null, rule };
    if (error.error === "IllFormedInstruction" && rule) return { pc: Number(error.args[0]), rule };
    throw error;
  }
}

function offChain(program: Program): Work | Verdict {
  try {
    const { steps, flops } = checkProgram(program);
    return { steps, flops };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return { pc: error.pc, rule: error.rule };
  }
}

/** Whether the bytes say all of it: off-chain, a field may not fit, a stage may be missing. */
const encodable = (program: Program): boolean => {
  try {
    encodeTypes([...program.inputs, ...program.weights, ...program.tensors]);
    const decoded = program.instructions.map((instruction) => decodeInstruction(encodeInstruction(instruction)));
    return program.inputs.length < 65_536 && isDeepStrictEqual(decoded, program.instructions);
  } catch {
    return false;
  }
};

test("a well-formed program is found so on L1, with the same work", async () => {
  assert.deepEqual(await onChain(base), offChain(base));
});

for (const rule of RULES) {
  const programs = broken[rule].filter(encodable);
  if (programs.length === 0) continue;
  test(`on L1 too, a program that breaks only the rule "${rule}" is refused for it`, async () => {
    for (const [i, program] of programs.entries()) {
      assert.deepEqual(await onChain(program), offChain(program), `case ${i}`);
    }
  });
}

test("random programs are found well-formed, with the same work", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { program } = randomProgram(seed).model;
    assert.deepEqual(await onChain(program), offChain(program), `seed ${seed}`);
  }
});

/** Changes a byte of an instruction to one that is near, at an end, or anything; seldom takes one out or puts one in. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const i = random.integer(0, bytes.length - 1);
  const byte = bytes[i] as number;
  const change = random.integer(0, 9);
  if (change === 0) return Uint8Array.of(...bytes.subarray(0, i), ...bytes.subarray(i + 1));
  if (change === 1) return Uint8Array.of(...bytes.subarray(0, i), random.integer(0, 255), ...bytes.subarray(i));
  const near = [byte + 1, byte - 1, byte ^ (1 << random.integer(0, 7)), 0, 0x7f, 0x80, 0xff, random.integer(0, 255)];
  return bytes.with(i, random.pick(near) & 0xff);
}

test("damaged instructions are accepted, or refused for the same rule, as off-chain", async () => {
  const refusals = new Map<string, number>();
  for (let seed = 1; seed <= 1500; seed++) {
    const random = new Random(seed);
    const { program } = randomProgram(1 + (seed % 300)).model;
    const encoded = program.instructions.map(encodeInstruction);
    const pc = random.integer(0, encoded.length - 1);
    encoded[pc] = damage(encoded[pc] as Uint8Array, random);
    const found = await onChain(program, encoded);
    const instruction = decoded(encoded[pc] as Uint8Array);
    if (instruction === null) {
      assert.ok("rule" in found, `seed ${seed}: bytes that are no instruction are refused`);
      continue;
    }
    const expected = offChain({ ...program, instructions: program.instructions.with(pc, instruction) });
    assert.deepEqual(found, expected, `seed ${seed}`);
    const outcome = "rule" in expected ? expected.rule : "accepted";
    refusals.set(outcome, (refusals.get(outcome) ?? 0) + 1);
  }
  // Otherwise the damage shows little.
  assert.ok(refusals.size > 12, `outcomes: ${JSON.stringify(Object.fromEntries(refusals))}`);
});

function decoded(bytes: Uint8Array): Instruction | null {
  try {
    return decodeInstruction(bytes);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}

test("programs of other types are accepted, or refused for the same rule, as off-chain", async () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = new Random(seed);
    const { program } = randomProgram(seed).model;
    const retyped = (types: readonly TensorType[]): TensorType[] =>
      types.map(({ dtype, shape }) => ({
        dtype: random.chance(0.1) ? random.pick(DTYPES) : dtype,
        shape: random.chance(0.1)
          ? [...shape, random.integer(0, 3)]
          : shape.map((n) => (random.chance(0.1) ? n + 1 : n)),
      }));
    const changed: Program = {
      ...program,
      inputs: retyped(program.inputs),
      weights: retyped(program.weights),
      tensors: retyped(program.tensors).slice(0, random.chance(0.2) ? -1 : undefined),
      outputs: program.outputs + (random.chance(0.2) ? random.integer(-1, 3) : 0),
    };
    assert.deepEqual(await onChain(changed), offChain(changed), `seed ${seed}`);
  }
});
