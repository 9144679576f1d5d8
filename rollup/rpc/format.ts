import { toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import { nativeCommon } from "@elench/evm/reference/vm";
import type { Log } from "@ethereumjs/evm";
import { createTxFromRLP } from "@ethereumjs/tx";
import { bigIntToHex, type PrefixedHexString } from "@ethereumjs/util";
import { Bloom } from "@ethereumjs/vm";
import type { PendingTransaction } from "../devnet/admission.ts";
import type { SealedBlock, SealedTransaction } from "../devnet/chain.ts";

/** Blocks, transactions, receipts and logs as the execution API writes them. */

export const addressHex = (address: bigint): PrefixedHexString => toHex(wordBytes(address).subarray(12));
export const quantityHex = (value: bigint | number): PrefixedHexString => bigIntToHex(BigInt(value));

const ZERO_HASH = `0x${"00".repeat(32)}`;
/** keccak256 of the RLP of no uncles. */
const NO_UNCLES = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";

/**
 * This chain has no transaction trie, no receipt trie and no total difficulty: those fields are zero.
 * @param full whether the block contains whole transactions or their hashes.
 */
export function formatBlock(block: SealedBlock, full: boolean, chainId: bigint) {
  const size = block.transactions.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return {
    number: quantityHex(block.number),
    hash: toHex(block.hash),
    parentHash: toHex(block.parentHash),
    nonce: "0x0000000000000000",
    mixHash: toHex(wordBytes(block.prevRandao)),
    sha3Uncles: NO_UNCLES,
    logsBloom: bloomOf(block.transactions.flatMap(({ receipt }) => receipt.logs)),
    stateRoot: toHex(block.stateRoot),
    transactionsRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    miner: addressHex(block.coinbase),
    difficulty: "0x0",
    totalDifficulty: "0x0",
    extraData: "0x",
    size: quantityHex(size),
    gasLimit: quantityHex(block.gasLimit),
    gasUsed: quantityHex(block.gasUsed),
    timestamp: quantityHex(block.timestamp),
    baseFeePerGas: quantityHex(block.baseFee),
    uncles: [],
    transactions: block.transactions.map((t) => (full ? formatTransaction(t, block, chainId) : toHex(t.hash))),
  };
}

export function formatTransaction({ bytes, index, receipt }: SealedTransaction, block: SealedBlock, chainId: bigint) {
  return {
    ...transactionFields(bytes, receipt.sender, chainId),
    gasPrice: quantityHex(receipt.gasPrice),
    blockHash: toHex(block.hash),
    blockNumber: quantityHex(block.number),
    transactionIndex: quantityHex(index),
  };
}

/** A pending transaction. */
export const formatPending = ({ bytes, sender }: PendingTransaction, chainId: bigint) => ({
  ...transactionFields(bytes, sender, chainId),
  blockHash: null,
  blockNumber: null,
  transactionIndex: null,
});

function transactionFields(bytes: Uint8Array, sender: bigint, chainId: bigint) {
  const tx = createTxFromRLP(bytes, { common: nativeCommon(chainId), freeze: false });
  const { gasLimit, data, to, v, maxFeePerGas, ...rest } = tx.toJSON();
  return {
    ...rest,
    hash: toHex(tx.hash()),
    from: addressHex(sender),
    to: to ?? null,
    gas: gasLimit,
    input: data ?? "0x",
    v,
    ...(tx.type !== 0 && { yParity: v }),
    // A pending transaction has no effective gas price yet: the field is its maximum.
    ...(maxFeePerGas !== undefined && { maxFeePerGas, gasPrice: maxFeePerGas }),
  };
}

export function formatReceipt(transaction: SealedTransaction, block: SealedBlock, chainId: bigint) {
  const { receipt, bytes, hash, index, cumulativeGas } = transaction;
  const { type, to } = createTxFromRLP(bytes, { common: nativeCommon(chainId), freeze: false });
  return {
    type: quantityHex(type),
    status: receipt.success ? "0x1" : "0x0",
    transactionHash: toHex(hash),
    transactionIndex: quantityHex(index),
    blockHash: toHex(block.hash),
    blockNumber: quantityHex(block.number),
    from: addressHex(receipt.sender),
    to: to?.toString() ?? null,
    contractAddress: receipt.created === null ? null : addressHex(receipt.created),
    gasUsed: quantityHex(receipt.gasUsed),
    cumulativeGasUsed: quantityHex(cumulativeGas),
    effectiveGasPrice: quantityHex(receipt.gasPrice),
    logs: formatLogs(transaction, block),
    logsBloom: bloomOf(receipt.logs),
  };
}

export const formatLogs = ({ receipt, hash, index, firstLog }: SealedTransaction, block: SealedBlock) =>
  receipt.logs.map(([address, topics, data], i) => ({
    address: toHex(address),
    topics: topics.map((topic) => toHex(topic)),
    data: toHex(data),
    blockNumber: quantityHex(block.number),
    blockHash: toHex(block.hash),
    transactionHash: toHex(hash),
    transactionIndex: quantityHex(index),
    logIndex: quantityHex(firstLog + i),
    removed: false,
  }));

export type FormattedLog = ReturnType<typeof formatLogs>[number];

function bloomOf(logs: readonly Log[]): PrefixedHexString {
  const bloom = new Bloom();
  for (const [address, topics] of logs) for (const entry of [address, ...topics]) bloom.add(entry);
  return toHex(bloom.bitvector);
}
