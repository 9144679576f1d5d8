import { treeDepth } from "@elench/merkle/tree";
import { PROGRAM_LIMITS } from "@elench/spec/tensor/limits";
import { DTYPES, dtypeSpec } from "./dtype.ts";
import { elementCount, type Operand, type Program, type TensorType } from "./program.ts";
import { ProgramError, type Refuse } from "./rules.ts";

/** The rules about a program's declarations: how many tensors there are, and their types. */
export function checkCounts(program: Program): void {
  const { inputs, weights, tensors, outputs } = program;
  for (const [name, list] of Object.entries({ inputs, weights, tensors })) {
    if (list.length > PROGRAM_LIMITS.tensors)
      throw new ProgramError("counts", null, `${list.length} ${name}; at most ${PROGRAM_LIMITS.tensors} fit`);
  }
  if (!Number.isInteger(outputs) || outputs < 1 || outputs > PROGRAM_LIMITS.outputs || outputs > tensors.length) {
    throw new ProgramError(
      "counts",
      null,
      `${outputs} outputs of ${tensors.length} tensors; there must be 1 to ${PROGRAM_LIMITS.outputs}, among the tensors`,
    );
  }
  for (const [i, type] of [...inputs, ...weights, ...tensors].entries()) checkType(type, i);
}

function checkType({ dtype, shape }: TensorType, index: number): void {
  const refuse: Refuse = (rule, detail) => {
    throw new ProgramError(
      rule,
      null,
      `type ${index} (inputs, then weights, then table), ${dtype}[${shape}]: ${detail}`,
    );
  };
  if (!DTYPES.includes(dtype)) refuse("encoding", "no such element type");
  if (shape.length > 255) refuse("encoding", `${shape.length} dimensions do not fit a byte`);
  let elements = 1;
  for (const n of shape) {
    if (!isCount(n)) refuse("type", `dimension ${n} is outside 1 … 2^31 − 1`);
    elements *= n;
    if (elements >= PROGRAM_LIMITS.elements) refuse("type", "2^40 elements or more");
  }
}

/** Type of the tensor that an operand names. */
export function tensorType(program: Program, { space, index }: Operand, refuse: Refuse): TensorType {
  const list = { input: program.inputs, weight: program.weights, tensor: program.tensors }[space];
  return list[index] ?? refuse("tensor", `no ${space} ${index}; there are ${list.length}`);
}

export function checkDepth(stated: number, bytes: number, what: string, refuse: Refuse): void {
  if (stated !== treeDepth(bytes)) refuse("depth", `${what} has a tree of depth ${treeDepth(bytes)}, not ${stated}`);
}

export const byteSize = ({ dtype, shape }: TensorType): number => elementCount(shape) * dtypeSpec(dtype).size;

/** Whether a number is a valid dimension or repetition count. */
export const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= PROGRAM_LIMITS.dimension;
