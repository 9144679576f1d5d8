/** @throws RangeError if the length is not the expected one. */
export function expectLength(what: string, bytes: Uint8Array, expected: number): void {
  if (bytes.length !== expected) throw new RangeError(`${what} has ${bytes.length} bytes: it must have ${expected}`);
}

/** @throws RangeError if the last block is not whole. */
export function expectBlocks(blocks: Uint8Array, size: number): void {
  if (blocks.length % size !== 0)
    throw new RangeError(`${blocks.length} bytes are not whole blocks of ${size}: pad the message first`);
}

/**
 * Offset of each block.
 * @throws RangeError if the last block is not whole.
 */
export function* blockStarts(blocks: Uint8Array, size: number): Generator<number> {
  expectBlocks(blocks, size);
  for (let start = 0; start < blocks.length; start += size) yield start;
}

/** Big- or little-endian words of 32 bits. */
export function readWords(bytes: Uint8Array, start: number, into: Uint32Array, littleEndian: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < into.length; i++) into[i] = view.getUint32(start + 4 * i, littleEndian);
}

/** The words as bytes, followed by zeros up to `length`. */
export function wordsToBytes(words: Uint32Array, length: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, littleEndian);
  return bytes;
}
