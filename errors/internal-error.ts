import { ElenchError, type ElenchErrorOptions } from "./elench-error.ts";

/** Something that cannot be so, unless Elench has a defect: no input of any user leads here. */
export class InternalError extends ElenchError {
  override readonly name = "InternalError";
  override readonly kind = "defect";

  constructor(what: string, options: Omit<ElenchErrorOptions, "remedy"> = {}) {
    super(what, { ...options, remedy: "this is a defect of Elench: report it, with what ELENCH_DEBUG=1 shows" });
  }
}
