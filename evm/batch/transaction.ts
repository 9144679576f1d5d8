import { concat } from "@elench/bytes/concat";
import { toBigInt } from "@elench/bytes/words";
import { TRANSACTION_WINDOW } from "@elench/spec/evm/batch";
import { LIMIT } from "@elench/spec/evm/limits";
import type { Envelope } from "../structures/layout.ts";
import { encodeInteger, listHeader, Reader } from "./rlp.ts";

/**
 * Decodes the transactions of a batch (EIPs 155, 2718, 2930, 1559) strictly: docs/evm-machine.md, "Batches, blocks, transactions". Positions are offsets in the batch.
 * The step DECODE and native execution share this function; they differ in `read`.
 */
export interface Decoded extends Omit<Envelope, "data" | "intrinsic"> {
  readonly dataOffset: number;
  readonly dataLength: number;
  readonly signature: Signature;
  readonly signed: Signed;
}

export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
  readonly parity: number;
}

/** The signed message: prefix ‖ `length` bytes of the batch from `offset` ‖ suffix. */
export interface Signed {
  readonly prefix: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly suffix: Uint8Array;
}

/** Reads bytes of the batch, within the transaction. */
export type Read = (offset: number, length: number) => Uint8Array;

const { HEAD_BYTES, TAIL_BYTES, HEADER_BYTES, ACCESS_ENTRY_BYTES, ACCESS_SLOT_BYTES } = TRANSACTION_WINDOW;

/**
 * The fields of the transaction in bytes start … end − 1, except the content of the access list.
 * @returns null if the bytes are not a transaction of this chain.
 */
export function decodeTransaction(read: Read, start: number, end: number, chainId: bigint): Decoded | null {
  const window = (from: number, length: number): Uint8Array => read(from, Math.min(length, end - from));

  const head = window(start, HEAD_BYTES);
  const first = head[0] ?? 0;
  const type = first < 0x80 ? first : 0;
  if (first < 0x80 && type !== 1 && type !== 2) return null;
  const fields = new Reader(head, type === 0 ? 0 : 1);
  const list = fields.header(true);
  if (!fields.valid || start + list.start + list.length !== end) return null;
  if (type !== 0 && fields.integer(32) !== chainId) return null;
  const nonce = fields.integer(8);
  const maxPriority = fields.integer(32);
  const maxFee = type === 2 ? fields.integer(32) : maxPriority;
  const gasLimit = fields.integer(8);
  const to = fields.string(20);
  const value = fields.integer(32);
  const data = fields.header(false);
  if (!fields.valid || (to.length !== 0 && to.length !== 20)) return null;
  const dataOffset = start + data.start;
  const dataEnd = dataOffset + data.length;
  if (dataEnd > end || (to.length === 0 && data.length > LIMIT.INITCODE_BYTES)) return null;

  let [accessList, accessEnd] = [0, 0];
  if (type !== 0) {
    const header = new Reader(window(dataEnd, HEADER_BYTES));
    const items = header.header(true);
    accessList = dataEnd + items.start;
    accessEnd = accessList + items.length;
    if (!header.valid || accessEnd > end) return null;
  }

  const signedEnd = type === 0 ? dataEnd : accessEnd;
  const tail = new Reader(window(signedEnd, TAIL_BYTES));
  const v = tail.integer(32);
  const r = tail.integer(32);
  const s = tail.integer(32);
  if (!tail.valid || signedEnd + tail.at !== end) return null;
  const bound = type === 0 && v !== 27n && v !== 28n;
  const even = type !== 0 ? 0n : bound ? 35n + 2n * chainId : 27n;
  if (v !== even && v !== even + 1n) return null;

  const offset = start + list.start;
  const length = signedEnd - offset;
  const suffix = bound ? concat(encodeInteger(chainId), Uint8Array.of(0x80, 0x80)) : new Uint8Array(0);
  const header = listHeader(length + suffix.length);
  const prefix = type === 0 ? header : Uint8Array.of(type, ...header);
  return {
    type,
    nonce,
    maxFee,
    maxPriority,
    gasLimit,
    creates: to.length === 0,
    to: toBigInt(to),
    value,
    dataOffset,
    dataLength: data.length,
    accessList,
    accessEnd,
    signature: { r, s, parity: Number(v - even) },
    signed: { prefix, offset, length, suffix },
  };
}

/** An address of an access list, with the position of its slot numbers. */
export interface AccessEntry {
  readonly address: bigint;
  readonly slots: number;
  readonly slotsEnd: number;
}

/** A slot's number, with its header. */
export const SLOT_BYTES = ACCESS_SLOT_BYTES;
/** An item of 32 bytes. */
const SLOT_HEADER = 0xa0;

/** The access-list entry at a position. @param end of the list. */
export function readAccessEntry(read: Read, at: number, end: number): AccessEntry | null {
  const reader = new Reader(read(at, Math.min(ACCESS_ENTRY_BYTES, end - at)));
  const entry = reader.header(true);
  const address = reader.string(20);
  const slots = reader.header(true);
  const slotsEnd = at + slots.start + slots.length;
  if (!reader.valid || address.length !== 20) return null;
  if (slotsEnd > end || slotsEnd !== at + entry.start + entry.length) return null;
  return { address: toBigInt(address), slots: at + slots.start, slotsEnd };
}

/** The slot number at a position. @param end of the list of slots. */
export function readAccessSlot(read: Read, at: number, end: number): bigint | null {
  const item = read(at, Math.min(ACCESS_SLOT_BYTES, end - at));
  return item.length === ACCESS_SLOT_BYTES && item[0] === SLOT_HEADER ? toBigInt(item.subarray(1)) : null;
}

/** Counts the addresses and slots of an access list. @returns null if it is malformed. */
export function countAccessList(read: Read, start: number, end: number): { addresses: number; slots: number } | null {
  const counted = { addresses: 0, slots: 0 };
  for (let at = start; at < end; ) {
    const entry = readAccessEntry(read, at, end);
    if (!entry) return null;
    counted.addresses++;
    for (at = entry.slots; at < entry.slotsEnd; at += ACCESS_SLOT_BYTES) {
      if (readAccessSlot(read, at, entry.slotsEnd) === null) return null;
      counted.slots++;
    }
  }
  return counted;
}
