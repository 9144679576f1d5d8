import type { Machine } from "@elench/evm/machine/state/machine";
import { isLoad } from "@elench/evm/machine/state/task";
import { PHASE, type Phase, STATUS } from "@elench/evm/structures/layout";
import { OPCODES, STACK_LIMIT } from "../../evm/machine/opcodes.ts";

/** What kinds of steps there are, and how they end: so that some of each can be verified. */

const phaseNames = new Map<Phase, string>(Object.entries(PHASE).map(([name, phase]) => [phase, name]));
const phaseName = (phase: Phase): string => phaseNames.get(phase) as string;

const opOf = (m: Machine): number => (m.pc < m.code.size ? (m.code.bytes[m.pc] as number) : 0);

/** Of the machine's next step: an instruction, a precompile, or a phase. */
export function kindOf(m: Machine): string {
  if (m.phase === PHASE.execute) return OPCODES[opOf(m)]?.name ?? "invalid opcode";
  if (m.task.phase === PHASE.precompile) return `precompile ${m.task.address}`;
  if (isLoad(m.task)) return `${phaseName(m.phase)} for ${phaseName(m.task.resume.phase)}`;
  if (m.task.phase === PHASE.leave) return `leave ${m.task.status} of ${m.frame?.kind}`;
  return phaseName(m.phase);
}

/** How the step ended that led to the machine as it is. @param failing how it would fail, as `failureOf` said before it. */
export function endingOf(m: Machine, failing: string): string {
  const fails = m.task.phase === PHASE.leave && m.task.status === STATUS.failure;
  return fails ? `fails: ${failing}` : phaseName(m.phase);
}

/** Why the machine's next step fails, if it does. */
export function failureOf(m: Machine): string {
  if (m.phase !== PHASE.execute) return "";
  const opcode = OPCODES[opOf(m)];
  const { height } = m.stack;
  if (!opcode) return "invalid opcode";
  if (height < opcode.takes) return "stack underflow";
  if (height - opcode.takes + opcode.gives > STACK_LIMIT) return "stack overflow";
  if (m.gas < opcode.gas) return "out of gas";
  return m.frame?.isStatic ? "in a static frame" : "in the instruction";
}
