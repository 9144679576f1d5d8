import type { Phase } from "../../structures/layout.ts";
import type { Machine } from "./machine.ts";
import type { TaskOf } from "./task.ts";

/** One opcode, its arguments being on the stack and its static gas paid. It moves pc on by itself only where it jumps. */
export type Operation = (m: Machine, op: number) => void;
/** Operations by opcode. */
export type Operations = Readonly<Record<number, Operation>>;
/** Steps by phase. */
export type Steps = { readonly [P in Phase]?: (m: Machine, task: TaskOf<P>) => void };
