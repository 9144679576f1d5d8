import { concat } from "@elench/bytes/concat";
import { wordBytes } from "@elench/bytes/words";
import { bytesToUnprefixedHex, hexToBytes } from "@ethereumjs/util";
import { sha256 } from "@noble/hashes/sha2.js";
import { PAIR } from "../../evm/machine/fixtures/extremes.ts";

/** Code that does something once, and something else until its gas is used up. */
function loop(body: string, before = ""): Uint8Array {
  const start = (before.length / 2).toString(16).padStart(4, "0");
  return hexToBytes(`0x${before}5b${body}61${start}56`);
}

const ONE_MEGABYTE = "6001620fffe052";
/** A static call of a precompile, with so many bytes of memory from its beginning. */
const calling = (address: string, length: string): string => `5f5f${length}5f60${address}5afa50`;
const SIGNATURE = "601b6020527f79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f817986040526001606052";
/** Stores words, one after the other from the beginning of memory. */
const store = (words: Uint8Array): string =>
  Array.from({ length: words.length / 32 }, (_, i) => {
    const word = bytesToUnprefixedHex(words.subarray(32 * i, 32 * i + 32));
    return `7f${word}61${(32 * i).toString(16).padStart(4, "0")}52`;
  }).join("");
const ONES = new Uint8Array(32).fill(0xff);
/** Its gas is the least for its work: the exponent's bytes beyond 32 count, and not their bits. */
const EXPONENTIATION = store(concat(wordBytes(8), wordBytes(96), wordBytes(8), ONES, ONES, ONES, ONES));
const POINT = PAIR.subarray(0, 64);
const ONE_1 = hexToBytes(
  "0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
);
const TAU_1 = hexToBytes(
  "0xad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81",
);
const VERSIONED = concat(Uint8Array.of(1), sha256(TAU_1).subarray(1));
/** Of the polynomial X, at 5: the commitment is [τ]₁ of the KZG ceremony, the proof [1]₁. */
const EVALUATION = concat(VERSIONED, wordBytes(5), wordBytes(5), TAU_1, ONE_1);

/** Loops that take all of a transaction's gas: the dearest ways to use it, for whoever steps through them. */
export const LOOPS: readonly (readonly [what: string, code: Uint8Array])[] = [
  ["JUMPDEST, a unit of gas each", loop("5b".repeat(20_000))],
  ["PUSH0, POP", loop("5f50".repeat(10_000))],
  ["additions, multiplications, xor", loop("60016002016003026004186005900550")],
  ["stores all over 1 MB of memory", loop("5a5a620fffff1652", ONE_MEGABYTE)],
  ["copies within 1 MB of memory, 1 kB each", loop("6104005f5a620fffff165e", ONE_MEGABYTE)],
  ["calls, and a write to 1 MB of memory after each", loop("5f5f60205f5f60045af1505a5f52", ONE_MEGABYTE)],
  ["keccak256 of 1 MB", loop("620fffff5f2050")],
  ["keccak256 of 64 bytes", loop("60405f205f52")],
  ["SHA-256 of 64 kB", loop(calling("02", "62010000"))],
  ["RIPEMD-160 of 64 kB", loop(calling("03", "62010000"))],
  ["BLAKE2F of 1M rounds", loop(calling("09", "60d5"), "620f424060e01b5f52")],
  ["ECRECOVER", loop(calling("01", "6080"), SIGNATURE)],
  ["MODEXP of 8 bytes, exponent of 96", loop(calling("05", "60d0"), EXPONENTIATION)],
  ["additions of alt_bn128", loop(calling("06", "6080"), store(concat(POINT, POINT)))],
  ["multiplications of alt_bn128", loop(calling("07", "6060"), store(concat(POINT, ONES)))],
  ["point evaluations", loop(calling("0a", "60c0"), store(EVALUATION))],
  ["pairing checks of 32 pairs", loop(calling("08", "611800"), store(concat(...new Array<Uint8Array>(32).fill(PAIR))))],
  ["SSTOREs to new slots", loop("5a5a55")],
  ["SSTOREs to one slot", loop("5a5f55")],
  ["SLOADs of new slots", loop("5a5450")],
  ["LOGs of 1 kB", loop("6104005fa0")],
  ["CREATE2s with 1 kB of initcode", loop("5a6104005f5ff550")],
];
