import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";

import type { BlockHeader } from "../structures/layout.ts";
/** Batches as bytes: docs/evm-machine.md, "Batches, blocks, transactions". */

export interface BatchBlock extends BlockHeader {
  /** EIP-2718 bytes of each. */
  readonly transactions: readonly Uint8Array[];
}

export const BLOCK_HEADER_BYTES = 136;
/** Before a transaction stands how many bytes it has. */
export const LENGTH_BYTES = 4;
/** The rest of a batch is ignored. */
export const BATCH_TRANSACTIONS = 4095;

const bytesOf = (value: bigint, size: number): Uint8Array => wordBytes(value).subarray(32 - size);

/** Blocks one after the other. */
export const encodeBatch = (blocks: readonly BatchBlock[]): Uint8Array =>
  concat(
    ...blocks.flatMap((block) => [
      encodeHeader(block, block.transactions.length),
      ...block.transactions.flatMap((bytes) => [bytesOf(BigInt(bytes.length), LENGTH_BYTES), bytes]),
    ]),
  );

const encodeHeader = (header: BlockHeader, count: number): Uint8Array =>
  concat(
    bytesOf(header.timestamp, 8),
    bytesOf(header.gasLimit, 8),
    bytesOf(header.baseFee, 32),
    bytesOf(header.blobBaseFee, 32),
    bytesOf(header.coinbase, 20),
    bytesOf(header.prevRandao, 32),
    bytesOf(BigInt(count), 4),
  );

/** @param bytes 136 of them. */
export function decodeHeader(bytes: Uint8Array): BlockHeader & { readonly count: number } {
  const field = (from: number, to: number): bigint => toBigInt(bytes.subarray(from, to));
  return {
    timestamp: field(0, 8),
    gasLimit: field(8, 16),
    baseFee: field(16, 48),
    blobBaseFee: field(48, 80),
    coinbase: field(80, 100),
    prevRandao: field(100, 132),
    count: Number(field(132, 136)),
  };
}
