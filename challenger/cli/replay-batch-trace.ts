import { batchInput } from "../../evm/batch/claim.ts";
import { Chain } from "../../evm/chain/chain.ts";
import { readGenesisFile } from "../../evm/chain/genesis.ts";
import { MissingModel, type Models } from "../../evm/native/models.ts";
import { BatchTrace } from "../../prover/batch-trace.ts";
import { EXIT, UserError } from "../errors.ts";
import { readBatchFile } from "./batch-file.ts";

/**
 * Executes a chain's first batches natively, and traces the last of them.
 * @param files batches from the first one on, in their order.
 * @throws UserError
 */
export async function traceBatchFiles(
  genesisFile: string,
  files: readonly string[],
  models: Models,
): Promise<BatchTrace> {
  const batches = files.map(readBatchFile);
  try {
    const genesis = readGenesisFile(genesisFile);
    const chain = await Chain.create(genesis, models);
    for (const bytes of batches.slice(0, -1)) await chain.append(bytes);
    const last = batches.at(-1) ?? new Uint8Array(0);
    const input = batchInput(genesis.chainId, genesis.batchGas, chain.before(chain.length), last);
    return await BatchTrace.run(input, chain.options);
  } catch (error) {
    if (error instanceof MissingModel) throw new UserError(error.message, EXIT.environment);
    throw error;
  }
}
