import { toHex } from "@elench/bytes/hex";
import { InternalError } from "@elench/errors/internal-error";
import type { Chain } from "@elench/evm/chain/chain";
import type { Hash } from "@elench/merkle/tree";
import { BatchTrace } from "@elench/prover/batch-trace";

/** Executes the batches that games are about. */
export interface BatchExecutor {
  /** What a batch leads to. @param index of a batch that the chain has executed. */
  output(chain: Chain, index: number): Hash;
  /** The virtual trace of the same batch. */
  trace(chain: Chain, index: number): BatchTrace;
}

/** What native execution says, and a trace where somebody disagrees. */
export const batchExecutor: BatchExecutor = {
  output: (chain, index) => chain.batch(index).native.output,
  trace(chain, index) {
    const { input, native } = chain.batch(index);
    const trace = new BatchTrace(input, chain.options);
    const [stepped, executed] = [toHex(trace.output), toHex(native.output)];
    // INVARIANT: where two executors disagree, one of them is wrong, and nobody's bond is staked on either.
    if (stepped !== executed)
      throw new InternalError(
        `batch ${index} leads to ${executed} natively, and to ${stepped} in steps: one of them is wrong. Play no game about it, and report this with the batch`,
      );
    return trace;
  },
};
