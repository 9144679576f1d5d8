import type { Outside } from "../machine/machine.ts";
import { keeping } from "../machine/outside.ts";
import type { NativeBatchOptions } from "./batch.ts";

/** What a machine is given that steps through what can be run natively with the same options. */
export const outsideOf = ({ state, models, l1Bounds = true }: NativeBatchOptions): Outside =>
  keeping({
    node: state.nodes,
    code: state.codes,
    infer: (modelId, input) => {
      if (!models) throw new Error("a contract calls a model, and no models were given");
      return models.infer(modelId, input);
    },
    bounded: l1Bounds,
  });
