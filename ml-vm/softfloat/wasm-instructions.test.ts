/** The scanner finds floating-point instructions, and the committed module has none. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { floatInstructions } from "./wasm-instructions.ts";

/** A module with only a code section, which has one function of these instructions. */
const moduleOf = (...instructions: number[]): Uint8Array => {
  const body = [0, ...instructions, 0x0b]; // no locals; end
  return Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, body.length + 2, 1, body.length, ...body);
};

test("softfloat.wasm computes with integers only", () => {
  const module = readFileSync(new URL("./softfloat.wasm", import.meta.url));
  assert.deepEqual(floatInstructions(module), []);
});

test("a floating-point instruction is found at every position", () => {
  assert.deepEqual(floatInstructions(moduleOf(0x41, 1, 0x1a)), []); // i32.const 1, drop
  assert.equal(floatInstructions(moduleOf(0x43, 0, 0, 0x80, 0x3f, 0x1a)).length, 1); // f32.const 1
  assert.equal(floatInstructions(moduleOf(0x20, 0, 0x20, 1, 0x92, 0x1a)).length, 1); // f32.add
  assert.equal(floatInstructions(moduleOf(0x20, 0, 0xfc, 6, 0x1a)).length, 1); // i64.trunc_sat_f64_s
  assert.equal(floatInstructions(moduleOf(0x02, 0x40, 0x20, 0, 0x2b, 3, 0, 0x1a, 0x0b)).length, 1); // f64.load in a block
});

test("an immediate that looks like a floating-point instruction is not one", () => {
  assert.deepEqual(floatInstructions(moduleOf(0x41, 0x92, 0x01, 0x1a)), []); // i32.const 146
  assert.deepEqual(floatInstructions(moduleOf(0x20, 0, 0x0e, 1, 0, 0)), []); // br_table
});

test("unknown instructions are an error", () => {
  assert.throws(() => floatInstructions(moduleOf(0xfd, 0x0c)), /unknown instruction 0xfd/);
  assert.throws(() => floatInstructions(moduleOf(0x20, 0).subarray(0, -1)), /truncated|ends inside an instruction/);
  assert.throws(() => floatInstructions(moduleOf().subarray(0, 8)), /no code section/);
});
