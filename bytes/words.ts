/** Content of a 32-byte word: an integer 0 … 2^256 − 1, a boolean (1 or 0), or 32 bytes. */
export type Word = bigint | number | boolean | Uint8Array;

/** Writes a word at a position, big-endian. */
export function putWord(to: Uint8Array, at: number, word: Word): void {
  if (typeof word === "object") {
    to.set(word, at);
    return;
  }
  let rest = BigInt(word);
  const view = new DataView(to.buffer, to.byteOffset);
  for (let i = 24; i >= 0 && rest > 0n; i -= 8) {
    view.setBigUint64(at + i, rest & 0xffffffffffffffffn);
    rest >>= 64n;
  }
}

/** Concatenates words, 32 bytes each. */
export function joinWords(words: readonly Word[]): Uint8Array {
  const joined = new Uint8Array(32 * words.length);
  for (const [i, word] of words.entries()) putWord(joined, 32 * i, word);
  return joined;
}

/** An integer as 32 big-endian bytes. */
export const wordBytes = (word: Word): Uint8Array => joinWords([word]);

/** The big-endian integer of up to 32 bytes. */
export function toBigInt(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

export const isZero = (hash: Uint8Array): boolean => hash.every((byte) => byte === 0);

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
