import type { Hash } from "@elench/merkle/tree";
import { PHASE } from "../structures/layout.ts";
import { OPCODES, STACK_LIMIT } from "./opcodes.ts";
import { ARITHMETIC } from "./ops/arithmetic.ts";
import { CALLS } from "./ops/calls.ts";
import { CONTEXT } from "./ops/context.ts";
import { FLOW } from "./ops/flow.ts";
import { MEMORY } from "./ops/memory.ts";
import { STORAGE } from "./ops/storage.ts";
import { BLOCKS } from "./phases/blocks.ts";
import { BUILDING } from "./phases/build.ts";
import { COPYING } from "./phases/copy.ts";
import { FLUSH } from "./phases/flush.ts";
import { FRAMES } from "./phases/frames.ts";
import { HASHING } from "./phases/hash.ts";
import { INFERENCE } from "./phases/inference.ts";
import { LOADS } from "./phases/loads.ts";
import { LOGS } from "./phases/log.ts";
import { PRECOMPILES } from "./phases/precompiles.ts";
import { SETTLEMENT } from "./phases/settlement.ts";
import { TRANSACTIONS } from "./phases/transactions.ts";
import { charge } from "./state/gas.ts";
import { EXCEPTIONAL_HALT, haltExceptionally } from "./state/halt.ts";
import type { Machine } from "./state/machine.ts";
import { NotLoaded } from "./state/not-loaded.ts";
import type { Operation, Steps } from "./state/operation.ts";
import { Tape } from "./state/tape.ts";
import type { Task } from "./state/task.ts";

const operations: (Operation | undefined)[] = new Array(256).fill(undefined);
for (const group of [ARITHMETIC, FLOW, MEMORY, CONTEXT, STORAGE, CALLS])
  for (const [code, operation] of Object.entries(group)) operations[Number(code)] = operation;

const phases: Steps = {
  ...COPYING,
  ...HASHING,
  ...BUILDING,
  ...LOGS,
  ...LOADS,
  ...FLUSH,
  ...FRAMES,
  ...PRECOMPILES,
  ...INFERENCE,
  ...TRANSACTIONS,
  ...SETTLEMENT,
  ...BLOCKS,
  [PHASE.execute]: execute,
};
/** The step function of each phase. */
const steps: ((m: Machine, task: Task) => void)[] = [];
for (const [phase, step] of Object.entries(phases)) steps[Number(phase)] = step as (typeof steps)[number];

/** Executes one step. A halted machine does not change. */
export function step(m: Machine): void {
  if (m.halted) return;
  const { phase, task, pc, gas, journal, tx } = m;
  const { height } = m.stack;
  const { size } = m.memory;
  try {
    (steps[phase] as (m: Machine, task: Task) => void)(m, task);
  } catch (end) {
    // A step writes memory and pushes only after its last access that can miss, so nothing else needs to be undone.
    if (!(end instanceof NotLoaded) && end !== EXCEPTIONAL_HALT) throw end;
    m.pc = pc;
    m.journal = journal;
    m.tx = tx;
    m.stack.height = height;
    m.memory.shrink(size);
    if (end instanceof NotLoaded) {
      m.gas = gas;
      m.goTo({ ...end.wanted, resume: task });
    } else haltExceptionally(m);
  }
  m.clock++;
}

function execute(m: Machine): void {
  const { code, stack, tape } = m;
  const op = m.pc < code.size ? (code.bytes[m.pc] as number) : 0;
  if (tape && m.pc < code.size) tape.bytes(code.openChunk(m.pc));
  const opcode = OPCODES[op];
  if (opcode === undefined || stack.height < opcode.takes) throw EXCEPTIONAL_HALT;
  if (stack.height - opcode.takes + opcode.gives > STACK_LIMIT) throw EXCEPTIONAL_HALT;
  charge(m, opcode.gas);
  if (tape && opcode.takes > 0) {
    for (let i = 0; i < opcode.takes; i++) tape.words([stack.peek(i)]);
    tape.words([stack.chain(stack.height - opcode.takes)]);
  }
  m.pc++;
  (operations[op] as Operation)(m, op);
}

/** A step as L1 settles a claim about it: the hash of the state before, the witness, and the hash of the state after. */
export interface ProvenStep {
  readonly pre: Hash;
  readonly witness: Uint8Array;
  readonly post: Hash;
}

/** Proves the machine's next step. The machine does not change. */
export function prove(machine: Machine): ProvenStep {
  const tape = new Tape();
  const pre = machine.hash();
  if (machine.halted) {
    tape.words([machine.halted.context, machine.halted.output]);
    return { pre, witness: tape.witness, post: pre };
  }
  const m = machine.copy();
  tape.words(m.words());
  m.tape = tape;
  step(m);
  return { pre, witness: tape.witness, post: m.hash() };
}

/** The witness of the machine's next step. */
export const witnessOf = (machine: Machine): Uint8Array => prove(machine).witness;
