/** `scalar` and `run` execute the operations of `ml-vm/program/ops.ts` as documented there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPS } from "../program/ops.ts";
import type { FunctionName } from "./exports.ts";
import { randomPatterns, randomWide, randomWords } from "./fixtures/patterns.ts";
import { loadSoftfloat } from "./load.ts";

const softfloat = loadSoftfloat();
const M64 = 2n ** 64n;
const signed = (a: bigint): bigint => BigInt.asIntN(64, a);
const unsigned = (a: bigint): bigint => BigInt.asUintN(64, a);
const byte = (a: bigint, i: number): bigint => (a >> BigInt(8 * i)) & 255n;
const scalar = (name: string, a: bigint, b: bigint, c: bigint): bigint =>
  softfloat.scalar(OPS.get(name)!.code, a, b, c);

const floorDiv = (a: bigint, b: bigint): bigint => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b);
const dot4 = (a: bigint, b: bigint, c: bigint, aBits: (byte: bigint) => bigint): bigint =>
  BigInt.asIntN(
    32,
    [0, 1, 2, 3].reduce((sum, i) => sum + aBits(byte(a, i)) * BigInt.asIntN(8, byte(b, i)), c),
  );
const truth = (condition: boolean): bigint => (condition ? 1n : 0n);

/** The integer operations, on unsigned 64-bit registers; results are taken modulo 2^64. */
const INTEGER: Record<string, (a: bigint, b: bigint, c: bigint) => bigint> = {
  select: (a, b, c) => (a !== 0n ? b : c),
  "int.add": (a, b) => a + b,
  "int.sub": (a, b) => a - b,
  "int.mul": (a, b) => a * b,
  "int.mulHigh": (a, b) => (signed(a) * signed(b)) >> 64n,
  "int.mulHighU": (a, b) => (a * b) / M64,
  "int.divTrunc": (a, b) => (b === 0n ? 0n : signed(a) / signed(b)),
  "int.divFloor": (a, b) => (b === 0n ? 0n : floorDiv(signed(a), signed(b))),
  "int.and": (a, b) => a & b,
  "int.or": (a, b) => a | b,
  "int.xor": (a, b) => a ^ b,
  "int.shl": (a, b) => a << (b % 64n),
  "int.shr": (a, b) => a >> (b % 64n),
  "int.sar": (a, b) => signed(a) >> (b % 64n),
  "int.eq": (a, b) => truth(a === b),
  "int.lt": (a, b) => truth(signed(a) < signed(b)),
  "int.ltU": (a, b) => truth(a < b),
  "int.min": (a, b) => (signed(a) < signed(b) ? a : b),
  "int.max": (a, b) => (signed(a) < signed(b) ? b : a),
  "int.wrap32": (a) => BigInt.asIntN(32, a),
  "int.dot4ss": (a, b, c) => dot4(a, b, c, (x) => BigInt.asIntN(8, x)),
  "int.dot4us": (a, b, c) => dot4(a, b, c, (x) => x),
};

/** The function of softfloat that each suffix of a float operation stands for. */
// biome-ignore format: a table
const FLOAT = {
  add: "add", sub: "sub", mul: "mul", fma: "mulAdd", div: "div", sqrt: "sqrt", rem: "rem", min: "min", max: "max", neg: "neg",
  abs: "abs", eq: "eq", lt: "lt", le: "le", floor: "floor", ceil: "ceil", trunc: "trunc", rint: "roundToInt",
} as const;

/** The function of softfloat that each conversion is, the NaN of `toInt` aside. */
// biome-ignore format: a table
const CONVERSIONS: Record<string, FunctionName> = {
  "f32.toInt": "f32_to_i64_r_minMag", "f32.fromInt": "i64_to_f32",
  "f64.toInt": "f64_to_i64_r_minMag", "f64.fromInt": "i64_to_f64",
  "f64.fromF32": "f32_to_f64", "f32.fromF64": "f64_to_f32",
  "f32.fromF16": "f16_to_f32", "f32.toF16": "f32_to_f16",
  "f32.fromBF16": "bf16_to_f32", "f32.toBF16": "f32_to_bf16",
  "f32.bits": "f32_to_f32", "f32.fromBits": "f32_to_f32",
  "f64.bits": "f64_to_f64", "f64.fromBits": "f64_to_f64",
};

const EDGES = [
  0n,
  1n,
  2n,
  63n,
  64n,
  127n,
  128n,
  255n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 63n - 1n,
  2n ** 63n,
  M64 - 2n,
  M64 - 1n,
];

/** All triples of edges, then random registers: uniform, and short ones of both signs. */
function* integerTriples(count: number): Generator<[bigint, bigint, bigint]> {
  for (const a of EDGES) for (const b of EDGES) for (const c of EDGES) yield [a, b, c];
  const random = randomWords(21);
  const next = (): bigint => unsigned(signed(randomWide(random)) >> BigInt(random() % 64));
  for (let i = 0; i < count; i++) yield [next(), next(), next()];
}

/** Registers that hold floats of both formats, and garbage in the high half of an f32. */
function* floatTriples(count: number): Generator<[bigint, bigint, bigint]> {
  const random = randomWords(22);
  const f32 = randomPatterns("f32", random);
  const f64 = randomPatterns("f64", random);
  const next = (): bigint => (random() % 2 === 0 ? f64() : f32() | (BigInt(random()) << 32n));
  for (let i = 0; i < count; i++) yield [next(), next(), next()];
}

/** The named function on the registers' low bits, its result as a register. */
function call(name: FunctionName, ...registers: bigint[]): bigint {
  const wide = name.startsWith("f64") || name.startsWith("i64");
  const run = softfloat[name] as (...operands: (number | bigint)[]) => number | bigint | boolean;
  const operand = (register: bigint): number | bigint =>
    name.startsWith("i64") ? signed(register) : wide ? register : Number(BigInt.asUintN(32, register));
  return unsigned(BigInt(run(...registers.map(operand))));
}

test("every operation of the table has a reference here", () => {
  const floats = ["f32", "f64"].flatMap((format) => Object.keys(FLOAT).map((op) => `${format}.${op}`));
  const covered = new Set(["index", ...Object.keys(INTEGER), ...floats, ...Object.keys(CONVERSIONS)]);
  assert.deepEqual(
    [...OPS.keys()].filter((name) => !covered.has(name)),
    [],
  );
  assert.equal(covered.size, OPS.size);
});

test("integer operations wrap, shift, divide and select as documented", () => {
  for (const [name, reference] of Object.entries(INTEGER)) {
    for (const [a, b, c] of integerTriples(3_000)) {
      const got = scalar(name, a, b, c);
      const expected = unsigned(reference(a, b, c));
      if (got !== expected) assert.fail(`${name}(${a}, ${b}, ${c}) = ${got}, not ${expected}`);
    }
  }
});

test("float operations equal softfloat's, on the low bits of their registers", () => {
  for (const format of ["f32", "f64"] as const) {
    for (const [op, suffix] of Object.entries(FLOAT)) {
      for (const [a, b, c] of floatTriples(2_000)) {
        const expected = call(`${format}_${suffix}` as FunctionName, a, b, c);
        assert.equal(scalar(`${format}.${op}`, a, b, c), expected, `${format}.${op}(${a}, ${b}, ${c})`);
      }
    }
  }
});

test("conversions equal softfloat's, except that NaN to an integer is 0", () => {
  for (const [op, name] of Object.entries(CONVERSIONS)) {
    for (const [a, b, c] of floatTriples(5_000)) {
      const format = op.slice(0, 3);
      const isNaNToInt = op.endsWith(".toInt") && scalar(`${format}.eq`, a, a, 0n) === 0n;
      assert.equal(scalar(op, a, b, c), isNaNToInt ? 0n : call(name, a), `${op}(${a})`);
    }
  }
  assert.equal(scalar("f32.toInt", 0x7fc00000n, 0n, 0n), 0n);
  assert.equal(scalar("f32.toInt", 0xff800000n, 0n, 0n), 2n ** 63n);
  assert.equal(scalar("f64.toInt", 0x7ff0000000000000n, 0n, 0n), 2n ** 63n - 1n);
});

test("every operation's result is canonical for its type", () => {
  const results = new Map([...OPS.values()].map((spec) => [spec.code, spec.result]));
  for (let code = 0; code < 256; code++) {
    const type = results.get(code);
    for (const [a, b, c] of floatTriples(300)) {
      const got = softfloat.scalar(code, a, b, c);
      if (type === undefined) assert.equal(got, 0n, `code ${code} is not in the table`);
      if (type === "f32") {
        assert.ok(got < 2n ** 32n, `code ${code} leaves bits above an f32`);
        if ((got & 0x7fffffffn) > 0x7f800000n) assert.equal(got, 0x7fc00000n);
      }
      if (type === "f64" && (got & (2n ** 63n - 1n)) > 0x7ff0000000000000n) assert.equal(got, 0x7ff8000000000000n);
    }
  }
});

const word = (name: string, a = 0, b = 0, c = 0): number =>
  OPS.get(name)!.code * 2 ** 24 + a * 2 ** 16 + b * 2 ** 8 + c;

test("run appends the result of each operation to the registers, and index reads a loop variable", () => {
  const program = softfloat.load(
    Uint32Array.of(word("index", 3), word("int.add", 2, 0), word("int.mul", 3, 1), word("select", 0, 4, 2)),
  );
  const { values, vars } = softfloat;
  values.set([10n, 7n]);
  vars[3] = -4n;
  assert.equal(softfloat.run(program, 2), 6);
  assert.deepEqual([...values.subarray(0, 6)], [10n, 7n, M64 - 4n, 6n, 42n, 42n]);
});

test("run does what scalar does, operation by operation, for programs that fill the registers", () => {
  const random = randomWords(23);
  const codes = [...OPS.values()].map((spec) => spec.code).filter((code) => code !== OPS.get("index")!.code);
  for (let round = 0; round < 20; round++) {
    const operands = Array.from({ length: 200 }, (_, i) => [0, 1, 2].map(() => random() % (3 + i)));
    const ops = operands.map(([a, b, c]) => ({ code: codes[random() % codes.length]!, a: a!, b: b!, c: c! }));
    const program = softfloat.load(
      Uint32Array.from(ops, ({ code, a, b, c }) => code * 2 ** 24 + a * 2 ** 16 + b * 2 ** 8 + c),
    );
    const expected = [randomWide(random), randomWide(random), randomWide(random)];
    softfloat.values.set(expected);
    for (const { code, a, b, c } of ops)
      expected.push(softfloat.scalar(code, expected[a]!, expected[b]!, expected[c]!));
    assert.equal(softfloat.run(program, 3), 203);
    assert.deepEqual([...softfloat.values.subarray(0, 203)], expected);
  }
});

test("programs stay loaded while memory grows; instances do not share registers", () => {
  const first = loadSoftfloat();
  const early = first.load(Uint32Array.of(word("int.add", 0, 1)));
  for (let i = 0; i < 300; i++) first.load(new Uint32Array(256)); // 300 kB: more than the module starts with
  const late = first.load(Uint32Array.of(word("int.sub", 0, 1)));
  first.values.set([9n, 4n]);
  first.run(early, 2);
  assert.equal(first.values[2], 13n);
  first.run(late, 2);
  assert.equal(first.values[2], 5n);
  assert.equal(first.words[4], 5);
  assert.equal(loadSoftfloat().values[2], 0n);
});

test("programs and values beyond the registers are refused", () => {
  assert.throws(() => softfloat.load(new Uint32Array(257)), /257 operations: at most 256 fit/);
  const program = softfloat.load(new Uint32Array(256));
  assert.equal(softfloat.run(program, 256), 512);
  assert.throws(() => softfloat.run(program, 257), /257 values/);
  assert.throws(() => softfloat.run(program, -1), /-1 values/);
});
