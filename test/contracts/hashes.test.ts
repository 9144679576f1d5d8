/** The contracts' parts of hashes are those of `evm/crypto/hashes/`, bit for bit, and cost what steps are bounded by. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Hex, hexToBytes, toHex } from "viem";
import { blake2Finish, blake2Run, blake2Start } from "../../evm/crypto/hashes/blake2.ts";
import { randomBytes } from "../../evm/crypto/hashes/fixtures/messages.ts";
import { KECCAK_RATE, keccakAbsorb } from "../../evm/crypto/hashes/keccak.ts";
import { keccakPad, ripemd160Pad, sha256Pad } from "../../evm/crypto/hashes/padding.ts";
import { ripemd160Absorb } from "../../evm/crypto/hashes/ripemd160.ts";
import { sha256Absorb } from "../../evm/crypto/hashes/sha256.ts";
import { randomWords } from "../../ml-vm/softfloat/fixtures/patterns.ts";
import { build } from "./build.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

const contracts = build(["contracts/evm/hashes/Hashes.sol", "contracts/test/PaddingHarness.sol"]);
let hashes: Deployed;
let padding: Deployed;
before(async () => {
  const evm = await startEvm();
  hashes = await evm.deploy(contracts.get("Hashes")!);
  padding = await evm.deploy(contracts.get("PaddingHarness")!);
});

type Argument = Uint8Array | bigint;

/** What a contract's function returns, a byte string, and its gas. */
async function call(contract: Deployed, name: string, ...args: readonly Argument[]) {
  const encoded = args.map((arg) => (typeof arg === "bigint" ? arg : toHex(arg)));
  const { value, gas } = await contract.call(name, ...encoded);
  return { bytes: hexToBytes(value as Hex), gas };
}

const refused =
  (error: string, ...args: readonly bigint[]) =>
  (thrown: unknown) => {
    assert.ok(thrown instanceof Reverted, String(thrown));
    assert.deepEqual([thrown.error, ...thrown.args], [error, ...args]);
    return true;
  };

const ABSORBERS = [
  { name: "keccakAbsorb", absorb: keccakAbsorb, stateBytes: 200, blockBytes: KECCAK_RATE, most: 41_000 },
  { name: "sha256Absorb", absorb: sha256Absorb, stateBytes: 32, blockBytes: 64, most: 30_000 },
  { name: "ripemd160Absorb", absorb: ripemd160Absorb, stateBytes: 32, blockBytes: 64, most: 37_000 },
] as const;

for (const { name, absorb, stateBytes, blockBytes, most } of ABSORBERS) {
  test(`${name}: any state and blocks`, async () => {
    const random = randomWords(4);
    for (const blocks of [0, 1, 1, 1, 1, 1, 2, 3, 10]) {
      const [state, message] = [randomBytes(random, stateBytes), randomBytes(random, blocks * blockBytes)];
      assert.deepEqual((await call(hashes, name, state, message)).bytes, absorb(state, message), `${blocks} blocks`);
    }
  });

  test(`${name}: states and blocks all of zeros and all of ones`, async () => {
    for (const [a, b] of [
      [0, 0],
      [0, 255],
      [255, 0],
      [255, 255],
    ] as const) {
      const [state, message] = [new Uint8Array(stateBytes).fill(a), new Uint8Array(2 * blockBytes).fill(b)];
      assert.deepEqual((await call(hashes, name, state, message)).bytes, absorb(state, message));
    }
  });

  test(`${name}: a block costs at most ${most} gas, however many there are`, async () => {
    const gas = async (blocks: number): Promise<number> =>
      (await call(hashes, name, new Uint8Array(stateBytes), new Uint8Array(blocks * blockBytes))).gas;
    const [none, one, ten] = [await gas(0), await gas(1), await gas(10)];
    assert.ok((ten - one) / 9 <= most, `${(ten - one) / 9} a block`);
    assert.ok(none <= 7_000, `${none} for none`);
  });

  test(`${name}: blocks that are not whole are refused`, async () => {
    const blocks = new Uint8Array(2 * blockBytes - 1);
    const wrong = refused("PartialBlock", BigInt(blocks.length), BigInt(blockBytes));
    await assert.rejects(call(hashes, name, new Uint8Array(stateBytes), blocks), wrong);
  });
}

test("keccakAbsorb: states of other lengths are refused", async () => {
  const absorbed = call(hashes, "keccakAbsorb", new Uint8Array(201), new Uint8Array(136));
  await assert.rejects(absorbed, refused("WrongLength", 201n, 200n));
});

test("blake2Run: any vector, block, first round and number of rounds", async () => {
  const random = randomWords(5);
  for (let i = 0; i < 30; i++) {
    const [v, m] = [randomBytes(random, 128), randomBytes(random, 128)];
    const [first, rounds] = [random() % 1_000, random() % 25];
    const { bytes } = await call(hashes, "blake2Run", v, m, BigInt(first), BigInt(rounds));
    assert.deepEqual(bytes, blake2Run(v, m, first, rounds), `rounds ${first} to ${first + rounds}`);
  }
});

test("blake2Run: vectors and blocks all of ones", async () => {
  const ones = new Uint8Array(128).fill(255);
  assert.deepEqual((await call(hashes, "blake2Run", ones, ones, 0n, 12n)).bytes, blake2Run(ones, ones, 0, 12));
});

test("blake2Run: the last rounds that BLAKE2F can be asked for", async () => {
  const [v, m] = [new Uint8Array(128).fill(1), new Uint8Array(128).fill(2)];
  const first = 2 ** 32 - 5;
  assert.deepEqual((await call(hashes, "blake2Run", v, m, BigInt(first), 4n)).bytes, blake2Run(v, m, first, 4));
});

test("blake2Run: a round costs at most 1,500 gas", async () => {
  const v = new Uint8Array(128);
  const gas = async (rounds: bigint): Promise<number> => (await call(hashes, "blake2Run", v, v, 0n, rounds)).gas;
  const [none, hundred] = [await gas(0n), await gas(100n)];
  assert.ok((hundred - none) / 100 <= 1_500, `${(hundred - none) / 100} a round`);
  assert.ok(none <= 20_000, `${none} for none`);
});

test("blake2Start and blake2Finish: any input, with either flag", async () => {
  const random = randomWords(6);
  for (let i = 0; i < 10; i++) {
    const input = randomBytes(random, 213);
    input[212] = i % 2;
    const v = (await call(hashes, "blake2Start", input)).bytes;
    assert.deepEqual(v, blake2Start(input));
    const [h, after] = [randomBytes(random, 64), randomBytes(random, 128)];
    assert.deepEqual((await call(hashes, "blake2Finish", h, after)).bytes, blake2Finish(h, after));
  }
});

test("BLAKE2F: arguments of other lengths, and flags that are none, are refused", async () => {
  const bytes = (length: number) => new Uint8Array(length);
  const wrong = (length: number, expected: number) => refused("WrongLength", BigInt(length), BigInt(expected));
  await assert.rejects(call(hashes, "blake2Start", bytes(212)), wrong(212, 213));
  await assert.rejects(call(hashes, "blake2Start", bytes(213).fill(2)), refused("WrongFinalFlag", 2n));
  await assert.rejects(call(hashes, "blake2Run", bytes(127), bytes(128), 0n, 1n), wrong(127, 128));
  await assert.rejects(call(hashes, "blake2Run", bytes(128), bytes(129), 0n, 1n), wrong(129, 128));
  await assert.rejects(call(hashes, "blake2Finish", bytes(63), bytes(128)), wrong(63, 64));
  await assert.rejects(call(hashes, "blake2Finish", bytes(64), bytes(127)), wrong(127, 128));
});

test("tails of every length are padded alike", async () => {
  const random = randomWords(7);
  for (let length = 0; length < KECCAK_RATE; length++) {
    const tail = randomBytes(random, length);
    assert.deepEqual((await call(padding, "keccakPad", tail)).bytes, keccakPad(tail), `keccak, ${length} bytes`);
  }
  for (let length = 0; length < 64; length++) {
    const tail = randomBytes(random, length);
    // Up to 2^53, so that all bytes of the length count.
    const total = length + 64 * (random() % 2 ** 30) * 2 ** (random() % 17);
    for (const [name, pad] of [
      ["sha256Pad", sha256Pad],
      ["ripemd160Pad", ripemd160Pad],
    ] as const) {
      assert.deepEqual((await call(padding, name, tail, BigInt(total))).bytes, pad(tail, total), `${name}, ${total}`);
    }
  }
});

test("tails of wrong lengths are refused", async () => {
  await assert.rejects(call(padding, "keccakPad", new Uint8Array(136)), refused("TailTooLong", 136n, 135n));
  await assert.rejects(call(padding, "sha256Pad", new Uint8Array(3), 66n), refused("WrongLength", 3n, 2n));
  await assert.rejects(call(padding, "ripemd160Pad", new Uint8Array(64), 64n), refused("WrongLength", 64n, 0n));
});

test("the contract fits EIP-170", () => {
  assert.ok(contracts.get("Hashes")!.size <= 24_576, `${contracts.get("Hashes")!.size} bytes`);
});
