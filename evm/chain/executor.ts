import type { BatchInput } from "../batch/claim.ts";
import type { NativeBatch } from "../batch/native-batch.ts";
import { Engine } from "../engine/engine.ts";
import type { Models } from "../inference/models.ts";
import { runReferenceBatch } from "../reference/batch.ts";
import type { NativeState } from "../reference/state.ts";

/** Who executes batches: the engine, or @ethereumjs/vm, which is tens of times as slow. Both reach the same outputs. */
export const EVMS = ["native", "reference"] as const;
export type Evm = (typeof EVMS)[number];

/** Executes a batch on the state after the previous one, and leaves the state at the one after it. @throws MissingModel */
export type Execute = (input: BatchInput) => Promise<NativeBatch>;

export function executorOf(evm: Evm, state: NativeState, models: Models | undefined): Execute {
  if (evm === "reference") return (input) => runReferenceBatch(input, { state, ...(models && { models }) });
  const engine = new Engine({ store: state.store, ...(models && { models }) });
  return async (input) => {
    const batch = await engine.run(input);
    await state.manager.setStateRoot(batch.next.stateRoot);
    return batch;
  };
}
