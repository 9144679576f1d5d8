import { toBigInt } from "@elench/bytes/words";
import { TRANSACTION_WINDOW } from "@elench/spec/evm/batch";

/**
 * Strict RLP (Yellow Paper, appendix B) in a window of a transaction. An item that does not fit in the window is malformed: a window is as long as the longest valid content, and ends where the
 * transaction does.
 */
export interface Item {
  readonly isList: boolean;
  /** Offset of the content in the window. */
  readonly start: number;
  /** Length of the content in bytes. It may extend beyond the window. */
  readonly length: number;
}

/** Parses an item's header. @returns null if it is missing or not in its shortest form. */
export function readItem(window: Uint8Array, at: number): Item | null {
  if (at >= window.length) return null;
  const first = window[at] as number;
  if (first < 0x80) return { isList: false, start: at, length: 1 };
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  if (short < 56) {
    const start = at + 1;
    // A single byte under 0x80 is its own encoding.
    if (!isList && short === 1 && !(start < window.length && (window[start] as number) >= 0x80)) return null;
    return { isList, start, length: short };
  }
  const start = at + 1 + short - 55;
  if (start > at + TRANSACTION_WINDOW.HEADER_BYTES || start > window.length || window[at + 1] === 0) return null;
  const length = Number(toBigInt(window.subarray(at + 1, start)));
  return length < 56 ? null : { isList, start, length };
}

/** Reads consecutive items. */
export class Reader {
  readonly window: Uint8Array;
  at: number;
  /** Becomes false at the first malformed item, and stays false. */
  valid = true;

  constructor(window: Uint8Array, at = 0) {
    this.window = window;
    this.at = at;
  }

  /** A string's content of at most `limit` bytes; empty if it is malformed. */
  string(limit: number): Uint8Array {
    const item = readItem(this.window, this.at);
    if (!item || item.isList || item.length > limit || item.start + item.length > this.window.length)
      return this.#invalid();
    this.at = item.start + item.length;
    return this.window.subarray(item.start, this.at);
  }

  /** An integer without leading zeros, of at most `limit` bytes. */
  integer(limit: number): bigint {
    const bytes = this.string(limit);
    if (bytes[0] === 0) this.#invalid();
    return toBigInt(bytes);
  }

  /** Reads past the header of a string or list. */
  header(isList: boolean): Item {
    const item = readItem(this.window, this.at);
    if (!item || item.isList !== isList) {
      this.#invalid();
      return { isList, start: this.at, length: 0 };
    }
    this.at = item.start;
    return item;
  }

  #invalid(): Uint8Array {
    this.valid = false;
    return new Uint8Array(0);
  }
}

/** The header of a list. @param length of its content in bytes, below 2^32. */
export function listHeader(length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(0xc0 + length);
  const bytes = integerBytes(BigInt(length));
  return Uint8Array.of(0xf7 + bytes.length, ...bytes);
}

/** An integer of at most 55 bytes. */
export function encodeInteger(value: bigint): Uint8Array {
  if (value > 0n && value < 0x80n) return Uint8Array.of(Number(value));
  const bytes = integerBytes(value);
  return Uint8Array.of(0x80 + bytes.length, ...bytes);
}

function integerBytes(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return bytes;
}
