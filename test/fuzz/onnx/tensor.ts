import { type DType, dtypeSpec } from "@elench/tensor/program/dtype";
import type { Random } from "../../../evm/trie/fixtures/random.ts";
import { pick } from "../values.ts";

/** A tensor with its content: row-major, little-endian. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export const FLOATS: readonly DType[] = ["f32", "f64", "f16", "bf16"];
export const INTEGERS: readonly DType[] = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"];

export const isFloat = (dtype: DType): boolean => FLOATS.includes(dtype);

export const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Unit roundoff of a float type; 0 for exact ones. */
export const roundoff = (dtype: DType): number =>
  ({ f32: 2 ** -24, f64: 2 ** -53, f16: 2 ** -11, bf16: 2 ** -8 })[dtype as string] ?? 0;

/** Least and greatest value of an integer type. */
export function integerRange(dtype: DType): readonly [bigint, bigint] {
  if (dtype === "bool") return [0n, 1n];
  const bits = BigInt(8 * dtypeSpec(dtype).size);
  return dtype.startsWith("i") ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
}

const single = new DataView(new ArrayBuffer(8));

function f32Bits(x: number): number {
  single.setFloat32(0, x);
  return single.getUint32(0);
}

/** A number that f16 or bf16 holds, as its bits; others are cut off towards zero. */
function halfBits(dtype: "f16" | "bf16", x: number): number {
  const bits = f32Bits(x);
  if (dtype === "bf16") return Number.isNaN(x) ? 0x7fc0 : bits >>> 16;
  const sign = (bits >>> 16) & 0x8000;
  const size = Math.abs(x);
  if (Number.isNaN(x)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | Math.trunc(size * 2 ** 24);
  return sign | (((bits >>> 13) & 0x3ffff) - (112 << 10));
}

function halfValue(dtype: "f16" | "bf16", bits: number): number {
  if (dtype === "bf16") {
    single.setUint32(0, bits * 2 ** 16);
    return single.getFloat32(0);
  }
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Element `index`: a number for floats, an integer otherwise. */
export function elementOf({ dtype, data }: Tensor, index: number): number | bigint {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const { size } = dtypeSpec(dtype);
  const at = index * size;
  if (dtype === "f32") return view.getFloat32(at, true);
  if (dtype === "f64") return view.getFloat64(at, true);
  if (dtype === "f16" || dtype === "bf16") return halfValue(dtype, view.getUint16(at, true));
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(view.getUint8(at + i));
  return dtype.startsWith("i") ? BigInt.asIntN(8 * size, value) : value;
}

/** A tensor of numbers; integers are reduced to the type's width. */
export function tensorOf(dtype: DType, shape: readonly number[], values: readonly (number | bigint)[]): Tensor {
  const { size } = dtypeSpec(dtype);
  const data = new Uint8Array(values.length * size);
  const view = new DataView(data.buffer);
  for (const [i, value] of values.entries()) {
    const at = i * size;
    if (dtype === "f32") view.setFloat32(at, Number(value), true);
    else if (dtype === "f64") view.setFloat64(at, Number(value), true);
    else if (dtype === "f16" || dtype === "bf16") view.setUint16(at, halfBits(dtype, Number(value)), true);
    else for (let b = 0; b < size; b++) view.setUint8(at + b, Number((BigInt(value) >> BigInt(8 * b)) & 0xffn));
  }
  return { dtype, shape, data };
}

export const int64s = (values: readonly (number | bigint)[]): Tensor => tensorOf("i64", [values.length], values);

/**
 * What a random tensor holds.
 * - `grid`: multiples of 1/8 up to 4, so that sums of some hundred products are exact in f32 in any order;
 * - `real`: any numbers up to 4; `positive`: from 1/8 to 4;
 * - `nonzero`: as `grid`, without 0; `large`: multiples of 1/8 up to 100;
 * - `masked`: as `grid`, with −∞ among it, as attention masks have;
 * - `wide`: any exponent of the type's middle half, or the whole range of an integer type;
 * - `special`: infinities, NaN, zeros of both signs and the ends of the type too.
 */
export type Content = "grid" | "real" | "positive" | "nonzero" | "large" | "masked" | "wide" | "special";

/** The greatest magnitude of `grid`, `real` and `positive`. */
export const MAGNITUDE = 4;

export function randomTensor(random: Random, dtype: DType, shape: readonly number[], content: Content): Tensor {
  const one = isFloat(dtype) ? randomFloat : randomInteger;
  return tensorOf(
    dtype,
    shape,
    Array.from({ length: count(shape) }, () => one(random, dtype, content)),
  );
}

const part = (random: Random): number => (random(2 ** 24) + 0.5) / 2 ** 24;

const LARGEST: Readonly<Record<string, number>> = {
  f16: 65504,
  bf16: 2 ** 127 * (2 - 2 ** -7),
  f32: 2 ** 127 * (2 - 2 ** -23),
  f64: Number.MAX_VALUE,
};

function randomFloat(random: Random, dtype: DType, content: Content): number {
  switch (content) {
    case "grid":
      return (random(65) - 32) / 8;
    case "real":
      return MAGNITUDE * (2 * part(random) - 1);
    case "nonzero":
      return ((random(2) === 0 ? -1 : 1) * (1 + random(32))) / 8;
    case "large":
      return (random(1601) - 800) / 8;
    case "masked":
      return random(3) === 0 ? Number.NEGATIVE_INFINITY : randomFloat(random, dtype, "grid");
    case "positive":
      return 1 / 8 + (MAGNITUDE - 1 / 8) * part(random);
    case "wide": {
      const exponents = dtype === "f16" ? 7 : dtype === "f64" ? 200 : 60;
      return (random(2) === 0 ? -1 : 1) * (1 + part(random)) * 2 ** (random(2 * exponents) - exponents);
    }
    case "special": {
      const largest = LARGEST[dtype] as number;
      const { POSITIVE_INFINITY: infinity, NaN: none } = Number;
      return random(2) === 0
        ? randomFloat(random, dtype, "grid")
        : pick(random, [0, -0, 1, -1, infinity, -infinity, none, largest, -largest, 0.5, -0.5, 1.5, 2.5, -2.5]);
    }
  }
}

function randomInteger(random: Random, dtype: DType, content: Content): bigint {
  const [low, high] = integerRange(dtype);
  if (dtype === "bool") return BigInt(random(2));
  if (content === "positive") return BigInt(1 + random(7));
  if (content === "nonzero") return low < 0n && random(2) === 0 ? BigInt(-1 - random(8)) : BigInt(1 + random(8));
  if (content !== "wide" && content !== "special") return low < 0n ? BigInt(random(17) - 8) : BigInt(random(17));
  if (content === "special" && random(3) === 0)
    return pick(random, [low, high, 0n, 1n, low + 1n, high - 1n, high / 2n + 1n]);
  // Every width from one bit on.
  const bits = random(8 * dtypeSpec(dtype).size) + 1;
  let value = 0n;
  for (let i = 0; i < bits; i += 16) value = (value << 16n) | BigInt(random(2 ** 16));
  value = BigInt.asUintN(bits, value);
  return BigInt.asIntN(64, value) >= 0n && low < 0n && random(2) === 0
    ? clamp(-value, low, high)
    : clamp(value, low, high);
}

const clamp = (x: bigint, low: bigint, high: bigint): bigint => (x < low ? low : x > high ? high : x);
