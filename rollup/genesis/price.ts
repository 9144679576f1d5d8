import { checkProgram } from "@elench/tensor/program/check";
import { byteSize } from "@elench/tensor/program/check-types";
import type { Instruction, Program } from "@elench/tensor/program/program";

/**
 * Gas of one run of a model (docs/dapp-guide.md, "What a model costs"). A unit of gas should pay for the same time of a node, whatever it is
 * spent on: the native EVM uses 7 to 40 gas/µs. Each rate follows from the slowest work of its kind on one thread of the native engine, so that no model
 * is cheaper per time than the EVM's slowest instructions.
 */
const GAS = {
  /** Gas per run: finding the model and its buffers takes 5 to 10 µs. */
  run: 100n,
  /** Gas per executed instruction: dispatch takes 1 to 2 µs. */
  instruction: 16n,
  /** Elements written per unit of gas: moving one element takes 2 to 5 ns. */
  elements: 16n,
  /** FLOPs per unit of gas, γ = 1/64: 500 FLOPs/µs in memory-bound products, 7,000 in convolutions, 56,000 in matrix products. */
  flops: 64n,
  /** Gas per word of input and output, as for a copy in the EVM. */
  word: 3n,
} as const;

/** Gas of one run. */
export function priceOf(program: Program): bigint {
  const { executed, written } = countWork(program);
  const { flops } = checkProgram(program);
  const bytes = [...program.inputs, ...program.tensors.slice(0, program.outputs)];
  const words = bytes.reduce((sum, type) => sum + BigInt(Math.ceil(byteSize(type) / 32)), 0n);
  const work = GAS.instruction * executed + ceilDiv(written, GAS.elements) + ceilDiv(flops, GAS.flops);
  return GAS.run + work + GAS.word * words;
}

/** Upper bounds of the instructions that a run executes and of the elements that it writes. */
function countWork(program: Program): { executed: bigint; written: bigint } {
  let [executed, written, rounds] = [0n, 0n, 1n];
  for (const instruction of program.instructions) {
    executed += rounds;
    written += rounds * elementsOf(instruction);
    if (instruction.kind === "loop") rounds *= BigInt(instruction.count);
    if (instruction.kind === "end") rounds /= BigInt(instruction.count);
  }
  return { executed, written };
}

/** A scan writes an element after each term of its reduction. */
const elementsOf = (instruction: Instruction): bigint =>
  instruction.kind === "tensor"
    ? volume(instruction.dims) * (instruction.scan ? volume(instruction.reduction) : 1n)
    : 0n;

const volume = (dims: readonly number[]): bigint => dims.reduce((product, n) => product * BigInt(n), 1n);

const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
