/** The decoder accepts what @ethereumjs/tx accepts, with the same fields. It is stricter only where the specification says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { keccak256 } from "@elench/merkle/tree";
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { bytesToBigInt, bytesToHex } from "@ethereumjs/util";
import { Transaction } from "ethers";
import { seededRandom } from "../trie/fixtures/random.ts";
import { CHAIN_ID, common, damaged, KEYS, randomTransaction, transaction } from "./fixtures/batches.ts";
import { signer } from "./signer.ts";
import { countAccessList, type Decoded, decodeTransaction, type Read } from "./transaction.ts";

const BEFORE = new Uint8Array(77).fill(0x5a);
const BEHIND = new Uint8Array(300).fill(0x01);

/** A transaction's fields, without the names and types of either decoder. */
interface Fields {
  readonly sender: bigint;
  readonly type: number;
  readonly nonce: bigint;
  readonly fees: readonly bigint[];
  readonly gasLimit: bigint;
  readonly to: bigint | null;
  readonly value: bigint;
  readonly data: string;
  readonly accessList: readonly number[];
}

/** Bytes around the transaction must not affect the result; reading them is an error. */
function ours(bytes: Uint8Array): Fields | null {
  const batch = concat(BEFORE, bytes, BEHIND);
  const [start, end] = [BEFORE.length, BEFORE.length + bytes.length];
  const read: Read = (offset, length) => {
    assert.ok(offset >= start && length >= 0 && offset + length <= end, "reads within the transaction");
    return batch.subarray(offset, offset + length);
  };
  const d = decodeTransaction(read, start, end, CHAIN_ID);
  const list = d && countAccessList(read, d.accessList, d.accessEnd);
  if (!d || !list) return null;
  const { prefix, offset, length, suffix } = d.signed;
  const sender = signer(d.signature, keccak256(concat(prefix, read(offset, length), suffix)));
  return sender === null ? null : fieldsOf(d, sender, read(d.dataOffset, d.dataLength), [list.addresses, list.slots]);
}

const fieldsOf = (d: Decoded, sender: bigint, data: Uint8Array, accessList: number[]): Fields => ({
  sender,
  type: d.type,
  nonce: d.nonce,
  fees: [d.maxFee, d.maxPriority],
  gasLimit: d.gasLimit,
  to: d.creates ? null : d.to,
  value: d.value,
  data: bytesToHex(data),
  accessList,
});

/** @returns null if the library refuses the bytes. */
function theirs(bytes: Uint8Array): Fields | null {
  try {
    const tx: TypedTransaction = createTxFromRLP(bytes, { common });
    if (!tx.isValid()) return null;
    const list = "accessList" in tx ? tx.accessList : [];
    return {
      sender: bytesToBigInt(tx.getSenderAddress().bytes),
      type: tx.type,
      nonce: tx.nonce,
      fees: "gasPrice" in tx ? [tx.gasPrice, tx.gasPrice] : [tx.maxFeePerGas, tx.maxPriorityFeePerGas],
      gasLimit: tx.gasLimit,
      to: tx.to ? bytesToBigInt(tx.to.bytes) : null,
      value: tx.value,
      data: bytesToHex(tx.data),
      accessList: [list.length, list.reduce((n, [, slots]) => n + slots.length, 0)],
    };
  } catch {
    return null;
  }
}

test("valid transactions of every type", () => {
  const random = seededRandom(1);
  for (let i = 0; i < 60; i++) {
    const bytes = randomTransaction(random, BigInt(random(2) * random(1000)), KEYS[i % 3] as Uint8Array);
    assert.deepEqual(ours(bytes), theirs(bytes) ?? assert.fail("the library takes it"), bytesToHex(bytes));
  }
});

test("damaged transactions are refused, or decode to the library's fields", () => {
  const random = seededRandom(2);
  const seen = { taken: 0, refused: 0 };
  for (let i = 0; i < 1200; i++) {
    let bytes = randomTransaction(random, BigInt(random(300)), KEYS[0] as Uint8Array);
    // Long data would take most of the damage.
    if (bytes.length > 600) continue;
    for (let n = 0; n <= random(2); n++) bytes = damaged(random, bytes);
    const fields = ours(bytes);
    seen[fields ? "taken" : "refused"]++;
    // The next test lists what else the library accepts.
    if (fields) assert.deepEqual(fields, theirs(bytes), bytesToHex(bytes));
    else assert.equal(differs(bytes), null, bytesToHex(bytes));
  }
  assert.ok(seen.taken > 50 && seen.refused > 200, JSON.stringify(seen));
});

/** Names bytes that the library accepts but would encode differently; null if it refuses them, or encodes them the same. */
function differs(bytes: Uint8Array): string | null {
  const fields = theirs(bytes);
  if (!fields) return null;
  const written = createTxFromRLP(bytes, { common }).serialize();
  return bytesToHex(written) === bytesToHex(bytes) ? "the library takes it" : null;
}

test("a prefix of a transaction, and a transaction with a byte appended, are refused", () => {
  const random = seededRandom(3);
  for (let i = 0; i < 12; i++) {
    const bytes = randomTransaction(random, 5n, KEYS[0] as Uint8Array);
    if (bytes.length > 1000) continue;
    for (let length = 0; length < bytes.length; length++) assert.equal(ours(bytes.subarray(0, length)), null);
    assert.equal(ours(concat(bytes, Uint8Array.of(0))), null);
  }
});

test("blob transactions and types that are not known are refused", () => {
  const bytes = transaction({ type: 2, nonce: 0n, to: `0x${"00".repeat(19)}aa` });
  assert.ok(ours(bytes));
  for (let type = 0; type < 256; type++)
    if (type !== 2) assert.equal(ours(Uint8Array.from([type, ...bytes.subarray(1)])), null);
});

/** By ethers, which shares no code with us; null if it refuses the bytes, or the chain id differs. */
function byEthers(bytes: Uint8Array): Fields | null {
  try {
    const tx = Transaction.from(bytesToHex(bytes));
    // A type 0 without EIP-155 names no chain.
    if (tx.from === null || (tx.chainId !== CHAIN_ID && !(tx.type === 0 && tx.chainId === 0n))) return null;
    if (tx.type !== 0 && tx.type !== 1 && tx.type !== 2) return null;
    const list = tx.accessList ?? [];
    return {
      sender: BigInt(tx.from),
      type: tx.type,
      nonce: BigInt(tx.nonce),
      fees:
        tx.type === 2 ? [tx.maxFeePerGas ?? 0n, tx.maxPriorityFeePerGas ?? 0n] : [tx.gasPrice ?? 0n, tx.gasPrice ?? 0n],
      gasLimit: tx.gasLimit,
      to: tx.to === null ? null : BigInt(tx.to),
      value: tx.value,
      data: tx.data,
      accessList: [list.length, list.reduce((n, { storageKeys }) => n + storageKeys.length, 0)],
    };
  } catch {
    return null;
  }
}

/** Whether ethers encodes it the same: ethers also accepts integers with leading zeros and trailing bytes. */
function isWrittenSo(bytes: Uint8Array): boolean {
  const tx = Transaction.from(bytesToHex(bytes));
  return tx.serialized === bytesToHex(bytes);
}

test("ethers reads the same fields, and recovers the same sender", () => {
  const random = seededRandom(4);
  const seen = { taken: 0, refused: 0, lax: 0 };
  for (let i = 0; i < 600; i++) {
    let bytes = randomTransaction(random, BigInt(random(300)), KEYS[i % 3] as Uint8Array);
    if (bytes.length > 600) continue;
    for (let n = random(3); n > 0; n--) bytes = damaged(random, bytes);
    const [fields, theirs] = [ours(bytes), byEthers(bytes)];
    if (fields || !theirs) assert.deepEqual(fields, theirs, bytesToHex(bytes));
    else assert.ok(!isWrittenSo(bytes) || !isBounded(theirs), `ethers takes it: ${bytesToHex(bytes)}`);
    seen[fields ? "taken" : theirs ? "lax" : "refused"]++;
  }
  assert.ok(seen.taken > 50 && seen.refused > 50, JSON.stringify(seen));
});

/** Bounds that ethers does not check: nonce and gas limit are below 2^64. */
const isBounded = ({ nonce, gasLimit }: Fields): boolean => nonce < 2n ** 64n && gasLimit < 2n ** 64n;
