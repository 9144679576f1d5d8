import assert from "node:assert/strict";
import { before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { bytesToHex } from "@ethereumjs/util";
import { checkProgram, ProgramError } from "../../ml-vm/program/check.ts";
import { base, broken } from "../../ml-vm/program/check-cases.ts";
import { decodeInstruction, encodeInstruction, encodeTypes } from "../../ml-vm/program/codec.ts";
import { commit } from "../../ml-vm/program/commitment.ts";
import type { Program } from "../../ml-vm/program/program.ts";
import { registrationOf } from "../../ml-vm/program/registration.ts";
import { RULES, type Rule } from "../../ml-vm/program/rules.ts";
import { build } from "./build.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

const contracts = build(["contracts/registry/ModelRegistry.sol"]);
let validator: Deployed;

before(async () => {
  const evm = await startEvm();
  validator = await evm.deploy(contracts.get("ProgramValidator")!);
});

const roots = (program: Program) => program.weights.map((_, i) => new Uint8Array(32).fill(i + 1));
const START = { nextPc: 0, depth: 0, counts: [0, 0, 0], starts: [0, 0, 0], steps: 1n, flops: 0n, written: 0n };

interface Progress {
  readonly steps: bigint;
  readonly flops: bigint;
}

interface Verdict {
  readonly pc: number | null;
  readonly rule: Rule;
}

/** Shows a whole program to the validator. */
async function onChain(program: Program): Promise<Progress | Verdict> {
  const whole = { gas: Infinity, bytes: Infinity };
  const { header, types, pages } = registrationOf(program, commit(program, roots(program)), 0, whole);
  try {
    const args = [bytesToHex(header), bytesToHex(types)];
    await validator.call("declarations", ...args);
    const { instructions, siblings } = pages[0] ?? { instructions: [], siblings: [] };
    const { value } = await validator.call(
      "validate",
      ...args,
      START,
      instructions.map((bytes) => bytesToHex(bytes)),
      siblings.map((hash) => bytesToHex(hash)),
    );
    const [{ steps, flops }, done] = value as [Progress, boolean];
    assert.ok(done);
    return { steps, flops };
  } catch (error) {
    if (!(error instanceof Reverted)) throw error;
    if (error.error === "IllFormedProgram") return { pc: null, rule: RULES[Number(error.args[0])]! };
    if (error.error === "IllFormedInstruction") {
      return { pc: Number(error.args[0]), rule: RULES[Number(error.args[1])]! };
    }
    throw error;
  }
}

function offChain(program: Program): Progress | Verdict {
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
      const expected = offChain(program);
      const found = await onChain(program);
      assert.deepEqual(found, expected, `case ${i}`);
    }
  });
}
