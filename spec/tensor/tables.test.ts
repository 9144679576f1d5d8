import assert from "node:assert/strict";
import { test } from "node:test";
import { DTYPE_NAMES, DTYPES } from "./dtypes.ts";
import { FIELD_BYTES, WORD_BYTES, type Word } from "./layout.ts";
import { LIMITS, PROGRAM_LIMITS, VARIABLES } from "./limits.ts";
import { OPERATIONS } from "./operations.ts";
import { RULES } from "./rules.ts";
import { SCALAR_TYPES, SCALARS } from "./scalars.ts";
import { STAGE, STAGES, TAGS, WORDS } from "./states.ts";

const areDistinct = (values: readonly unknown[]): void => assert.equal(new Set(values).size, values.length);

test("no two operations share a code or a name, and codes rise", () => {
  areDistinct(OPERATIONS.map(({ code }) => code));
  areDistinct(OPERATIONS.map(({ name }) => name));
  for (const [i, { code }] of OPERATIONS.entries()) assert.ok(i === 0 || code > (OPERATIONS[i - 1]?.code ?? 0));
});

test("an operation fits the packed signatures: a code below 128, at most three operands, any type in select alone", () => {
  for (const { name, code, args, result } of OPERATIONS) {
    assert.ok(code < 128 && args.length <= 3, name);
    assert.equal([result, ...args].includes("T"), name === "select", name);
  }
});

test("an f64 operation is the f32 operation with a code higher by 0x20", () => {
  const codes = new Map(OPERATIONS.map(({ name, code }) => [name, code]));
  for (const [name, code] of codes) {
    if (code >= 0x10 && code < 0x30) assert.equal(codes.get(name.replace("f32", "f64")), code + 0x20, name);
  }
});

test("dtypes are numbered from 1 without a gap, those that load floats first", () => {
  assert.deepEqual(
    DTYPE_NAMES.map((name) => DTYPES[name].code),
    DTYPE_NAMES.map((_, i) => i + 1),
  );
  // Native and the validator tell the register by this order.
  for (const name of DTYPE_NAMES)
    assert.equal(DTYPES[name].scalar === "int", DTYPES[name].code > DTYPES.bf16.code, name);
});

test("register types, stages and rules are numbered by their place in the list", () => {
  assert.deepEqual(
    SCALAR_TYPES.map((type) => SCALARS[type].code),
    [0, 1, 2],
  );
  assert.deepEqual(
    STAGES.map((name) => STAGE[name]),
    [0, 1, 2, 3],
  );
  areDistinct(RULES.map(({ name }) => name));
  areDistinct(Object.values(TAGS));
});

test("fields of a word lie inside it and do not overlap", () => {
  for (const [name, word] of Object.entries<Word>(WORDS)) {
    let end = 0;
    for (const { at, type, count = 1 } of Object.values(word)) {
      assert.ok(at >= end, name);
      end = at + count * FIELD_BYTES[type];
    }
    assert.ok(end <= WORD_BYTES, name);
  }
});

test("every limit fits the field that encodes it", () => {
  assert.ok(VARIABLES.count <= 256 && LIMITS.values <= 256 && PROGRAM_LIMITS.outputs <= 256);
  assert.ok(
    LIMITS.instructionBytes < 2 ** 16 && PROGRAM_LIMITS.tensors < 2 ** 16 && PROGRAM_LIMITS.dimension < 2 ** 32,
  );
  assert.ok(WORDS.fetch.counters.count === LIMITS.loopDepth);
});
