import { LEAF_BYTES, treeDepth } from "@elench/merkle/tree";
import { PROGRAM_LIMITS } from "@elench/spec/tensor/limits";
import { checkTensor, type Work } from "./check-tensor.ts";
import { byteSize, checkCounts, checkDepth, isCount, tensorType } from "./check-types.ts";
import { encodeInstruction } from "./codec.ts";
import { EncodingError } from "./encoding-error.ts";
import { type Instruction, LIMITS, type Program, type TensorType } from "./program.ts";
import { ProgramError, type Refuse } from "./rules.ts";

export { ProgramError } from "./rules.ts";

export interface ProgramCost {
  /** Bound on the steps of a run, the halting step included. */
  readonly steps: bigint;
  /** Upper bound of the scalar operations of a run: fma counts 2, dot4 8, index 0. */
  readonly flops: bigint;
  /** Smallest L ≥ 1 with 16^L ≥ steps: the level of a game about a run. */
  readonly level: number;
}

interface Block {
  readonly count: number;
  /** pc of the first instruction inside. */
  readonly start: number;
}

/**
 * Checks that a program is well-formed, and adds up its work. The registry contract performs the same checks in the same order.
 * @throws ProgramError naming the instruction and the rule that it breaks
 */
export function checkProgram(program: Program): ProgramCost {
  checkCounts(program);
  const blocks: Block[] = [];
  const written = new Set<number>();
  let steps = 1n;
  let flops = 0n;
  for (const [pc, instruction] of program.instructions.entries()) {
    const refuse: Refuse = (rule, detail) => {
      throw new ProgramError(rule, pc, detail);
    };
    checkEncoding(instruction, refuse);
    const rounds = blocks.reduce((product, block) => product * BigInt(block.count), 1n);
    const work = checkInstruction(program, instruction, pc, blocks, refuse);
    steps += rounds * work.steps;
    flops += rounds * work.flops;
    if (steps > PROGRAM_LIMITS.steps) refuse("steps", `the program may take ${steps} steps; at most 2^60 are allowed`);
    if (instruction.kind === "tensor" || instruction.kind === "move") written.add(instruction.target);
    if (instruction.kind === "drop") written.delete(instruction.target);
  }
  if (blocks.length > 0) throw new ProgramError("block", null, `${blocks.length} blocks are not closed`);
  for (let output = 0; output < program.outputs; output++) {
    if (!written.has(output))
      throw new ProgramError("output", null, `output ${output} is empty when the program halts`);
  }
  return { steps, flops, level: levelOf(steps) };
}

/** Smallest L ≥ 1 with 16^L ≥ steps. */
export function levelOf(steps: bigint): number {
  let level = 1;
  while (16n ** BigInt(level) < steps) level++;
  return level;
}

function checkEncoding(instruction: Instruction, refuse: Refuse): void {
  let size: number;
  try {
    size = encodeInstruction(instruction).length;
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    refuse("encoding", error.message);
  }
  if (size > LIMITS.instructionBytes)
    refuse("size", `${size} bytes encoded; at most ${LIMITS.instructionBytes} fit a step's witness`);
}

function checkInstruction(
  program: Program,
  instruction: Instruction,
  pc: number,
  blocks: Block[],
  refuse: Refuse,
): Work {
  const single: Work = { steps: 1n, flops: 0n };
  switch (instruction.kind) {
    case "tensor": {
      const counters = blocks.map((block) => block.count);
      checkTarget(program, instruction.target, refuse);
      return checkTensor(program, instruction, counters, refuse);
    }
    case "loop":
      checkLoop(instruction.depth, instruction.count, blocks, refuse);
      blocks.push({ count: instruction.count, start: pc + 1 });
      return single;
    case "end": {
      // The steps of `end` belong to the block that it closes: the caller has already multiplied by its count.
      const block = blocks.pop();
      if (block === undefined) refuse("block", "`end` closes no block");
      checkEnd(program, instruction, block, blocks.length, refuse);
      return single;
    }
    case "move": {
      checkTarget(program, instruction.target, refuse);
      const source = tensorType(program, instruction.source, refuse);
      const bytes = byteSize(source);
      checkDepth(instruction.source.depth, bytes, "the source", refuse);
      const target = byteSize(program.tensors[instruction.target] as TensorType);
      if (bytes !== target) refuse("move", `the source has ${bytes} bytes, the target ${target}`);
      return single;
    }
    case "drop":
      checkTarget(program, instruction.target, refuse);
      return single;
  }
}

function checkLoop(depth: number, count: number, blocks: readonly Block[], refuse: Refuse): void {
  if (blocks.length === LIMITS.loopDepth) refuse("block", `blocks nest at most ${LIMITS.loopDepth} deep`);
  if (depth !== blocks.length) refuse("block", `depth ${depth} is stated, the nesting gives ${blocks.length}`);
  if (!isCount(count)) refuse("count", `a block runs ${count} times; it must be 1 … 2^31 − 1`);
}

function checkEnd(
  program: Program,
  end: Extract<Instruction, { kind: "end" }>,
  block: Block,
  depth: number,
  refuse: Refuse,
): void {
  if (end.depth !== depth) refuse("block", `depth ${end.depth} is stated, the nesting gives ${depth}`);
  if (end.count !== block.count)
    refuse("block", `count ${end.count} is stated, the block's \`loop\` says ${block.count}`);
  if (end.start !== block.start)
    refuse("block", `the block is said to start at ${end.start}; it starts at ${block.start}`);
  if (end.halt === null) return;
  const type = program.tensors[end.halt];
  if (type === undefined) refuse("tensor", `no table tensor ${end.halt}; there are ${program.tensors.length}`);
  if (treeDepth(byteSize(type)) > 0)
    refuse("halt", `table tensor ${end.halt} has ${byteSize(type)} bytes; a block halts on at most ${LEAF_BYTES}`);
}

function checkTarget(program: Program, target: number, refuse: Refuse): void {
  if (target >= program.tensors.length)
    refuse("tensor", `no table tensor ${target}; there are ${program.tensors.length}`);
  if (target >= program.outputs && target < nextPowerOfTwo(program.outputs)) {
    refuse("filler", `entry ${target} fills the ${program.outputs} outputs up to a power of two, and must stay empty`);
  }
}

const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));
