import { concat } from "@elench/bytes/concat";

/** Paths in the trie: one nibble per element. Their compact form is the hex-prefix encoding of the Yellow Paper, appendix C. */

/** @returns 0 … 15 each, the high nibble of a byte first. */
export function nibblesOf(bytes: Uint8Array): Uint8Array {
  const nibbles = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    nibbles[2 * i] = byte >> 4;
    nibbles[2 * i + 1] = byte & 15;
  }
  return nibbles;
}

/** @param nibbles an even number of them. */
export function bytesOf(nibbles: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: nibbles.length / 2 }, (_, i) => (nibbles[2 * i]! << 4) | nibbles[2 * i + 1]!);
}

/** Length of the common prefix, in nibbles. */
export function commonLength(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** First nibble: 2 for a leaf, plus 1 if the number of nibbles is odd; then a zero nibble if it is even; then the path. */
export function compactPath(path: Uint8Array, leaf: boolean): Uint8Array {
  const odd = path.length & 1;
  const flag = (leaf ? 2 : 0) | odd;
  return bytesOf(concat(Uint8Array.from(odd ? [flag] : [flag, 0]), path));
}

export function expandPath(compact: Uint8Array): { path: Uint8Array; leaf: boolean } {
  const nibbles = nibblesOf(compact);
  const flag = nibbles[0] ?? 0;
  return { path: nibbles.subarray(flag & 1 ? 1 : 2), leaf: (flag & 2) !== 0 };
}
