import { PagedBytes } from "@elench/merkle/paged-bytes";
import { Code } from "../../structures/code.ts";
import { type Block, EMPTY, ZERO_HASH } from "../../structures/layout.ts";
import type { Machine } from "./machine.ts";
import { Stack } from "./stack.ts";
import { IDLE, NEXT, type Task } from "./task.ts";

/** Clears a transaction's state; only the block remains. */
export function toBoundary(m: Machine, block: Block, task: Task = NEXT): void {
  m.pc = 0;
  m.gas = 0n;
  m.stack = new Stack();
  m.memory = new PagedBytes();
  m.code = Code.NONE;
  m.returned = EMPTY;
  m.journal = null;
  m.frame = null;
  m.tx = { origin: 0n, gasPrice: 0n, refund: 0n, logs: ZERO_HASH, codes: null, envelope: null, block };
  m.goTo(task);
}

/** Ends a transaction. The machine idles for the rest of its slot. */
export const endTransaction = (m: Machine, block: Block): void => toBoundary(m, block, IDLE);
