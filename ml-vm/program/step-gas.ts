import { depthOf, LEAF_BYTES } from "@elench/merkle/tree";
import { encodeInstruction } from "./codec.ts";
import type { Instruction, Operand, Program, Read, Stage, TensorInstruction } from "./program.ts";

/** Upper bound of the most expensive step of a program on L1. */
export interface StepBound {
  /** Number of the instruction. */
  readonly pc: number;
  /** Size of the witness. */
  readonly bytes: number;
  /** Gas of the verifier's execution: without the transaction's 21,000 and its calldata. */
  readonly gas: number;
}

/**
 * Bounds on the gas of `TensorVerifier.step`. A witness is hashed and copied: 12 gas a byte, the reading of views included. Operations: the most expensive of each family in
 * test/snapshots/scalar-gas.json, and 250 for decoding one. step-gas.test.ts checks the sum against steps of all kinds.
 */
const GAS = { step: 4_500, byte: 12, decode: 250, f64: 2_400, f32: 900, remainder: 1_300, other: 500 } as const;

/** The maximum over all steps of all runs. */
export function worstStep(program: Program): StepBound {
  return program.instructions
    .flatMap((instruction, pc) => stepsOf(program, instruction).map((step) => ({ pc, ...step })))
    .reduce((worst, step) => (step.gas > worst.gas ? step : worst), { pc: 0, bytes: 0, gas: 0 });
}

type Step = Omit<StepBound, "pc">;

/** One step of each kind that an instruction has. Sizes as in docs/tensor-machine.md, "Witnesses". */
function stepsOf(program: Program, instruction: Instruction): Step[] {
  const encoded = encodeInstruction(instruction).length;
  const tableEntry = 32 * (1 + depthOf(program.tensors.length));
  const operands = instruction.kind === "tensor" ? instruction.operands : [];
  const opened = operands.reduce((n, operand) => n + 32 * (1 + listDepth(program, operand)), 0);
  const fetch = 1 + 128 + 128 + 2 + encoded + 32 * depthOf(program.instructions.length) + opened + 2 * tableEntry;
  if (instruction.kind !== "tensor") return [bound(fetch + LEAF_BYTES, [])];
  const { inner, body, finish, accumulators, innerAccumulators, targetDepth } = instruction;
  const registers = 8 * (accumulators.length + innerAccumulators.length);
  const head = 1 + 3 * 32 + 2 + encoded + 32 * operands.length + 32 + registers;
  const running = (stage: Stage | null, written: number): Step[] =>
    stage ? [bound(head + readBytes(instruction, stage.reads) + written, stage.code)] : [];
  return [
    bound(fetch, []),
    ...running(inner, 0),
    ...running(body, 0),
    ...running(finish, openingBytes(targetDepth)),
    bound(head + 128 + 2 * 32 + tableEntry, []),
  ];
}

const listDepth = ({ inputs, weights, tensors }: Program, { space }: Operand): number =>
  depthOf({ input: inputs, weight: weights, tensor: tensors }[space].length);

const openingBytes = (depth: number): number => LEAF_BYTES + 32 * depth;

const readBytes = ({ operands }: TensorInstruction, reads: readonly Read[]): number =>
  reads.reduce((n, { operand }) => n + openingBytes((operands[operand] as Operand).depth), 0);

const bound = (bytes: number, code: Stage["code"]): Step => ({
  bytes,
  gas: GAS.step + GAS.byte * bytes + code.reduce((gas, { op }) => gas + GAS.decode + operationGas(op), 0),
});

function operationGas(op: string): number {
  if (op === "f32.rem") return GAS.remainder;
  if (op.startsWith("f64.")) return GAS.f64;
  return op.startsWith("f32.") ? GAS.f32 : GAS.other;
}
