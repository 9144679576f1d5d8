import { EXIT, UserError } from "@elench/errors/user-error";
import type { BatchInput } from "../batch/claim.ts";
import type { NativeBatch } from "../batch/native-batch.ts";
import { Engine, isEngineBuilt } from "../engine/engine.ts";
import type { Models } from "../inference/models.ts";
import { runReferenceBatch } from "../reference/batch.ts";
import type { NativeState } from "../reference/state.ts";

/** Who executes batches: the native engine, or @ethereumjs/vm, which is several times as slow. Both reach the same outputs. */
export const EVMS = ["native", "reference"] as const;
export type Evm = (typeof EVMS)[number];

/** The native engine, if it is built for this host. */
export const defaultEvm = (): Evm => (isEngineBuilt() ? "native" : "reference");

/** Executes a batch on the state after the previous one, and leaves the state at the one after it. @throws MissingModel */
export type Execute = (input: BatchInput) => Promise<NativeBatch>;

/** @throws UserError if the engine is asked for and not built. */
export function executorOf(evm: Evm, state: NativeState, models: Models | undefined): Execute {
  if (evm === "reference") return (input) => runReferenceBatch(input, { state, ...(models && { models }) });
  if (!isEngineBuilt())
    throw new UserError("the native EVM engine is not built for this host; use --evm reference", EXIT.environment);
  const engine = new Engine({ store: state.store, ...(models && { models }) });
  return async (input) => {
    const batch = engine.execute(input);
    await state.manager.setStateRoot(batch.next.stateRoot);
    return batch;
  };
}
