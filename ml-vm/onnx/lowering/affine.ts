import { InternalError } from "@elench/errors/internal-error";
import type { Coordinate, Term, View } from "../../program/program.ts";
import { stridesOf } from "../graph/tensor.ts";

/** An index into one axis: offset + Σ terms, plus an earlier integer read. */
export interface Index {
  readonly offset: number;
  readonly terms: readonly Term[];
  /** Position, among the stage's reads, of the read that is added. */
  readonly indirect?: number;
  /** Handling of indices outside the axis. Default: `pad`. */
  readonly outside?: "pad" | "clamp";
}

export const constantIndex = (offset: number): Index => ({ offset, terms: [] });
export const variable = (v: number): Index => ({ offset: 0, terms: [{ variable: v, shift: 0, bits: 0, factor: 1 }] });
/** (variable >> shift) mod 2^bits. */
export const bitsOf = (v: number, shift: number, bits: number): Index => ({
  offset: 0,
  terms: [{ variable: v, shift, bits, factor: 1 }],
});
export const scale = (index: Index, factor: number, offset = 0): Index => ({
  ...index,
  offset: index.offset * factor + offset,
  terms: index.terms.map((t) => ({ ...t, factor: t.factor * factor })),
});
export const sum = (...indices: readonly Index[]): Index => ({
  offset: indices.reduce((n, i) => n + i.offset, 0),
  terms: indices.flatMap((i) => i.terms),
});

/** Number of values of a loop variable. */
export type Ranges = (variable: number) => number;

/** Greatest value of a term's bracket. */
function greatest({ variable: v, shift, bits }: Term, ranges: Ranges): number {
  const top = Math.floor((ranges(v) - 1) / 2 ** shift);
  return bits === 0 ? top : Math.min(top, 2 ** bits - 1);
}

/** Terms in canonical order, one for each bracket; without those of variables that have a single value. */
export function canonicalTerms(terms: readonly Term[], ranges: Ranges): Term[] {
  const byBracket = new Map<string, Term>();
  for (const term of terms) {
    const key = `${term.variable} ${term.shift} ${term.bits}`;
    const known = byBracket.get(key);
    byBracket.set(key, { ...term, factor: term.factor + (known?.factor ?? 0) });
  }
  return [...byBracket.values()]
    .filter((t) => t.factor !== 0 && ranges(t.variable) > 1)
    .sort((a, b) => a.variable - b.variable || b.shift - a.shift || a.bits - b.bits);
}

export function boundsOf(
  { offset, terms }: Pick<Index, "offset" | "terms">,
  ranges: Ranges,
): [low: number, high: number] {
  let [low, high] = [offset, offset];
  for (const term of terms) {
    const reach = term.factor * greatest(term, ranges);
    if (reach > 0) high += reach;
    else low += reach;
  }
  return [low, high];
}

/**
 * The canonical view of `indices` into a row-major tensor: first one coordinate of stride 1 for everything that cannot
 * leave its axis, then, in order of the axes, a coordinate for each that can (docs/importer.md, "Views").
 */
export function viewOf(shape: readonly number[], indices: readonly Index[], ranges: Ranges): View {
  if (indices.length !== shape.length) throw new InternalError(`${indices.length} indices for ${shape.length} axes`);
  const strides = stridesOf(shape);
  let inside: Index = constantIndex(0);
  const others: Coordinate[] = [];
  for (const [axis, index] of indices.entries()) {
    const [extent, stride] = [shape[axis] as number, strides[axis] as number];
    const terms = canonicalTerms(index.terms, ranges);
    const [low, high] = boundsOf({ offset: index.offset, terms }, ranges);
    if (index.indirect === undefined && low >= 0 && high < extent) {
      inside = sum(inside, scale({ offset: index.offset, terms }, stride));
    } else {
      const { outside = "pad", indirect = null, offset } = index;
      others.push({ stride, extent, offset, outside, indirect, terms });
    }
  }
  return [...insideCoordinate(inside, ranges), ...others];
}

function insideCoordinate(index: Index, ranges: Ranges): Coordinate[] {
  const terms = canonicalTerms(index.terms, ranges);
  const [, high] = boundsOf({ offset: index.offset, terms }, ranges);
  if (high === 0) return [];
  return [{ stride: 1, extent: high + 1, offset: index.offset, outside: "pad", indirect: null, terms }];
}

/** Whether a read through this view may be outside. */
export function mayLeave(view: View, ranges: Ranges): boolean {
  return view.some((c) => {
    if (c.outside === "clamp") return false;
    const [low, high] = boundsOf(c, ranges);
    return c.indirect !== null || low < 0 || high >= c.extent;
  });
}
