import { type BatchFault, tamperingOf } from "@elench/prover/batch-fault";
import { type Fault, FaultyTrace } from "@elench/prover/fault";
import type { Backend } from "@elench/tensor/engine/backend";
import type { LoadedModel } from "@elench/tensor/load";
import type { AgentOptions } from "./agent.ts";

/** What makes an agent believe in something false, and stand by it as well as the honest stand by the truth: for tests and for the demo. */

/** One bit of every inference is wrong. */
export function inferenceLiar(backend: Backend, fault: Fault): Required<Pick<AgentOptions, "trace" | "infer">> {
  const trace = ({ model, commitment }: LoadedModel, inputs: readonly Uint8Array[]) =>
    new FaultyTrace(model, commitment, backend, inputs, fault);
  return { trace, infer: (loaded, inputs) => trace(loaded, inputs).outputs };
}

/** One step of one batch is wrong. */
export const batchLiar = (batch: number, fault: BatchFault): Required<Pick<AgentOptions, "lie">> => ({
  lie: { batch, tamper: (trace) => tamperingOf(trace, fault) },
});

/** One bit of every inference that one batch asks for is wrong. */
export const batchInferenceLiar = (backend: Backend, batch: number, fault: Fault): Partial<AgentOptions> => ({
  ...inferenceLiar(backend, fault),
  lie: { batch },
});
