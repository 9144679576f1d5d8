import { ElenchError } from "@elench/errors/elench-error";

/** Bytes do not encode an instruction, or an instruction has no encoding. */
export class EncodingError extends ElenchError {
  override readonly name = "EncodingError";
  override readonly kind = "input";
}
