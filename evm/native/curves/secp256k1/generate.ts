/**
 * Writes `generator.h`, the odd multiples of secp256k1's generator (SEC 2, 2.4.1).
 *
 *     node evm/native/curves/secp256k1/generate.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

type Point = { readonly x: bigint; readonly y: bigint };

const P = 2n ** 256n - 2n ** 32n - 977n;
const G: Point = {
  x: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  y: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
};

/** Of the signed digits: there are 2^(WIDTH - 2) odd multiples. */
const WIDTH = 8;

const modulo = (a: bigint): bigint => ((a % P) + P) % P;

/** By Fermat's little theorem. */
function inverse(a: bigint): bigint {
  let result = 1n;
  let square = modulo(a);
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

/** a + b; a is not -b. */
function add(a: Point, b: Point): Point {
  const slope = a.x === b.x ? 3n * a.x ** 2n * inverse(2n * a.y) : (b.y - a.y) * inverse(b.x - a.x);
  const x = modulo(slope ** 2n - a.x - b.x);
  return { x, y: modulo(slope * (a.x - x) - a.y) };
}

/** A field element's four words. */
function words(a: bigint): string {
  const word = (i: bigint) => `0x${((a >> (64n * i)) & (2n ** 64n - 1n)).toString(16).padStart(16, "0")}`;
  return `{{${[0n, 1n, 2n, 3n].map(word).join(", ")}}}`;
}

const multiples: Point[] = [G];
while (multiples.length < 2 ** (WIDTH - 2)) multiples.push(add(multiples.at(-1)!, add(G, G)));

writeFileSync(
  join(import.meta.dirname, "generator.h"),
  `/** The odd multiples of secp256k1's generator. Written by generate.ts: edit that, not this file. */
#ifndef ELENCH_SECP256K1_GENERATOR_H
#define ELENCH_SECP256K1_GENERATOR_H

/** Of the signed digits that the multiples serve. */
enum { GENERATOR_WIDTH = ${WIDTH} };

/** The generator times 1, 3, 5, ... ${2 ** (WIDTH - 1) - 1}. */
static const Affine GENERATOR[1 << (GENERATOR_WIDTH - 2)] = {
${multiples.map(({ x, y }) => `  {${words(x)},\n   ${words(y)}},\n`).join("")}};

#endif
`,
);
