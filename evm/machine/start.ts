import type { Word } from "@elench/bytes/words";
import { type BatchInput, startWords } from "../batch/claim.ts";
import { PHASE } from "../structures/layout.ts";
import { type Host, Machine, type Task } from "./state/machine.ts";

/** The task of the first step. */
export class StartTask implements Task {
  readonly input: BatchInput;
  constructor(input: BatchInput) {
    this.input = input;
  }
  words(): readonly Word[] {
    return startWords(this.input);
  }
}

/** The machine before the first step of a batch. */
export const firstState = (input: BatchInput, host: Host): Machine =>
  new Machine(host, PHASE.start, 0n, new StartTask(input));
