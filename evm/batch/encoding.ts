import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { BLOCK_HEADER, TRANSACTION_LENGTH_BYTES } from "@elench/spec/evm/batch";
import type { BlockHeader } from "../structures/layout.ts";

/** Batches as bytes: docs/evm-machine.md, "Batches, blocks, transactions". */

export interface BatchBlock extends BlockHeader {
  /** EIP-2718 bytes of each. */
  readonly transactions: readonly Uint8Array[];
}

const bytesOf = (value: bigint, size: number): Uint8Array => wordBytes(value).subarray(32 - size);

/** The concatenation of the blocks. */
export const encodeBatch = (blocks: readonly BatchBlock[]): Uint8Array =>
  concat(
    ...blocks.flatMap((block) => [
      encodeHeader(block, block.transactions.length),
      ...block.transactions.flatMap((bytes) => [bytesOf(BigInt(bytes.length), TRANSACTION_LENGTH_BYTES), bytes]),
    ]),
  );

const encodeHeader = (header: BlockHeader, count: number): Uint8Array =>
  concat(...BLOCK_HEADER.map(({ name, bytes }) => bytesOf(name === "count" ? BigInt(count) : header[name], bytes)));

type HeaderField = (typeof BLOCK_HEADER)[number]["name"];

/** @param bytes BLOCK_HEADER_BYTES of them. */
export function decodeHeader(bytes: Uint8Array): BlockHeader & { readonly count: number } {
  let at = 0;
  const fields = BLOCK_HEADER.map((field) => {
    const from = at;
    at += field.bytes;
    return [field.name, toBigInt(bytes.subarray(from, at))] as const;
  });
  const { count, ...header } = Object.fromEntries(fields) as Record<HeaderField, bigint>;
  return { ...header, count: Number(count) };
}
