import { ElenchError } from "@elench/errors/elench-error";

/** Bytes that encode no instruction, or an instruction that has no encoding. */
export class EncodingError extends ElenchError {
  override readonly name = "EncodingError";
  override readonly kind = "input";
}
