import type { Machine } from "@elench/evm/machine/state/machine";
import { isLoad, type Task, type TaskOf } from "@elench/evm/machine/state/task";
import { PHASE } from "@elench/evm/structures/layout";

const names = new Map<number, string>(Object.entries(PHASE).map(([name, phase]) => [phase, name]));

const hasStatus = (task: Task): task is TaskOf<typeof PHASE.leave | typeof PHASE.settle> =>
  task.phase === PHASE.leave || task.phase === PHASE.settle;

/** What a machine is about to do: its phase, and what tells steps of that phase apart. */
export function kindBefore(m: Machine): string {
  if (m.halted) return "halted";
  const name = names.get(m.phase) as string;
  if (m.phase === PHASE.execute) return `opcode 0x${(m.code.bytes[m.pc] ?? 0).toString(16).padStart(2, "0")}`;
  if (m.task.phase === PHASE.precompile) return `${name} ${m.task.address}`;
  if (hasStatus(m.task)) return `${name} ${m.task.status} of kind ${m.frame?.kind}`;
  return isLoad(m.task) ? `${name} for ${names.get(m.task.resume.phase)}` : name;
}

/** Another machine takes the step: the verifier hands it over. */
export const isDelegated = (kind: string): boolean => kind.startsWith("ask");

/** Where a step led. */
export function kindAfter(m: Machine): string {
  if (m.halted) return "halted";
  const name = names.get(m.phase) as string;
  return hasStatus(m.task) ? `${name} ${m.task.status}` : name;
}
