import { batchInput } from "../../evm/batch/claim.ts";
import { Chain } from "../../evm/chain/chain.ts";
import { GenesisError, readGenesisFile } from "../../evm/chain/genesis.ts";
import { MissingModel, type Models } from "../../evm/native/models.ts";
import { BatchTrace } from "../../prover/batch-trace.ts";
import { EXIT, UserError } from "../errors.ts";
import { toBytes } from "../strategy/bytes.ts";
import { readInput } from "./model-file.ts";

/** The machine has no room for more (docs/evm-machine.md). */
const MAX_BATCH_BYTES = 2 ** 27;

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
  const batches = files.map(readBatch);
  try {
    const genesis = readGenesisFile(genesisFile);
    const chain = await Chain.create(genesis, models);
    for (const bytes of batches.slice(0, -1)) await chain.append(bytes);
    const last = batches.at(-1) ?? new Uint8Array(0);
    const input = batchInput(genesis.chainId, genesis.batchGas, chain.before(chain.length), last);
    return await BatchTrace.run(input, chain.options);
  } catch (error) {
    if (error instanceof GenesisError) throw new UserError(error.message);
    if (error instanceof MissingModel) throw new UserError(error.message, EXIT.environment);
    throw error;
  }
}

/** A batch's bytes as they stand, or in hexadecimal. */
function readBatch(file: string): Uint8Array {
  const bytes = readInput(file);
  if (bytes.length === 0) throw new UserError(`${file} is empty: a batch has at least a block`);
  const batch = decodeHex(bytes) ?? bytes;
  if (batch.length >= MAX_BATCH_BYTES)
    throw new UserError(`${file} holds ${batch.length} bytes, and a batch has fewer than ${MAX_BATCH_BYTES}`);
  return batch;
}

const FIRST_LINE = 64;

/** @returns null for what is no text of hexadecimal digits: a block begins with zeros, so no batch is such a text by chance. */
function decodeHex(bytes: Uint8Array): Uint8Array | null {
  const isHex = (text: string) => /^\s*(0x)?[\da-f\s]*$/i.test(text);
  if (!isHex(latin1(bytes.subarray(0, FIRST_LINE)))) return null;
  const digits = latin1(bytes).replace(/\s/g, "");
  return /^(0x)?([\da-f]{2})+$/i.test(digits) ? toBytes(`0x${digits.replace(/^0x/i, "")}`) : null;
}

const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
