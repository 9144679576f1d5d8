import type { Wanted } from "./task.ts";

/** Thrown by a step that needs a record or a code that is not loaded. The next step loads it, then this step is retried. Like EXCEPTIONAL_HALT, it is not an Error. */
export class NotLoaded {
  readonly wanted: Wanted;
  constructor(wanted: Wanted) {
    this.wanted = wanted;
  }
}
