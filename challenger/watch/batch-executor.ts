import { toHex } from "@elench/bytes/hex";
import { InternalError } from "@elench/errors/internal-error";
import type { Chain } from "@elench/evm/chain/chain";
import type { Hash } from "@elench/merkle/tree";
import { BatchTrace } from "@elench/prover/batch-trace";

/** Executes the batches of games. */
export interface BatchExecutor {
  /** The output of a batch. @param index of a batch that the chain has executed. */
  output(chain: Chain, index: number): Hash;
  /** The virtual trace of the same batch. */
  trace(chain: Chain, index: number): BatchTrace;
}

/** Uses native execution, and makes a trace of a batch that is disputed. */
export const batchExecutor: BatchExecutor = {
  output: (chain, index) => chain.batch(index).native.output,
  trace(chain, index) {
    const { input, native } = chain.batch(index);
    const trace = new BatchTrace(input, chain.options);
    const [stepped, executed] = [toHex(trace.output), toHex(native.output)];
    // INVARIANT: if the two executors disagree, no bond is staked on either output, because one of them is wrong.
    if (stepped !== executed)
      throw new InternalError(
        `batch ${index} leads to ${executed} natively, and to ${stepped} in steps: one of them is wrong. No game about it is played; report this defect with the batch`,
      );
    return trace;
  },
};
