import { encodeElements } from "@elench/tensor/onnx/tensor-file";
import type { DType } from "@elench/tensor/program/dtype";
import { elementCount, type TensorType } from "@elench/tensor/program/program";

/**
 * A pseudo-random input from a seed, equal on all platforms. Floats are multiples of 2^-10 (bf16: 2^-7) from −1 to 1, which every float type can represent; integers are 0 or 1, because
 * they may be indices, or a mask.
 */
export function randomInput({ dtype, shape }: TensorType, random: () => number): Uint8Array {
  const draw = drawer(dtype, random);
  return encodeElements("a random input", Array.from({ length: elementCount(shape) }, draw), dtype);
}

function drawer(dtype: DType, random: () => number): () => number {
  if (!dtype.includes("f")) return () => Math.floor(2 * random());
  const steps = dtype === "bf16" ? 2 ** 7 : 2 ** 10;
  return () => (Math.floor(2 * steps * random()) - steps) / steps;
}

/** Numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
