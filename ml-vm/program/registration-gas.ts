import type { Program, Stage, TensorInstruction, View } from "./program.ts";
import type { Page, Registration } from "./registration.ts";

/**
 * Forecast of a registration's gas on L1 from the encoded program: execution only, without the transaction's 21,000 and its calldata.
 *
 * The contracts (contracts/registry/) traverse a program once, and parts of the same kind cost the same, so the cost is a sum over parts. The figures are a
 * least-squares fit to 826 pages, of imported models and of random programs; `begin` is exact, except for the cost of copying. test/contracts/registration-gas.test.ts holds them against
 * transactions on a chain.
 */
const BEGIN = {
  base: 99_000,
  type: 580,
  dimension: 280,
  /** Gas of storing a size. */
  input: 22_550,
  output: 22_700,
} as const;

const PAGE = {
  base: 41_000,
  /** Gas of the tree over a page, built in memory: per instruction, and per pair of them. */
  instruction: 250,
  pair: 0.5,
  /** Gas of the end of a registration. */
  last: 1_640,
  type: 590,
  dimension: 280,
  tensor: 12_600,
  loop: 14_180,
  move: 3_250,
  drop: 4_090,
  accumulator: 2_450,
  operand: 1_595,
  range: 564,
  coordinate: 758,
  term: 1_012,
  read: 716,
  constant: 828,
  index: 671,
  operation: 2_400,
  sibling: 1_280,
} as const;

/** EIPs 2200 and 2929: gas of writing a slot that was read before: from zero, or from another value. */
const SET = 20_000;
const RESET = 2_900;
/** Discount for a storage slot that stays zero. */
const UNSET = 19_880;

/** @returns gas of the transaction `begin`. */
export function beginGas({ inputs, weights, tensors, outputs }: Program): number {
  const types = [...inputs, ...weights, ...tensors];
  const dimensions = types.reduce((n, { shape }) => n + shape.length, 0);
  const unset = (tensors.length === 1 ? UNSET : 0) + (inputs.length === 0 ? UNSET : 0);
  return (
    BEGIN.base +
    BEGIN.type * types.length +
    BEGIN.dimension * dimensions +
    BEGIN.input * inputs.length +
    BEGIN.output * outputs -
    unset
  );
}

/** @returns gas of each page, in order. @param registration of the whole program. */
export function pageGas(program: Program, { pages }: Registration): number[] {
  const types = [...program.inputs, ...program.weights, ...program.tensors];
  const dimensions = types.reduce((n, { shape }) => n + shape.length, 0);
  return pages.map((page, i) => {
    const parts = countParts(program, page);
    const sum = Object.entries(parts).reduce((gas, [part, count]) => gas + PAGE[part as keyof Parts] * count, 0);
    const count = page.instructions.length;
    const tree = PAGE.instruction * count + Math.round(PAGE.pair * count ** 2) + PAGE.sibling * page.siblings.length;
    const declared = PAGE.base + PAGE.type * types.length + PAGE.dimension * dimensions;
    return declared + sum + tree + storageGas(program, pages, i);
  });
}

/** Progress takes three slots; the level, written at the end, a fourth. */
function storageGas(program: Program, pages: readonly Page[], index: number): number {
  const isFirst = index === 0;
  const isLast = index === pages.length - 1;
  const written = pages.map((page) => writesOutput(program, page));
  const outputs = !written[index] ? 0 : written.indexOf(true) === index ? SET : RESET;
  const level = !isLast ? 0 : PAGE.last + (program.tensors.length === 1 ? SET : RESET);
  return (isFirst ? SET : RESET) + outputs + level;
}

const writesOutput = ({ instructions, outputs }: Program, { firstPc, instructions: { length } }: Page): boolean =>
  instructions.slice(firstPc, firstPc + length).some((i) => "target" in i && i.target < outputs);

type Parts = Record<
  | "tensor"
  | "loop"
  | "move"
  | "drop"
  | "accumulator"
  | "operand"
  | "range"
  | "coordinate"
  | "term"
  | "read"
  | "constant"
  | "index"
  | "operation",
  number
>;

function countParts({ instructions }: Program, { firstPc, instructions: { length } }: Page): Parts {
  const parts: Parts = {
    tensor: 0,
    loop: 0,
    move: 0,
    drop: 0,
    accumulator: 0,
    operand: 0,
    range: 0,
    coordinate: 0,
    term: 0,
    read: 0,
    constant: 0,
    index: 0,
    operation: 0,
  };
  for (const instruction of instructions.slice(firstPc, firstPc + length)) {
    if (instruction.kind === "tensor") addTensor(parts, instruction);
    else parts[instruction.kind === "end" ? "loop" : instruction.kind]++;
  }
  return parts;
}

function addTensor(parts: Parts, instruction: TensorInstruction): void {
  parts.tensor++;
  parts.operand += instruction.operands.length;
  parts.range += instruction.dims.length + instruction.reduction.length + instruction.innerReduction.length;
  parts.accumulator += instruction.accumulators.length + instruction.innerAccumulators.length;
  addView(parts, instruction.write);
  for (const stage of [instruction.inner, instruction.body, instruction.finish]) if (stage) addStage(parts, stage);
}

function addStage(parts: Parts, { reads, constants, code }: Stage): void {
  parts.read += reads.length;
  parts.constant += constants.length;
  for (const { op } of code) parts[op === "index" ? "index" : "operation"]++;
  for (const { view } of reads) addView(parts, view);
}

function addView(parts: Parts, view: View): void {
  parts.coordinate += view.length;
  for (const { terms } of view) parts.term += terms.length;
}
