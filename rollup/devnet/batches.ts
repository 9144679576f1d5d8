import { InternalError } from "@elench/errors/internal-error";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { decodeTransaction } from "@elench/evm/batch/transaction";
import { BLOCK_HEADER_BYTES, TRANSACTION_LENGTH_BYTES } from "@elench/spec/evm/batch";
import { LIMIT } from "@elench/spec/evm/limits";
import type { SealedBlock, SealedTransaction } from "./chain.ts";

/** Limits of one batch. */
export interface BatchLimits {
  readonly chainId: bigint;
  /** Gas that one batch may use. Default: the most, 2^27. */
  readonly gas?: bigint;
  /** Bytes. A larger block becomes a batch of its own. */
  readonly maxBytes: number;
}

/** Fits one L1 transaction: nodes refuse transactions above 128 kB (geth's limit). */
export const L1_CALLDATA_BYTES = 120_000;

/**
 * Packs a chain's blocks into batches that lead to the same states. A batch is full if its bytes or its number of transactions would exceed the limit, or if
 * a transaction's gas limit would exceed the batch's remaining gas: the transaction would be dropped.
 */
export function toBatches(blocks: readonly SealedBlock[], limits: BatchLimits): Uint8Array[] {
  const { gas: most = LIMIT.BATCH_GAS } = limits;
  const batches: SealedBlock[][] = [];
  let [gas, bytes, count] = [0n, 0, 0];
  for (const block of blocks) {
    const isFull =
      batches.length === 0 ||
      bytes + sizeOf(block) > limits.maxBytes ||
      count + block.transactions.length > LIMIT.BATCH_TRANSACTIONS ||
      // Execution ignores transactions above a batch's maximum number.
      count === LIMIT.BATCH_TRANSACTIONS ||
      asked(block, limits.chainId) > most - gas;
    if (isFull) {
      batches.push([]);
      [gas, bytes, count] = [0n, 0, 0];
    }
    batches.at(-1)?.push(block);
    gas += block.gasUsed;
    bytes += sizeOf(block);
    count += block.transactions.length;
  }
  return batches.map((batch) =>
    encodeBatch(batch.map((block) => ({ ...block, transactions: block.transactions.map((t) => t.bytes) }))),
  );
}

const sizeOf = ({ transactions }: SealedBlock): number =>
  transactions.reduce((sum, { bytes }) => sum + TRANSACTION_LENGTH_BYTES + bytes.length, BLOCK_HEADER_BYTES);

/** The maximum, over the block's transactions, of the gas used before it plus its gas limit. */
function asked({ transactions }: SealedBlock, chainId: bigint): bigint {
  let most = 0n;
  for (const transaction of transactions) {
    const { cumulativeGas, receipt } = transaction;
    const open = cumulativeGas - receipt.gasUsed + gasLimitOf(transaction, chainId);
    if (open > most) most = open;
  }
  return most;
}

function gasLimitOf({ bytes }: SealedTransaction, chainId: bigint): bigint {
  const decoded = decodeTransaction(
    (offset, length) => bytes.subarray(offset, offset + length),
    0,
    bytes.length,
    chainId,
  );
  if (!decoded) throw new InternalError("a sealed transaction does not decode");
  return decoded.gasLimit;
}
