/** Softfloat agrees with the host's own binary32 and binary64, on more operands than exact arithmetic can check in the same time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { randomPatterns, randomWords, specialPatterns } from "./fixtures/patterns.ts";
import { loadSoftfloat } from "./load.ts";

const softfloat = loadSoftfloat();
const view = new DataView(new ArrayBuffer(8));

const toFloat = (pattern: number): number => {
  view.setUint32(0, pattern);
  return view.getFloat32(0);
};
const fromFloat = (value: number): number => {
  if (Number.isNaN(value)) return 0x7fc00000;
  view.setFloat32(0, value);
  return view.getUint32(0);
};
const toDouble = (pattern: bigint): number => {
  view.setBigUint64(0, pattern);
  return view.getFloat64(0);
};
const fromDouble = (value: number): bigint => {
  if (Number.isNaN(value)) return 0x7ff8000000000000n;
  view.setFloat64(0, value);
  return view.getBigUint64(0);
};

/** All pairs of special patterns, then `count` random ones. */
function* pairs(format: "f32" | "f64", seed: number, count: number): Generator<[bigint, bigint]> {
  const specials = specialPatterns(format);
  for (const a of specials) for (const b of specials) yield [a, b];
  const next = randomPatterns(format, randomWords(seed));
  for (let i = 0; i < count; i++) yield [next(), next()];
}

const same = (name: string, operands: unknown[], got: number | bigint, expected: number | bigint): void => {
  if (got !== expected) assert.fail(`${name}(${operands}) = ${got}, not ${expected}`);
};

test("f32: add, sub, mul, div and sqrt, which binary64 computes and Math.fround rounds without a double rounding", () => {
  for (const [wideA, wideB] of pairs("f32", 11, 200_000)) {
    const a = Number(wideA);
    const b = Number(wideB);
    const x = toFloat(a);
    const y = toFloat(b);
    same("f32_add", [a, b], softfloat.f32_add(a, b), fromFloat(Math.fround(x + y)));
    same("f32_sub", [a, b], softfloat.f32_sub(a, b), fromFloat(Math.fround(x - y)));
    same("f32_mul", [a, b], softfloat.f32_mul(a, b), fromFloat(Math.fround(x * y)));
    same("f32_div", [a, b], softfloat.f32_div(a, b), fromFloat(Math.fround(x / y)));
    same("f32_sqrt", [a], softfloat.f32_sqrt(a), fromFloat(Math.fround(Math.sqrt(x))));
  }
});

test("f64: add, sub, mul, div, sqrt, min, max and the roundings", () => {
  for (const [a, b] of pairs("f64", 12, 100_000)) {
    const x = toDouble(a);
    const y = toDouble(b);
    same("f64_add", [a, b], softfloat.f64_add(a, b), fromDouble(x + y));
    same("f64_sub", [a, b], softfloat.f64_sub(a, b), fromDouble(x - y));
    same("f64_mul", [a, b], softfloat.f64_mul(a, b), fromDouble(x * y));
    same("f64_div", [a, b], softfloat.f64_div(a, b), fromDouble(x / y));
    same("f64_sqrt", [a], softfloat.f64_sqrt(a), fromDouble(Math.sqrt(x)));
    same("f64_min", [a, b], softfloat.f64_min(a, b), fromDouble(Math.min(x, y)));
    same("f64_max", [a, b], softfloat.f64_max(a, b), fromDouble(Math.max(x, y)));
    same("f64_trunc", [a], softfloat.f64_trunc(a), fromDouble(Math.trunc(x)));
    same("f64_floor", [a], softfloat.f64_floor(a), fromDouble(Math.floor(x)));
    same("f64_ceil", [a], softfloat.f64_ceil(a), fromDouble(Math.ceil(x)));
  }
});

test("f64 and f32 convert into each other, to and from integers", () => {
  for (const [a] of pairs("f64", 13, 100_000)) {
    same("f64_to_f32", [a], softfloat.f64_to_f32(a), fromFloat(Math.fround(toDouble(a))));
    const pattern = Number(BigInt.asUintN(32, a));
    same("f32_to_f64", [pattern], softfloat.f32_to_f64(pattern), fromDouble(toFloat(pattern)));
    same("i64_to_f64", [a], softfloat.i64_to_f64(BigInt.asIntN(64, a)), fromDouble(Number(BigInt.asIntN(64, a))));
    const x = toDouble(a);
    if (Math.abs(x) < 2 ** 63)
      same("f64_to_i64_r_minMag", [a], softfloat.f64_to_i64_r_minMag(a), BigInt(Math.trunc(x)));
  }
});
