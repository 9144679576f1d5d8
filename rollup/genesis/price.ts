import { checkProgram } from "@elench/tensor/program/check";
import { byteSize } from "@elench/tensor/program/check-types";
import type { Instruction, Program } from "@elench/tensor/program/program";

/**
 * What one run of a model costs in gas (docs/dapp-guide.md, "What a model costs"). A unit of gas should buy a node about the same time, whatever it is
 * spent on: the native EVM takes 7 to 40 gas a microsecond. Each rate is set by the slowest work of its kind on one thread of the native engine, so that no model
 * is cheaper than the EVM's own dearest instructions.
 */
const GAS = {
  /** For each run: finding the model and its buffers takes 5 to 10 µs. */
  run: 100n,
  /** For each instruction executed: dispatching one takes 1 to 2 µs. */
  instruction: 16n,
  /** Elements written for a unit of gas: one that is only moved takes 2 to 5 ns. */
  elements: 16n,
  /** FLOPs for a unit of gas, γ = 1/64: 500 a microsecond in products that wait for memory, 7,000 in convolutions, 56,000 in products of matrices. */
  flops: 64n,
  /** For each word of input and output, as for any copy in the EVM. */
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

/** Instructions that a run executes, and elements that it writes, at most. */
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

/** A scan writes after each term of its reduction. */
const elementsOf = (instruction: Instruction): bigint =>
  instruction.kind === "tensor"
    ? volume(instruction.dims) * (instruction.scan ? volume(instruction.reduction) : 1n)
    : 0n;

const volume = (dims: readonly number[]): bigint => dims.reduce((product, n) => product * BigInt(n), 1n);

const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
