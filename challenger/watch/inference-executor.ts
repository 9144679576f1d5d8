import { InferenceTrace } from "@elench/prover/inference-trace";
import type { Trace } from "@elench/prover/trace";
import type { Backend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import type { LoadedModel } from "@elench/tensor/load";

/** Executes the inferences of games. */
export interface InferenceExecutor {
  /** Runs the model. @returns the outputs' bytes */
  run(loaded: LoadedModel, inputs: readonly Uint8Array[]): readonly Uint8Array[];
  /** The virtual trace of the same inference. */
  trace(loaded: LoadedModel, inputs: readonly Uint8Array[]): Trace;
}

/** Runs the model natively, and makes a trace of an inference that is disputed. */
export const inferenceExecutor = (backend: Backend): InferenceExecutor => ({
  run: ({ model }, inputs) => new Session(model, backend).run(inputs),
  trace: ({ model, commitment }, inputs) => new InferenceTrace(model, commitment, backend, inputs),
});
