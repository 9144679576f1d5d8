import { STAGE } from "@elench/spec/tensor/states";
import type { Position } from "../program/commitment.ts";
import { type TensorInstruction, VARIABLES, type View } from "../program/program.ts";

/** Evaluates views (docs/tensor-machine.md, "Tensor instructions"): from loop variables to an element index. */

/** Values of the loop variables, by number; those that do not exist are 0. */
export type Variables = readonly number[];

/** Row-major indices of number `index` in a space. */
export function indicesOf(index: number, space: readonly number[]): number[] {
  const indices: number[] = [];
  for (let i = space.length - 1, rest = index; i >= 0; i--) {
    const n = space[i] as number;
    indices[i] = rest % n;
    rest = Math.floor(rest / n);
  }
  return indices;
}

/** Variables at a position. The inner ones exist in stage 0 only. */
export function variablesAt(instruction: TensorInstruction, position: Position, counters: readonly number[]): number[] {
  const variables = new Array<number>(VARIABLES.count).fill(0);
  const put = (first: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) variables[first + i] = value;
  };
  put(VARIABLES.output, indicesOf(position.element, instruction.dims));
  put(VARIABLES.reduction, indicesOf(position.term, instruction.reduction));
  if (position.stage === STAGE.inner) put(VARIABLES.inner, indicesOf(position.innerTerm, instruction.innerReduction));
  put(VARIABLES.counter, counters);
  return variables;
}

const saturate32 = (value: bigint): number => {
  const signed = BigInt.asIntN(64, value);
  return signed > 0x7fffffffn ? 0x7fffffff : signed < -0x80000000n ? -0x80000000 : Number(signed);
};

/**
 * The element that a view names, or null if a padded coordinate is outside.
 *
 * @param reads int registers of the reads that indirect coordinates refer to.
 */
export function elementOf(view: View, variables: Variables, reads: readonly bigint[]): number | null {
  let element = 0;
  for (const { stride, extent, offset, outside, indirect, terms } of view) {
    let at = offset;
    for (const { variable, shift, bits, factor } of terms) {
      let value = variables[variable] as number;
      if (shift > 0) value = Math.floor(value / 2 ** shift);
      if (bits > 0) value %= 2 ** bits;
      at += factor * value;
    }
    if (indirect !== null) at += saturate32(reads[indirect] as bigint);
    if (at < 0 || at >= extent) {
      if (outside === "pad") return null;
      at = at < 0 ? 0 : extent - 1;
    }
    element += stride * at;
  }
  return element;
}
