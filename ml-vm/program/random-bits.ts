import { type DType, dtypeSpec } from "./dtype.ts";
import type { ScalarType } from "./ops.ts";
import { elementCount, type TensorType } from "./program.ts";

/** Numbers that a seed gives, the same everywhere (Steele, Lea, Flood: SplitMix, with 32-bit words). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 bits, unsigned. */
  word(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** least … greatest, both included. */
  integer(least: number, greatest: number): number {
    return least + (this.word() % (greatest - least + 1));
  }

  chance(probability: number): boolean {
    return this.word() < probability * 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)] as T;
  }
}

const SPECIAL_FLOATS = {
  f32: [
    0n,
    0x80000000n,
    0x3f800000n,
    0xbf800000n,
    0x7f800000n,
    0xff800000n,
    0x7fc00000n,
    1n,
    0x80000001n,
    0x7fffffn,
    0x800000n,
    0x7f7fffffn,
    0x3effffffn,
    0x4b000001n,
    0x5f000000n,
  ],
  f64: [
    0n,
    0x8000000000000000n,
    0x3ff0000000000000n,
    0xbff0000000000000n,
    0x7ff0000000000000n,
    0xfff0000000000000n,
    0x7ff8000000000000n,
    1n,
    0x8000000000000001n,
    0x000fffffffffffffn,
    0x0010000000000000n,
    0x7fefffffffffffffn,
    0x36a0000000000000n,
    0x43e0000000000000n,
  ],
} as const;

/** The content of a register: often a value at an edge of its format. Canonical. */
export function randomRegister(random: Random, type: ScalarType): bigint {
  const word = (): bigint => (BigInt(random.word()) << 32n) | BigInt(random.word());
  if (type === "int") {
    if (random.chance(0.6)) return BigInt.asUintN(64, BigInt(random.integer(-9, 40)));
    return random.chance(0.3)
      ? random.pick([1n << 63n, (1n << 63n) - 1n, 0xffffffffn, 0x80000000n, 1n << 31n])
      : word();
  }
  if (random.chance(0.25)) return random.pick(SPECIAL_FLOATS[type]);
  if (random.chance(0.1)) return canonicalFloat(type, type === "f32" ? word() >> 32n : word());
  return floatBits(type, random.integer(-64, 64) / random.pick([1, 4, 7, 64]));
}

const scratch = new DataView(new ArrayBuffer(8));

function floatBits(type: "f32" | "f64", value: number): bigint {
  if (type === "f64") scratch.setFloat64(0, value);
  else scratch.setFloat32(0, value);
  return type === "f64" ? scratch.getBigUint64(0) : BigInt(scratch.getUint32(0));
}

function canonicalFloat(type: "f32" | "f64", bits: bigint): bigint {
  const [sign, infinity, nan] =
    type === "f32" ? [0x80000000n, 0x7f800000n, 0x7fc00000n] : [1n << 63n, 0x7ff0000000000000n, 0x7ff8000000000000n];
  return (bits & ~sign) > infinity ? nan : bits;
}

/** Row-major bytes of a tensor: edges of the format, NaNs of any payload, and everyday numbers. */
export function randomTensor(random: Random, { dtype, shape }: TensorType): Uint8Array {
  const { size } = dtypeSpec(dtype);
  const bytes = new Uint8Array(elementCount(shape) * size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += size) writeElement(random, view, at, dtype);
  return bytes;
}

function writeElement(random: Random, view: DataView, at: number, dtype: DType): void {
  const { size, scalar } = dtypeSpec(dtype);
  if (random.chance(0.05)) {
    for (let i = 0; i < size; i++) view.setUint8(at + i, random.word());
    return;
  }
  const half = dtype === "f16" || dtype === "bf16";
  // The upper half of an f32 is a bf16; for f16 any 16 bits do, small ones more often.
  const bits = half
    ? randomRegister(random, "f32") >> (dtype === "bf16" || random.chance(0.5) ? 16n : 17n)
    : randomRegister(random, scalar);
  for (let i = 0; i < size; i++) view.setUint8(at + i, Number((bits >> BigInt(8 * i)) & 0xffn));
}
