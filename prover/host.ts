import { InternalError } from "@elench/errors/internal-error";
import { type Host, keeping } from "@elench/evm/machine/state/host";
import type { NativeBatchOptions } from "@elench/evm/native/batch";

/** What a machine is given that steps through what can be run natively with the same options. */
export const hostOf = ({ state, models, l1Bounds = true }: NativeBatchOptions): Host =>
  keeping({
    node: state.nodes,
    code: state.codes,
    infer: (modelId, input) => {
      if (!models) throw new InternalError("a contract calls a model, and no models were given");
      return models.infer(modelId, input);
    },
    bounded: l1Bounds,
  });
