import { EXIT, UserError } from "@elench/errors/user-error";
import type { NativeBatch } from "@elench/evm/batch/native-batch";
import { Chain } from "@elench/evm/chain/chain";
import { readGenesisFile } from "@elench/evm/chain/genesis";
import { MissingModel, type Models } from "@elench/evm/inference/models";
import { BatchTrace } from "@elench/prover/batch-trace";
import { readBatchFile } from "../input/batch-file.ts";

/**
 * Executes a chain's first batches natively, and traces the last of them.
 * @param files all batches from the first one on, in order.
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
