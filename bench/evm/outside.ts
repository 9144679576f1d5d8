import type { Chain } from "../../evm/chain/chain.ts";
import type { Outside } from "../../evm/machine/machine.ts";
import { keeping } from "../../evm/machine/outside.ts";

/** What a machine that steps through a chain's batches is given. */
export function outsideOf({ options: { state, models } }: Chain): Outside {
  return keeping({
    node: state.nodes,
    code: state.codes,
    infer: (id, input) => {
      if (!models) throw new Error("a contract calls a model, and the chain has none");
      return models.infer(id, input);
    },
    bounded: true,
  });
}
