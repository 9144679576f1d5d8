import { ElenchError } from "@elench/errors/elench-error";

/** The requested engine is not available, or has too little memory for a model. */
export class EngineError extends ElenchError {
  override readonly name = "EngineError";
  override readonly kind = "environment";
}
