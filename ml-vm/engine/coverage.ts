import { elementCount, type TensorInstruction, type Term, VARIABLES, type View } from "../program/program.ts";

/**
 * Whether the instruction certainly writes each element of its target, so that the former content does not matter. False if
 * that cannot be shown. Looks for a mixed-radix number: each variable's digits have the place values 1, r₁, r₁·r₂, …
 */
export function coversTarget(instruction: TensorInstruction, elements: number): boolean {
  const { dims, write, scan } = instruction;
  if (scan || elementCount(dims) !== elements) return false;
  const ranges = (variable: number): number | undefined =>
    variable < VARIABLES.reduction ? dims[variable] : undefined;
  const places = new Map<string, { place: number; range: number }>();
  let offset = 0;
  for (const { stride, extent, offset: start, indirect, terms } of write) {
    let greatest = start;
    for (const term of terms) {
      const range = digitRange(term, ranges(term.variable));
      if (range === null || term.factor < 0) return false;
      greatest += term.factor * (range - 1);
      const key = `${term.variable} ${term.shift} ${term.bits}`;
      places.set(key, { place: (places.get(key)?.place ?? 0) + stride * term.factor, range });
    }
    if (indirect !== null || start < 0 || greatest >= extent) return false;
    offset += stride * start;
  }
  if (offset !== 0) return false;
  let place = 1;
  for (const digit of [...places.values()].filter(({ range }) => range > 1).sort((a, b) => a.place - b.place)) {
    if (digit.place !== place) return false;
    place *= digit.range;
  }
  return place === elements && dims.every((dim, variable) => digitsTile(variable, dim, write));
}

/** Whether the digits of a variable together are the variable, each bit once. */
function digitsTile(variable: number, dim: number, write: View): boolean {
  const digits = new Map<number, number>();
  for (const term of write.flatMap(({ terms }) => terms)) {
    if (term.variable !== variable) continue;
    if (digits.has(term.shift) && digits.get(term.shift) !== term.bits) return false;
    digits.set(term.shift, term.bits);
  }
  let at = 0;
  for (const [shift, bits] of [...digits].sort(([a], [b]) => a - b)) {
    if (shift !== at) return false;
    at = bits === 0 ? Number.POSITIVE_INFINITY : shift + bits;
  }
  return 2 ** at >= dim;
}

/** Number of values of the term's digit if it takes all values below the greatest; else null. */
function digitRange({ shift, bits }: Term, dim: number | undefined): number | null {
  if (dim === undefined) return null;
  const high = Math.ceil(dim / 2 ** shift);
  return bits === 0 ? high : Math.min(high, 2 ** bits);
}
