import { encodeBatch } from "@elench/evm/batch/encoding";
import { LIMIT } from "@elench/spec/evm/limits";
import type { Batch, Signed } from "../contenders/contender.ts";

/** The chain that all contenders execute. Its base fee is 0, which EIP-1559 never changes, so that blocks do not depend on those before. */

export const CHAIN_ID = 4_242n;
/** Of a block, and of a batch. */
export const BLOCK_GAS = Number(LIMIT.BATCH_GAS);
export const BASE_FEE = 0n;
/** The account that the fees go to. */
export const COINBASE = 0xc0ffeen;
const FIRST_TIMESTAMP = 1_800_000_000n;
/** Seconds between two blocks. */
const PERIOD = 10n;

/** @param number of the block, from 1. */
export function batchOf(number: number, transactions: readonly Signed[]): Batch {
  if (transactions.length > LIMIT.BATCH_TRANSACTIONS)
    throw new RangeError(
      `a batch of ${transactions.length} transactions: it may have ${LIMIT.BATCH_TRANSACTIONS}; lower --gas`,
    );
  const timestamp = FIRST_TIMESTAMP + PERIOD * BigInt(number);
  const bytes = encodeBatch([
    {
      timestamp,
      gasLimit: BigInt(BLOCK_GAS),
      baseFee: BASE_FEE,
      blobBaseFee: 1n,
      coinbase: COINBASE,
      prevRandao: 0n,
      transactions: transactions.map((transaction) => transaction.bytes),
    },
  ]);
  return { bytes, timestamp, transactions };
}
