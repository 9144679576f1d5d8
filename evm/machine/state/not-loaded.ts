import type { Wanted } from "./task.ts";

/** Thrown by a step that needs a record or a code which is not there: the next step loads it, and this one is tried again. No Error, as an exceptional halt is none. */
export class NotLoaded {
  readonly wanted: Wanted;
  constructor(wanted: Wanted) {
    this.wanted = wanted;
  }
}
