import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { joinWords, wordBytes } from "@elench/bytes/words";
import { NobleBN254 } from "@ethereumjs/evm";
import { bytesToHex } from "@ethereumjs/util";
import { bn254 as curve } from "@noble/curves/bn254.js";
import { seededRandom } from "../trie/fixtures/random.ts";
import { bn254 } from "./bn254.ts";

const library = new NobleBN254();
const { Fp, Fp2 } = curve.fields;
const { G1, G2 } = curve;
const FIELD = Fp.ORDER;
const ORDER = curve.fields.Fr.ORDER;

/** The output, or "failed" if its length is wrong: the precompiles then fail. */
function outcome(run: (input: Uint8Array) => Uint8Array, input: Uint8Array, length: number): string {
  try {
    const output = run(input);
    return output.length === length ? bytesToHex(output) : "none";
  } catch {
    return "none";
  }
}

function agree(operation: "add" | "mul" | "pairing", inputs: readonly Uint8Array[]): Set<string> {
  const length = operation === "pairing" ? 32 : 64;
  const found = inputs.map((input) => {
    const ours = outcome((bytes) => bn254[operation](bytes), input, length);
    assert.equal(
      ours,
      outcome((bytes) => library[operation](bytes), input, length),
      bytesToHex(input),
    );
    return ours;
  });
  return new Set(found);
}

const g1 = (factor: bigint): Uint8Array => {
  const { x, y } = G1.Point.BASE.multiply(factor).toAffine();
  return joinWords([x, y]);
};
const g2Bytes = ({ x, y }: { x: typeof Fp2.ONE; y: typeof Fp2.ONE }): Uint8Array => joinWords([x.c1, x.c0, y.c1, y.c0]);
const g2 = (factor: bigint): Uint8Array => g2Bytes(G2.Point.BASE.multiply(factor).toAffine());
const NOWHERE_1 = new Uint8Array(64);
const NOWHERE_2 = new Uint8Array(128);

/** Encodings of G1: valid points, infinity, points off the curve, and coordinates that are not reduced. */
const POINTS = [
  g1(1n),
  g1(2n),
  g1(ORDER - 1n),
  g1(2n ** 200n + 1n),
  NOWHERE_1,
  joinWords([1n, 3n]),
  joinWords([0n, 1n]),
  joinWords([1n + FIELD, 2n]),
  joinWords([1n, 2n + FIELD]),
  joinWords([FIELD, FIELD]),
  joinWords([2n ** 256n - 1n, 2n ** 256n - 1n]),
];

/** On the twist, but outside the group of the right order: the cofactor is large, so a random point is not in it. */
function outsideSubgroup(): Uint8Array {
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.create({ c0, c1: 1n });
    const right = Fp2.add(Fp2.mul(Fp2.sqr(x), x), G2.Point.CURVE().b);
    try {
      const point = G2.Point.fromAffine({ x, y: Fp2.sqrt(right) });
      if (!point.isTorsionFree()) return g2Bytes(point.toAffine());
    } catch {
      // Not a square, so no point has this x.
    }
  }
}

test("adds as the library does", () => {
  const results = agree(
    "add",
    POINTS.flatMap((a) => POINTS.map((b) => concat(a, b))),
  );
  assert.ok(results.has("none") && results.size > 8);
});

test("multiplies as the library does", () => {
  const random = seededRandom(3);
  const factors = [0n, 1n, 2n, ORDER - 1n, ORDER, ORDER + 1n, FIELD, 2n ** 256n - 1n].map((n) => wordBytes(n));
  factors.push(Uint8Array.from({ length: 32 }, () => random(256)));
  const results = agree(
    "mul",
    POINTS.flatMap((point) => factors.map((factor) => concat(point, factor))),
  );
  assert.ok(results.has("none") && results.size > 20);
});

test("checks pairings as the library does", () => {
  const flawed = g2(3n).map((byte, i) => (i === 127 ? byte ^ 1 : byte));
  const unreduced = concat(wordBytes(FIELD), g2(1n).subarray(32));
  const seconds = [g2(1n), g2(5n), NOWHERE_2, flawed, unreduced, outsideSubgroup()];
  const singles = POINTS.flatMap((first) => seconds.map((second) => concat(first, second)));
  const results = agree("pairing", [
    new Uint8Array(0),
    ...singles,
    concat(g1(1n), g2(2n), g1(ORDER - 2n), g2(1n)),
    concat(g1(7n), g2(6n), g1(ORDER - 42n), g2(1n), NOWHERE_1, g2(9n)),
    concat(g1(7n), g2(6n), g1(ORDER - 41n), g2(1n)),
    concat(g1(7n), g2(6n), g1(7n), outsideSubgroup()),
    concat(NOWHERE_1, outsideSubgroup()),
  ]);
  assert.deepEqual(results, new Set([bytesToHex(wordBytes(1n)), bytesToHex(wordBytes(0n)), "none"]));
});
