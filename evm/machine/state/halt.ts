import { EMPTY, PHASE, STATUS } from "../../structures/layout.ts";
import type { Machine } from "./machine.ts";

/**
 * Thrown by a step that ends its frame by an exceptional halt (Yellow Paper, section 9.4.2). All exceptional halts lead to the same state, so one value is enough. It is not an Error,
 * because collecting a stack trace takes longer than the step.
 */
export const EXCEPTIONAL_HALT = { what: "an exceptional halt" } as const;

/** Leaves the frame by an exceptional halt: consumes all its gas and returns nothing. */
export function haltExceptionally(m: Machine): void {
  m.gas = 0n;
  m.returned = EMPTY;
  m.goTo({ phase: PHASE.leave, status: STATUS.failure });
}
