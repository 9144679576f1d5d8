import type { DType } from "@elench/tensor/program/dtype";
import { isFloat, roundoff } from "./tensor.ts";

/** What can be known of a value in a chain of operators: how large it is, how exact, and of what it is a multiple. */

/** A value of the graph. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Its elements are at most this. */
  readonly bound: number;
  /** How far two right results can be apart. */
  readonly error: number;
  /** Its elements are multiples of 2^grid; null if that is not known. */
  readonly grid: number | null;
}

export type Facts = Pick<Value, "bound" | "error" | "grid">;

/** Bounds are kept below f16's greatest number. */
export const GREATEST = 2 ** 13;
/** The longest axis product of a value. */
export const LARGEST = 2000;

export const DIGITS: Readonly<Record<string, number>> = { f32: 24, f64: 53, f16: 11, bf16: 8 };

/** Whether all multiples of 2^grid up to the bound are numbers of the type. */
export const representable = (dtype: DType, { bound, grid }: Pick<Value, "bound" | "grid">): boolean =>
  grid !== null && bound <= 2 ** (grid + (DIGITS[dtype] as number));

export function castFacts(x: Value, to: DType): Facts {
  if (to === "bool") return { bound: 1, error: 0, grid: 0 };
  if (!isFloat(to)) return { bound: Math.trunc(x.bound), error: 0, grid: 0 };
  if (representable(to, x)) return { bound: x.bound, error: x.error, grid: x.grid };
  const rounded = x.bound * roundoff(to);
  return {
    bound: x.bound + rounded,
    error: x.error === 0 ? 0 : x.error + 2 * rounded,
    grid: to === "f16" ? -24 : null,
  };
}

/**
 * The result of a float operation that is exact but for one rounding to the type. In f32 and f64 both sides round alike; a half
 * type is computed in f32, and may be rounded later than it should be.
 */
export function rounded(dtype: DType, bound: number, error: number, grid: number | null): Facts {
  if (!isFloat(dtype) || representable(dtype, { bound, grid })) return { bound, error, grid };
  const unit = 2 * bound * roundoff(dtype);
  const single = dtype === "f32" || dtype === "f64";
  return { bound, error: single && error === 0 ? 0 : error + unit, grid: null };
}

/** A sum of terms in any order. */
export function summed(dtype: DType, terms: number, bound: number, error: number, grid: number | null): Facts {
  const total = terms * bound;
  const wide = dtype === "f64" ? "f64" : "f32";
  if (!isFloat(dtype)) return { bound: total, error: 0, grid: 0 };
  // Exact as long as every partial sum is.
  if (representable(wide, { bound: total, grid })) return rounded(dtype, total, terms * error, grid);
  return { bound: total, error: terms * (error + 2 * total * 2 ** -24) + 2 * total * roundoff(dtype), grid: null };
}

export const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.min(a, b);
export const both = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
