import { LoadTask, type Machine, StatusTask } from "@elench/evm/machine/state/machine";
import { PHASE } from "@elench/evm/structures/layout";
import { PrecompileTask } from "../../evm/machine/phases/precompile-task.ts";

const names = new Map<number, string>(Object.entries(PHASE).map(([name, phase]) => [phase, name]));

/** What a machine is about to do: its phase, and what tells steps of that phase apart. */
export function kindBefore(m: Machine): string {
  if (m.halted) return "halted";
  const name = names.get(m.phase) as string;
  if (m.phase === PHASE.execute) return `opcode 0x${(m.code.bytes[m.pc] ?? 0).toString(16).padStart(2, "0")}`;
  if (m.task instanceof PrecompileTask) return `${name} ${m.task.address}`;
  if (m.task instanceof StatusTask) return `${name} ${m.task.status} of kind ${m.frame?.kind}`;
  return m.task instanceof LoadTask ? `${name} for ${names.get(m.task.phase)}` : name;
}

/** Another machine takes the step: the verifier hands it over. */
export const isDelegated = (kind: string): boolean => kind.startsWith("ask");

/** Where a step led. */
export function kindAfter(m: Machine): string {
  if (m.halted) return "halted";
  const name = names.get(m.phase) as string;
  return m.task instanceof StatusTask ? `${name} ${m.task.status}` : name;
}
