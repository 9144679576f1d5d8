import type { Phase } from "../../structures/layout.ts";
import type { Machine } from "./machine.ts";
import type { TaskOf } from "./task.ts";

/** Executes an opcode. Its arguments are on the stack, its static gas is paid, and pc is already advanced: only jumps set it. */
export type Operation = (m: Machine, op: number) => void;
/** Operations by opcode. */
export type Operations = Readonly<Record<number, Operation>>;
/** Steps by phase. */
export type Steps = { readonly [P in Phase]?: (m: Machine, task: TaskOf<P>) => void };
