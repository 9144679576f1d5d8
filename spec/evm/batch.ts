import { type Constants, valuesOf } from "./constants.ts";

/** The header of a block in a batch: fields in their order, big-endian. Its `count` transactions follow. */
export const BLOCK_HEADER = [
  { name: "timestamp", bytes: 8 },
  { name: "gasLimit", bytes: 8 },
  { name: "baseFee", bytes: 32 },
  { name: "blobBaseFee", bytes: 32 },
  { name: "coinbase", bytes: 20 },
  { name: "prevRandao", bytes: 32 },
  { name: "count", bytes: 4 },
] as const;

export const BLOCK_HEADER_BYTES = BLOCK_HEADER.reduce((sum, { bytes }) => sum + bytes, 0);

/** Size of the length field before a transaction. */
export const TRANSACTION_LENGTH_BYTES = 4;

/** The words of a block's hash, by their names in Block. */
export const BLOCK_HASH = [
  "number",
  "timestamp",
  "gasLimit",
  "baseFee",
  "blobBaseFee",
  "coinbase",
  "prevRandao",
  "gasUsed",
  "receipts",
  "stateRoot",
] as const;

/** Windows in which a transaction is parsed, each as long as its longest valid content. */
export const TRANSACTION_WINDOWS = {
  HEAD_BYTES: [
    183,
    "type, list header, every field up to the data, its header, one byte of it: 1 + 5 + 33 + 9 + 33 + 33 + 9 + 21 + 33 + 5 + 1",
  ],
  TAIL_BYTES: [99, "v, r and s, with their headers"],
  HEADER_BYTES: [5, "an RLP header: longer content does not fit in a batch"],
  ACCESS_ENTRY_BYTES: [31, "an item of the access list up to its slots: two headers, and an address with its own"],
  ACCESS_SLOT_BYTES: [33, "a slot's number, with its header"],
} as const satisfies Constants;

export const TRANSACTION_WINDOW = valuesOf(TRANSACTION_WINDOWS);

/** The curve of transaction signatures. */
export const SIGNATURES = {
  SECP256K1_ORDER: [0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n, "SEC 2, 2.4.1"],
  MAX_S: [0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n, "EIP-2: half the order"],
} as const satisfies Constants;

export const SIGNATURE = valuesOf(SIGNATURES);
