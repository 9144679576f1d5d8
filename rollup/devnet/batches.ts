import { InternalError } from "@elench/errors/internal-error";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { decodeTransaction } from "@elench/evm/batch/transaction";
import { BLOCK_HEADER_BYTES, TRANSACTION_LENGTH_BYTES } from "@elench/spec/evm/batch";
import { LIMIT } from "@elench/spec/evm/limits";
import type { SealedBlock, SealedTransaction } from "./chain.ts";

/** What one batch can hold. */
export interface BatchLimits {
  readonly chainId: bigint;
  /** Gas that one batch may use. */
  readonly batchGas: bigint;
  /** A block that alone is larger is a batch by itself. */
  readonly maxBytes: number;
}

/** What one transaction to L1 carries with room to spare: nodes take 128 kB (geth's limit on transactions). */
export const L1_CALLDATA_BYTES = 120_000;

/**
 * A chain's blocks as batches that lead to the same states. A batch is full where its bytes or its number of transactions would pass the limit, or where
 * a transaction would ask for more gas than is left to the batch: there it would be dropped.
 */
export function toBatches(blocks: readonly SealedBlock[], limits: BatchLimits): Uint8Array[] {
  const batches: SealedBlock[][] = [];
  let [gas, bytes, count] = [0n, 0, 0];
  for (const block of blocks) {
    const isFull =
      batches.length === 0 ||
      bytes + sizeOf(block) > limits.maxBytes ||
      count + block.transactions.length > LIMIT.BATCH_TRANSACTIONS ||
      // What follows the last transaction that a batch takes is not read.
      count === LIMIT.BATCH_TRANSACTIONS ||
      asked(block, limits.chainId) > limits.batchGas - gas;
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

/** The most gas that stands open at any of the block's transactions: what was used before it, and its limit. */
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
