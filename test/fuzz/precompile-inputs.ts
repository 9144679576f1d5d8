import { concat } from "@elench/bytes/concat";
import { joinWords, wordBytes } from "@elench/bytes/words";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Random } from "../../evm/trie/fixtures/random.ts";
import { INFERENCE, inferenceInput } from "./models.ts";
import { once, pick, pickWeighted, randomBytes, randomWord, type Weighted } from "./values.ts";

/** Inputs of precompiles 0x01 … 0x0a, and of models: right ones, and the same with a byte changed, cut off, or added. */

export interface PrecompileInput {
  readonly address: bigint;
  readonly data: Uint8Array;
}

function signature(random: Random): Uint8Array {
  const [hash, key] = [randomBytes(random, 32), new Uint8Array(32).fill(1 + random(9))];
  const signed = secp256k1.sign(hash, key, { prehash: false, format: "recovered" });
  return concat(hash, wordBytes(27 + (signed[0] as number)), signed.subarray(1));
}

function point1(random: Random): Uint8Array {
  const factor = random(4);
  if (factor === 0) return new Uint8Array(64);
  const { x, y } = bn254.G1.Point.BASE.multiply(BigInt(factor)).toAffine();
  return joinWords([x, y]);
}

const point2 = (): Uint8Array => {
  const { x, y } = bn254.G2.Point.BASE.toAffine();
  return joinWords([x.c1, x.c0, y.c1, y.c0]);
};

function pairs(random: Random): Uint8Array {
  const count = random(3);
  const { x, y } = bn254.G1.Point.BASE.toAffine();
  // Two opposite pairs: the product is one.
  if (count === 2)
    return concat(joinWords([x, y]), point2(), joinWords([x, bn254.G1.Point.BASE.negate().toAffine().y]), point2());
  return count === 0 ? new Uint8Array(0) : concat(point1(random), point2());
}

function exponentiation(random: Random): Uint8Array {
  const large = once(random, 10);
  const sizes = [0, 1, 2].map(() =>
    large ? pick(random, [256, 600, 1024, 1025]) : pick(random, [0, 1, 2, 31, 33, 40]),
  );
  if (once(random, 10)) return joinWords([randomWord(random), randomWord(random), randomWord(random)]);
  return concat(joinWords(sizes), ...sizes.map((size) => randomBytes(random, size)));
}

function compression(random: Random): Uint8Array {
  const rounds = once(random, 5) ? pick(random, [1500, 1501, 3000, 2 ** 31]) : random(20);
  return concat(wordBytes(rounds).subarray(28), randomBytes(random, 208), Uint8Array.of(random(2)));
}

/** The value of a constant polynomial, whose proof is the point at infinity. */
function evaluation(random: Random): Uint8Array {
  const value = BigInt(1 + random(5));
  const G1 = bls12_381.G1.Point;
  const commitment = G1.BASE.multiply(value).toBytes();
  const hash = sha256(commitment);
  hash[0] = 1;
  return concat(hash, wordBytes(random(5)), wordBytes(value), commitment, G1.ZERO.toBytes());
}

const data = (random: Random): Uint8Array =>
  randomBytes(random, pick(random, [0, 1, 55, 56, 63, 64, 65, 119, random(300), random(300), 4096, 5121]));

const INPUTS: Weighted<(random: Random) => PrecompileInput> = [
  [4, (random) => ({ address: 1n, data: signature(random) })],
  [4, (random) => ({ address: 2n, data: data(random) })],
  [4, (random) => ({ address: 3n, data: data(random) })],
  [6, (random) => ({ address: 4n, data: data(random) })],
  [6, (random) => ({ address: 5n, data: exponentiation(random) })],
  [3, (random) => ({ address: 6n, data: concat(point1(random), point1(random)) })],
  [3, (random) => ({ address: 7n, data: concat(point1(random), wordBytes(randomWord(random))) })],
  [1, (random) => ({ address: 8n, data: pairs(random) })],
  [5, (random) => ({ address: 9n, data: compression(random) })],
  [1, (random) => ({ address: 10n, data: evaluation(random) })],
  [8, (random) => ({ address: INFERENCE, data: inferenceInput(random) })],
];

export function randomPrecompileInput(random: Random): PrecompileInput {
  const { address, data } = pickWeighted(random, INPUTS)(random);
  const kind = random(8);
  if (kind === 0 && data.length > 0) return { address, data: data.with(random(data.length), random(256)) };
  if (kind === 1) return { address, data: data.subarray(0, random(data.length + 1)) };
  if (kind === 2) return { address, data: concat(data, randomBytes(random, 1 + random(40))) };
  return { address, data };
}
