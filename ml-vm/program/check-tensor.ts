import { LEAF_BYTES } from "@elench/merkle/tree";
import { INDIRECT_MASK } from "@elench/spec/tensor/encoding";
import { PROGRAM_LIMITS } from "@elench/spec/tensor/limits";
import { SCALARS } from "@elench/spec/tensor/scalars";
import { byteSize, checkDepth, isCount, tensorType } from "./check-types.ts";
import { dtypeSpec } from "./dtype.ts";
import { OPS, type ScalarType } from "./ops.ts";
import {
  type Constant,
  LIMITS,
  type Operand,
  type Program,
  type Read,
  type Stage,
  type TensorInstruction,
  VARIABLES,
  type View,
} from "./program.ts";
import type { Refuse } from "./rules.ts";

/** Work of an instruction, per execution. */
export interface Work {
  readonly steps: bigint;
  readonly flops: bigint;
}

/** Size of each variable's range by number; undefined where it does not exist. */
type Variables = readonly (number | undefined)[];

/** Context of a view's check: what it may use, and the tensor it accesses. */
interface Place {
  readonly variables: Variables;
  /** Reads that an indirect coordinate can refer to. */
  readonly indirect: readonly Read[];
  /** Number of the tensor's elements, in the view's element size. */
  readonly elements: number;
}

/**
 * Checks a tensor instruction whose target exists.
 * @param counters repetitions of each enclosing block, the outermost first
 */
export function checkTensor(
  program: Program,
  instruction: TensorInstruction,
  counters: readonly number[],
  refuse: Refuse,
): Work {
  const { dims, reduction, innerReduction, accumulators, innerAccumulators, inner, body, finish, scan } = instruction;
  const target = program.tensors[instruction.target]!;
  checkDepth(instruction.targetDepth, byteSize(target), "the target", refuse);
  if (instruction.targetDtype !== target.dtype) {
    refuse("dtype", `the target's elements are ${target.dtype}, not ${instruction.targetDtype}`);
  }
  const sizes = checkOperands(program, instruction, refuse);

  const N = spaceSize("dims", dims, LIMITS.dims, refuse);
  const T = spaceSize("reduction", reduction, LIMITS.reduction, refuse);
  const I = spaceSize("innerReduction", innerReduction, LIMITS.innerReduction, refuse);

  const types = checkInitial("accumulators", accumulators, LIMITS.accumulators, refuse);
  const innerTypes = checkInitial("innerAccumulators", innerAccumulators, LIMITS.innerAccumulators, refuse);
  checkFold(instruction, refuse);

  const everywhere = withRanges(VARIABLES.counter, counters, withRanges(VARIABLES.output, dims, []));
  const inFold = withRanges(VARIABLES.reduction, reduction, everywhere);
  const inInner = withRanges(VARIABLES.inner, innerReduction, inFold);
  const inFinish = scan ? inFold : everywhere;

  const innerFlops = inner ? checkStage("inner", inner, innerTypes, innerTypes, inInner, sizes, refuse) : 0;
  const bodyFlops = body ? checkStage("body", body, [...types, ...innerTypes], types, inFold, sizes, refuse) : 0;
  const written = dtypeSpec(target.dtype);
  const finishFlops = checkStage("finish", finish, types, [written.scalar], inFinish, sizes, refuse);
  const elements = byteSize(target) / written.size;
  checkView("the write", instruction.write, { variables: inFinish, indirect: finish.reads, elements }, refuse);

  const opened = openedBytes(instruction);
  if (opened > LIMITS.openedBytes) {
    refuse(
      "witness",
      `the reads and the write open ${opened} bytes of leaves and paths; at most ${LIMITS.openedBytes} are allowed`,
    );
  }

  const [n, t, i] = [BigInt(N), BigInt(T), BigInt(I)];
  const terms = body ? t * (inner ? i + 1n : 1n) : 0n;
  const writes = scan ? t : 1n;
  return {
    steps: n * (terms + writes) + 2n,
    flops: n * (t * (i * BigInt(innerFlops) + BigInt(bodyFlops)) + writes * BigInt(finishFlops)),
  };
}

/** Bytes of the leaves and paths of all reads and of the write: an upper bound for a step's witness. */
function openedBytes({ inner, body, finish, operands, targetDepth }: TensorInstruction): number {
  const reads = [inner, body, finish].flatMap((stage) => stage?.reads ?? []);
  const depths = [...reads.map(({ operand }) => operands[operand]!.depth), targetDepth];
  return depths.reduce((bytes, depth) => bytes + LEAF_BYTES + 32 * depth, 0);
}

/** @returns bytes of each operand. */
function checkOperands(program: Program, { operands, target }: TensorInstruction, refuse: Refuse): number[] {
  checkLength("operands", operands, LIMITS.operands, refuse);
  return operands.map((operand: Operand, i) => {
    const bytes = byteSize(tensorType(program, operand, refuse));
    if (operand.space === "tensor" && operand.index === target)
      refuse("alias", `operand ${i} is the target, table tensor ${target}`);
    checkDepth(operand.depth, bytes, `operand ${i}`, refuse);
    return bytes;
  });
}

/** @returns points of the space: 1 if it has no dimensions. */
function spaceSize(name: string, dims: readonly number[], limit: number, refuse: Refuse): number {
  checkLength(name, dims, limit, refuse);
  let points = 1;
  for (const n of dims) {
    if (!isCount(n)) refuse("space", `${name} has a dimension ${n}; it must be 1 … 2^31 − 1`);
    points *= n;
    if (points >= PROGRAM_LIMITS.elements) refuse("space", `${name} has 2^40 points or more`);
  }
  return points;
}

function checkFold(instruction: TensorInstruction, refuse: Refuse): void {
  const { reduction, innerReduction, accumulators, innerAccumulators, inner, body, scan } = instruction;
  const asked = reduction.length > 0 || innerReduction.length > 0 || scan;
  if (accumulators.length > 0 !== asked) {
    refuse(
      "fold",
      `${accumulators.length} accumulators; there are some exactly if there is a reduction, a scan or an inner fold`,
    );
  }
  if (innerAccumulators.length > 0 !== innerReduction.length > 0) {
    refuse("fold", "inner accumulators are there exactly if innerReduction is not empty");
  }
  if ((body !== null) !== accumulators.length > 0) refuse("fold", "a body is there exactly if there are accumulators");
  if ((inner !== null) !== innerAccumulators.length > 0)
    refuse("fold", "an inner stage is there exactly if there are inner accumulators");
}

/** @returns types of the accumulators. */
function checkInitial(name: string, constants: readonly Constant[], limit: number, refuse: Refuse): ScalarType[] {
  checkLength(name, constants, limit, refuse);
  for (const constant of constants) checkCanonical(name, constant, refuse);
  return constants.map(({ type }) => type);
}

function checkLength(name: string, list: readonly unknown[], limit: number, refuse: Refuse): void {
  if (list.length > limit) refuse("limit", `${name} has ${list.length} entries; at most ${limit} are allowed`);
}

/** Registers are canonical: one NaN per format, and the high half of an f32 is zero. */
function checkCanonical(name: string, { type, bits }: Constant, refuse: Refuse): void {
  const { float, bits: width } = SCALARS[type];
  if (float === null) return;
  const magnitude = bits & ((1n << BigInt(width - 1)) - 1n);
  if (bits >> BigInt(width) !== 0n || (magnitude > float.infinity && bits !== float.nan)) {
    refuse("canonical", `${name}: 0x${bits.toString(16)} is not the content of an ${type} register`);
  }
}

/** The variables `known`, and those from `first` on that run over `dims`. */
function withRanges(first: number, dims: readonly number[], known: Variables): Variables {
  return Array.from({ length: VARIABLES.count }, (_, i) => dims[i - first] ?? known[i]);
}

/** @returns scalar operations, weighted, that the stage executes. */
function checkStage(
  name: string,
  stage: Stage,
  entry: readonly ScalarType[],
  replaces: readonly ScalarType[],
  variables: Variables,
  sizes: readonly number[],
  refuse: Refuse,
): number {
  const values = [...entry];
  for (const [i, read] of stage.reads.entries()) {
    const what = `read ${i} of ${name}`;
    const bytes =
      sizes[read.operand] ?? refuse("operand", `${what}: no operand ${read.operand}; there are ${sizes.length}`);
    const { size, scalar } = dtypeSpec(read.dtype);
    checkCanonical(`the pad of ${what}`, { type: scalar, bits: read.pad }, refuse);
    checkView(
      what,
      read.view,
      { variables, indirect: stage.reads.slice(0, i), elements: Math.floor(bytes / size) },
      refuse,
    );
    values.push(scalar);
  }
  for (const constant of stage.constants) {
    checkCanonical(`a constant of ${name}`, constant, refuse);
    values.push(constant.type);
  }
  let flops = 0;
  for (const [i, operation] of stage.code.entries()) {
    values.push(checkOperation(`operation ${i} of ${name}`, operation, values, variables, refuse));
    flops += OPS.get(operation.op)!.flops;
  }
  checkLength(`the values of ${name}`, values, LIMITS.values, refuse);
  checkOuts(name, stage.outs, values, replaces, refuse);
  return flops;
}

/** @returns type of the result. */
function checkOperation(
  what: string,
  { op, a, b, c }: Stage["code"][number],
  values: readonly ScalarType[],
  variables: Variables,
  refuse: Refuse,
): ScalarType {
  const spec = OPS.get(op)!;
  const fields = [a, b, c];
  const used = op === "index" ? 1 : spec.args.length;
  if (op === "index") {
    if (variables[a] === undefined) refuse("variable", `${what}: variable ${a} does not exist here`);
  }
  let generic: ScalarType | undefined;
  for (const [i, asked] of spec.args.entries()) {
    const type =
      values[fields[i]!] ?? refuse("register", `${what} (${op}): no value ${fields[i]}; there are ${values.length}`);
    if (asked === "T") generic ??= type;
    const wanted = asked === "T" ? generic : asked;
    if (type !== wanted) refuse("operand type", `${what} (${op}): operand ${i} is ${type}, not ${wanted}`);
  }
  if (fields.slice(used).some((field) => field !== 0))
    refuse("unused", `${what} (${op}): fields that it does not use must be 0`);
  return spec.result === "T" ? generic! : spec.result;
}

function checkOuts(
  name: string,
  outs: readonly number[],
  values: readonly ScalarType[],
  replaces: readonly ScalarType[],
  refuse: Refuse,
): void {
  if (outs.length !== replaces.length)
    refuse("outs", `${outs.length} values leave ${name}; there must be ${replaces.length}`);
  for (const [i, out] of outs.entries()) {
    const type = values[out] ?? refuse("register", `no value ${out} leaves ${name}; there are ${values.length}`);
    if (type !== replaces[i]) refuse("outs", `value ${i} that leaves ${name} is ${type}, not ${replaces[i]}`);
  }
}

function checkView(what: string, view: View, { variables, indirect, elements }: Place, refuse: Refuse): void {
  checkLength(`the view of ${what}`, view, LIMITS.coordinates, refuse);
  let last = 0n;
  for (const [i, coordinate] of view.entries()) {
    const where = `coordinate ${i} of ${what}`;
    if (coordinate.extent < 1) refuse("extent", `${where} has extent ${coordinate.extent}`);
    let reach = Math.abs(coordinate.offset);
    if (coordinate.indirect !== null) {
      const read = coordinate.indirect >= INDIRECT_MASK ? undefined : indirect[coordinate.indirect];
      if (read === undefined)
        refuse("indirect", `${where} adds read ${coordinate.indirect}, which is not an earlier one`);
      else if (dtypeSpec(read.dtype).scalar !== "int")
        refuse("indirect", `${where} adds a read of ${read.dtype}, which is no integer`);
      reach += LIMITS.indirect;
    }
    checkLength(where, coordinate.terms, LIMITS.terms, refuse);
    for (const { variable, shift, bits, factor } of coordinate.terms) {
      const range = variables[variable] ?? refuse("variable", `${where}: variable ${variable} does not exist here`);
      if (shift > LIMITS.shift || bits > LIMITS.shift)
        refuse("term", `${where}: shift ${shift}, bits ${bits}; at most ${LIMITS.shift}`);
      const most = Math.floor((range - 1) / 2 ** shift);
      reach += Math.abs(factor) * (bits === 0 ? most : Math.min(most, 2 ** bits - 1));
    }
    // The sum is exact below the limit: at most 10 terms, each under 2^62, and terms below 2^53 are not rounded.
    if (reach >= LIMITS.reach) refuse("coordinate", `${where} may reach ${reach}; it must stay under 2^53`);
    last += BigInt(coordinate.stride) * BigInt(coordinate.extent - 1);
  }
  if (last >= BigInt(elements)) refuse("bounds", `${what} may reach element ${last} of ${elements}`);
}
