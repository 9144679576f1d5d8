import { Chain } from "../../evm/chain/chain.ts";
import { readGenesisFile } from "../../evm/chain/genesis.ts";
import type { NativeBatch } from "../../evm/native/batch.ts";
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
): Promise<{ readonly trace: BatchTrace; readonly native: NativeBatch }> {
  const batches = files.map(readBatchFile);
  try {
    const chain = await Chain.create(readGenesisFile(genesisFile), models);
    for (const bytes of batches) await chain.append(bytes);
    const { input, native } = chain.batch(chain.length - 1);
    return { trace: new BatchTrace(input, chain.options), native };
  } catch (error) {
    if (error instanceof MissingModel) throw new UserError(error.message, EXIT.environment);
    throw error;
  }
}
