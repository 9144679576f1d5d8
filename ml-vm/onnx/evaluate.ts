import { NAN32, NAN64 } from "../functions/builder.ts";
import { type StageRunner, stageRunner } from "../functions/run.ts";
import { type DType, dtypeSpec } from "../program/dtype.ts";
import { elementCount, type Stage, type Term, VARIABLES, type View } from "../program/program.ts";
import type { Softfloat } from "../softfloat/softfloat.ts";
import type { Draft } from "./draft.ts";
import { readInteger, viewOfBytes } from "./tensor.ts";

/** The register that element `index` fills. */
export function loadElement(softfloat: Softfloat, dtype: DType, view: DataView, index: number): bigint {
  switch (dtype) {
    case "f32": {
      const bits = view.getUint32(4 * index, true);
      return (bits & 0x7fffffff) > 0x7f800000 ? NAN32 : BigInt(bits);
    }
    case "f64": {
      const bits = view.getBigUint64(8 * index, true);
      return BigInt.asUintN(63, bits) > 0x7ff0000000000000n ? NAN64 : bits;
    }
    case "f16":
      return BigInt(softfloat.f16_to_f32(view.getUint16(2 * index, true)));
    case "bf16":
      return BigInt(softfloat.bf16_to_f32(view.getUint16(2 * index, true)));
    default:
      return BigInt.asUintN(64, readInteger(dtype, view, index));
  }
}

/** Puts a register into element `index`. */
export function storeElement(
  softfloat: Softfloat,
  dtype: DType,
  view: DataView,
  index: number,
  register: bigint,
): void {
  const { size } = dtypeSpec(dtype);
  let bits = register;
  if (dtype === "f16") bits = BigInt(softfloat.f32_to_f16(Number(register)));
  if (dtype === "bf16") bits = BigInt(softfloat.f32_to_bf16(Number(register)));
  if (size === 8) view.setBigUint64(8 * index, bits, true);
  else if (size === 4) view.setUint32(4 * index, Number(bits & 0xffffffffn), true);
  else if (size === 2) view.setUint16(2 * index, Number(bits & 0xffffn), true);
  else view.setUint8(index, Number(bits & 0xffn));
}

const bracket = ({ variable, shift, bits }: Term, variables: readonly number[]): number => {
  const shifted = Math.floor((variables[variable] as number) / 2 ** shift);
  return bits === 0 ? shifted : shifted % 2 ** bits;
};

const saturate32 = (x: bigint): number => {
  const value = BigInt.asIntN(64, x);
  return Number(value > 2147483647n ? 2147483647n : value < -2147483648n ? -2147483648n : value);
};

/** Element that a view names, or null where it is outside. */
function elementAt(view: View, variables: readonly number[], reads: readonly bigint[]): number | null {
  let element = 0;
  for (const { stride, extent, offset, outside, indirect, terms } of view) {
    let at = offset;
    for (const term of terms) at += term.factor * bracket(term, variables);
    if (indirect !== null) at += saturate32(reads[indirect] as bigint);
    if (at < 0 || at >= extent) {
      if (outside === "pad") return null;
      at = at < 0 ? 0 : extent - 1;
    }
    element += stride * at;
  }
  return element;
}

/** Steps `variables[first…]` on in row-major order; false when all have been. */
function next(variables: number[], first: number, sizes: readonly number[]): boolean {
  for (let i = sizes.length - 1; i >= 0; i--) {
    const value = (variables[first + i] as number) + 1;
    variables[first + i] = value < (sizes[i] as number) ? value : 0;
    if (value < (sizes[i] as number)) return true;
  }
  return false;
}

/**
 * Runs instructions that read constants alone, as the machine would (docs/tensor-machine.md, "Tensor instructions"), and
 * gives the bytes of their target. It is slow: constants of a model are few.
 */
export function evaluate(softfloat: Softfloat, drafts: readonly Draft[]): Uint8Array {
  const { dtype, elements } = (drafts[0] as Draft).target;
  const bytes = new Uint8Array(elements * dtypeSpec(dtype).size);
  for (const draft of drafts) run(softfloat, draft, viewOfBytes(bytes));
  return bytes;
}

function run(softfloat: Softfloat, draft: Draft, output: DataView): void {
  const { dims, reduction, scan } = draft;
  const variables: number[] = new Array(VARIABLES.count).fill(0);
  const operands = draft.operands.map((s) => viewOfBytes(s.data as Uint8Array));
  const readAll = (stage: Stage): bigint[] => {
    const values: bigint[] = [];
    for (const { operand, dtype, pad, view } of stage.reads) {
      const element = elementAt(view, variables, values);
      values.push(element === null ? pad : loadElement(softfloat, dtype, operands[operand] as DataView, element));
    }
    return values;
  };
  const body: StageRunner | null = draft.body && stageRunner(softfloat, draft.body);
  const finish = stageRunner(softfloat, draft.finish);
  const write = (accumulators: readonly bigint[]): void => {
    const reads = readAll(draft.finish);
    const [result] = finish(accumulators, reads, variables);
    const element = elementAt(draft.write, variables, reads);
    if (element !== null) storeElement(softfloat, draft.target.dtype, output, element, result as bigint);
  };
  for (let element = 0, n = elementCount(dims); element < n; element++) {
    let accumulators = draft.accumulators.map((c) => c.bits);
    if (draft.body && body) {
      do {
        accumulators = body(accumulators, readAll(draft.body), variables);
        if (scan) write(accumulators);
      } while (next(variables, VARIABLES.reduction, reduction));
    }
    if (!scan) write(accumulators);
    next(variables, VARIABLES.output, dims);
  }
}
