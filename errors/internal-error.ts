import { ElenchError } from "./elench-error.ts";

/** Something that cannot be so, unless Elench has a defect: no input of any user leads here. */
export class InternalError extends ElenchError {
  override readonly name = "InternalError";
  override readonly kind = "defect";
}
