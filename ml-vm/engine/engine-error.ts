import { ElenchError } from "@elench/errors/elench-error";

/** The engine that was asked for is not there, or has no room for a model. */
export class EngineError extends ElenchError {
  override readonly name = "EngineError";
  override readonly kind = "environment";
}
