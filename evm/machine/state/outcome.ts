import type { Word } from "@elench/bytes/words";
import type { Task } from "./machine.ts";

/** How a transaction ended: what FLUSH hands on to RECEIPT. */
export class OutcomeTask implements Task {
  /** Of the transaction's own frame. */
  readonly status: number;
  /** Gas that the sender paid for, refunds taken off. */
  readonly used: bigint;

  constructor(status: number, used: bigint) {
    this.status = status;
    this.used = used;
  }

  words(): readonly Word[] {
    return [this.status, this.used];
  }
}
