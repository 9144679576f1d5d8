import { InternalError } from "@elench/errors/internal-error";
import { type Host, keeping } from "@elench/evm/machine/state/host";
import type { ReferenceBatchOptions } from "@elench/evm/reference/batch";

/** The host of a machine that steps through a batch, from the options of its native execution. */
export const hostOf = ({ state, models, l1Bounds = true }: ReferenceBatchOptions): Host =>
  keeping({
    node: state.nodes,
    code: state.codes,
    infer: (modelId, input) => {
      if (!models) throw new InternalError("a contract calls a model, and no models were given");
      return models.infer(modelId, input);
    },
    bounded: l1Bounds,
  });
