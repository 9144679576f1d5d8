/** Messages for the tests of hashes, and their hashing in parts. */

export interface BlockHash {
  readonly initial: Uint8Array;
  readonly blockBytes: number;
  readonly absorb: (state: Uint8Array, blocks: Uint8Array) => Uint8Array;
  readonly pad: (tail: Uint8Array, totalLength: number) => Uint8Array;
}

export const randomBytes = (random: () => number, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random());

/** Every length up to 300, which is past two blocks of each hash, and some long ones. */
export function* messages(random: () => number): Generator<Uint8Array> {
  for (let length = 0; length <= 300; length++) yield randomBytes(random, length);
  for (const length of [136 * 50, 64 * 100 - 1, 10_007]) yield randomBytes(random, length);
}

/** The final state, the whole blocks absorbed so many at a time as chance will have it. */
export function hashInParts(hash: BlockHash, message: Uint8Array, random: () => number): Uint8Array {
  const whole = Math.floor(message.length / hash.blockBytes);
  let state = hash.initial;
  let done = 0;
  while (done < whole) {
    const count = random() % (whole - done + 1);
    state = hash.absorb(state, message.subarray(done * hash.blockBytes, (done + count) * hash.blockBytes));
    done += count;
  }
  return hash.absorb(state, hash.pad(message.subarray(whole * hash.blockBytes), message.length));
}
