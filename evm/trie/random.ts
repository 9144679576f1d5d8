/** Random updates of tries whose keys share long beginnings, so that every shape of node and of change comes about. */

/** Whole numbers below a bound. */
export type Random = (bound: number) => number;

/** A linear congruential generator (Numerical Recipes): the same numbers on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

export interface RandomUpdate {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

export interface RandomOptions {
  /** Bytes of a key. */
  readonly keyBytes: number;
  /** How many different keys there are. */
  readonly keys: number;
  /** Nibbles at the end of a key where keys part; the fewer, the shorter are the leaves, which then stand in their parents. */
  readonly parting: number;
  /** Deletions in a hundred. */
  readonly deletions: number;
}

/** Endless updates: keys that part at a random nibble from another one; values of 1 to 4 bytes, or of an account's size. */
export function* randomUpdates(random: Random, options: RandomOptions): Generator<RandomUpdate> {
  const keys = randomKeys(random, options);
  while (true) {
    const key = keys[random(keys.length)] as Uint8Array;
    const deleted = random(100) < options.deletions;
    yield { key, value: deleted ? null : randomValue(random) };
  }
}

function randomKeys(random: Random, { keyBytes, keys, parting }: RandomOptions): Uint8Array[] {
  const all = [randomBytes(random, keyBytes)];
  while (all.length < keys) {
    const key = (all[random(all.length)] as Uint8Array).slice();
    const nibble = 2 * keyBytes - 1 - random(parting);
    const at = nibble >> 1;
    key[at] = (key[at] as number) ^ ((1 + random(15)) << (nibble & 1 ? 0 : 4));
    if (random(2) === 0) key.set(randomBytes(random, keyBytes - at - 1), at + 1);
    all.push(key);
  }
  return all;
}

function randomValue(random: Random): Uint8Array {
  const kind = random(8);
  if (kind === 0) return randomBytes(random, 70 + random(40));
  if (kind === 1) return randomBytes(random, 33);
  if (kind === 2) return randomBytes(random, 54 + random(3));
  return Uint8Array.from([1 + random(255), ...randomBytes(random, kind < 6 ? 0 : random(4))]);
}

const randomBytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));
