import type { DType } from "@elench/tensor/program/dtype";
import { count, elementOf, isFloat, roundoff, type Tensor } from "./tensor.ts";

/**
 * How far two right results can be apart: `ulps` units in the last place of the result, and besides `absolute`.
 * Integers and booleans must be equal, NaN is equal to NaN, and −0 to +0.
 */
export interface Tolerance {
  readonly ulps: number;
  readonly absolute: number;
}

export const EXACT: Tolerance = { ulps: 0, absolute: 0 };

/** Functions that each of two sides rounds within some units in the last place. */
export const ulps = (n: number, absolute = 0): Tolerance => ({ ulps: n, absolute });

/**
 * A sum of `terms` terms of either sign and of at most `magnitude`, added up in f32, or in f64 for f64, in an order of each side's own.
 * Each addition errs by u times the partial sum, which is some √terms · magnitude where signs are random: in all, by about
 * √terms · u · √terms · magnitude (Higham, Accuracy and Stability of Numerical Algorithms, 2.8); four times that is far beyond.
 */
export const sums = (terms: number, magnitude: number, dtype: DType = "f32"): Tolerance => ({
  ulps: 2,
  absolute: 4 * terms * roundoff(dtype === "f64" ? "f64" : "f32") * magnitude,
});

/** A sum of terms that are not negative: its relative error is some √terms · u. */
export const positiveSums = (terms: number): Tolerance => ulps(4 + 4 * Math.sqrt(terms));

/** What is different, or "". */
export function difference(wanted: Tensor, actual: Tensor, { ulps, absolute }: Tolerance): string {
  if (wanted.dtype !== actual.dtype || `${wanted.shape}` !== `${actual.shape}`)
    return `${actual.dtype}[${actual.shape}], not ${wanted.dtype}[${wanted.shape}]`;
  for (let i = 0; i < count(wanted.shape); i++) {
    const [want, got] = [elementOf(wanted, i), elementOf(actual, i)];
    if (want === got || (Number.isNaN(want) && Number.isNaN(got))) continue;
    if (isFloat(wanted.dtype) && Number.isFinite(want) && Number.isFinite(got)) {
      const [x, y] = [Number(want), Number(got)];
      const size = Math.max(Math.abs(x), Math.abs(y));
      // An ulp is at most 2u times the number; f16's subnormals have one of their own.
      const unit = Math.max(2 * roundoff(wanted.dtype) * size, wanted.dtype === "f16" ? 2 ** -24 : 0);
      if (Math.abs(x - y) <= absolute + ulps * unit) continue;
    }
    return `element ${i} of ${count(wanted.shape)} is ${got}, not ${want}`;
  }
  return "";
}
