import { ElenchError, type ElenchErrorOptions } from "./elench-error.ts";

/** A violated invariant: a defect of Elench that no user input can cause. */
export class InternalError extends ElenchError {
  override readonly name = "InternalError";
  override readonly kind = "defect";

  constructor(what: string, options: Omit<ElenchErrorOptions, "remedy"> = {}) {
    super(what, { ...options, remedy: "this is a defect of Elench: report it, with what ELENCH_DEBUG=1 shows" });
  }
}
