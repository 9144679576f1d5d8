import { concat } from "@elench/bytes/concat";
import { toBytes, toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import { sha256 } from "@noble/hashes/sha2.js";
import { EXPONENTIATIONS, MOST_PAIRS, PAIR } from "../../../evm/machine/fixtures/extremes.ts";
import { times } from "../world/assembly.ts";
import { drawnBytes } from "../world/seed.ts";
import type { Workload } from "../world/workload.ts";
import { attack } from "./attack.ts";

/** The precompiles, each with the inputs that take it the most time for its gas. Calls are within the chain's bounds (evm/crypto/precompile-bounds.ts). */

/** Of a call of a warm address (EIP-2929). */
const CALL = 100;

interface Call {
  readonly address: number;
  /** What stands at the beginning of memory. */
  readonly input: Uint8Array;
  /** Gas of the precompile alone. */
  readonly price: number;
  /** Bytes of memory that the call is given; what is beyond `input` is zero. Default: the input's. */
  readonly length?: number;
  /** What changes the input before each call, with the tally on top of the stack. */
  readonly change?: string;
  /** Bytes of the output. */
  readonly returns: number;
  /** Where in memory the output goes. Default: behind the input. */
  readonly to?: number;
}

const precompile = (name: string, make: (seed: string) => Call): Workload =>
  attack(name, (seed) => {
    const { address, input, price, length = input.length, change = "", returns, to = length } = make(seed);
    const unit = CALL + price;
    const count = Math.max(1, Math.min(100, Math.floor(50_000 / unit)));
    const call = `${change} ${returns} ${to} ${length} 0 ${address} GAS STATICCALL ADD`;
    return {
      unit,
      data: input,
      setup: "CALLDATASIZE 0 0 CALLDATACOPY",
      body: times(count, call),
      // The last output, so that the state depends on it.
      after: `${returns} ${to} KECCAK256 1 SSTORE`,
      reserve: 100_000 + Math.ceil(1.1 * count * unit),
    };
  });

/** 65,536 bytes: memory that costs little beside hashing it. */
const LARGE = 65_536;
const words = (bytes: number): number => Math.ceil(bytes / 32);

/** Recoverable whatever the digest is, which is the tally: r is the generator's x. */
const SIGNATURE = concat(
  wordBytes(0),
  wordBytes(27),
  toBytes("0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
  wordBytes(1),
);

/** The generator of alt_bn128's first group. */
const POINT = PAIR.subarray(0, 64);
const ONES = new Uint8Array(32).fill(0xff);

/** Bytes of base, exponent and modulus. */
const lengths = (input: Uint8Array) =>
  [0, 1, 2].map((i) => Buffer.from(input).readUInt32BE(32 * i + 28)) as [number, number, number];

/** Gas of an exponentiation (EIP-2565). @param input lengths, base, exponent, modulus. */
function modexpPrice(input: Uint8Array): number {
  const [base, exponent, modulus] = lengths(input);
  const head = BigInt(toHex(input.subarray(96 + base, 96 + base + Math.min(32, exponent))));
  const bits = head.toString(2).length - 1;
  const iterations = Math.max(1, bits + 8 * Math.max(0, exponent - 32));
  return Math.max(200, Math.floor((Math.ceil(Math.max(base, modulus) / 8) ** 2 * iterations) / 3));
}

const modexp = (name: string, input: (seed: string) => Uint8Array): Workload =>
  precompile(`MODEXP of ${name}`, (seed) => {
    const given = input(seed);
    return { address: 5, input: given, price: modexpPrice(given), returns: lengths(given)[2] };
  });

/** Of a seed, odd and as long as its bytes. */
function modulus(seed: string, bytes: number): Uint8Array {
  const drawn = concat(...Array.from({ length: words(bytes) }, (_, i) => drawnBytes(seed, "modulus", i))).slice(
    0,
    bytes,
  );
  drawn[0]! |= 0x80;
  drawn[bytes - 1]! |= 1;
  return drawn;
}

/** A base and a modulus of so many bytes, and an exponent. */
const exponentiation = (seed: string, bytes: number, exponent: Uint8Array): Uint8Array =>
  concat(
    ...[bytes, exponent.length, bytes].map((length) => wordBytes(length)),
    ...[modulus(`${seed}/base`, bytes), exponent, modulus(seed, bytes)],
  );

/** The same with an even modulus. */
const even = (input: Uint8Array): Uint8Array => input.map((byte, i) => (i === input.length - 1 ? byte & 0xfe : byte));

const ONE_1 = toBytes(
  "0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
);
const TAU_1 = toBytes(
  "0xad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81",
);
/** Of the polynomial X: the commitment is [τ]₁ of the KZG ceremony, the proof [1]₁ (EIP-4844). */
const evaluation = (point: number): Uint8Array =>
  concat(Uint8Array.of(1), sha256(TAU_1).subarray(1), wordBytes(point), wordBytes(point), TAU_1, ONE_1);

const pairs = (count: number): Workload =>
  precompile(`pairing check of ${count} pairs`, () => ({
    address: 8,
    input: concat(...new Array<Uint8Array>(count).fill(PAIR)),
    price: 45_000 + 34_000 * count,
    returns: 32,
  }));

/** @param rounds that cost a unit of gas each. The last bytes of its input are of a counter and a flag. */
const blake2f = (rounds: number): Workload =>
  precompile(`BLAKE2F of ${rounds.toLocaleString("en")} rounds`, (seed) => {
    const block = Array.from({ length: 6 }, (_, i) => drawnBytes(seed, "block", i));
    const input = concat(wordBytes(rounds).subarray(28), ...block, new Uint8Array(17));
    return { address: 9, input, price: rounds, returns: 64, to: 4 };
  });

export const precompileAttacks: readonly Workload[] = [
  precompile("ECRECOVER", () => ({ address: 1, input: SIGNATURE, price: 3_000, returns: 32, change: "DUP1 0 MSTORE" })),
  precompile("SHA-256 of 64 kB", (seed) => ({
    address: 2,
    input: drawnBytes(seed, "input"),
    length: LARGE,
    price: 60 + 12 * words(LARGE),
    returns: 32,
  })),
  precompile("SHA-256 of nothing", () => ({ address: 2, input: new Uint8Array(), price: 60, returns: 32 })),
  precompile("RIPEMD-160 of 64 kB", (seed) => ({
    address: 3,
    input: drawnBytes(seed, "input"),
    length: LARGE,
    price: 600 + 120 * words(LARGE),
    returns: 32,
  })),
  precompile("identity of 64 kB", (seed) => ({
    address: 4,
    input: drawnBytes(seed, "input"),
    length: LARGE,
    price: 15 + 3 * words(LARGE),
    returns: LARGE,
    to: 0,
  })),
  precompile("identity of nothing", () => ({ address: 4, input: new Uint8Array(), price: 15, returns: 0 })),
  ...EXPONENTIATIONS.map(([name, input]) => modexp(name, () => input)),
  modexp("8 bytes, exponent of 96", (seed) => exponentiation(seed, 8, new Uint8Array(96).fill(0xff))),
  modexp("8 bytes, exponent of 1,024", (seed) => exponentiation(seed, 8, new Uint8Array(1_024).fill(0xff))),
  modexp("8 bytes, even, exponent of 1,024", (seed) => even(exponentiation(seed, 8, new Uint8Array(1_024).fill(0xff)))),
  modexp("32 bytes, exponent of 32", (seed) => exponentiation(seed, 32, ONES)),
  modexp("256 bytes, exponent of 3", (seed) => exponentiation(seed, 256, Uint8Array.of(1, 0, 1))),
  modexp("1,024 bytes, even, exponent of 6", (seed) => even(exponentiation(seed, 1_024, new Uint8Array(6).fill(0x3f)))),
  precompile("ECADD", () => ({ address: 6, input: concat(POINT, POINT), price: 150, returns: 64, to: 0 })),
  precompile("ECMUL", () => ({ address: 7, input: concat(POINT, ONES), price: 6_000, returns: 64, to: 0 })),
  pairs(1),
  pairs(MOST_PAIRS),
  blake2f(1),
  blake2f(1_000_000),
  precompile("point evaluation", (seed) => ({
    address: 10,
    input: evaluation(2 + drawnBytes(seed, "point")[0]!),
    price: 50_000,
    returns: 64,
  })),
];
