/** keccak.c, blake2.c and softfloat by gcc under the sanitizers give what the committed WebAssembly gives. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { before, test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import { OPS } from "@elench/tensor/program/ops";
import { loadSoftfloat } from "@elench/tensor/softfloat/load";
import { blake2Run } from "../../evm/crypto/hashes/blake2.ts";
import { Random } from "../../ml-vm/program/fixtures/random-bits.ts";
import { randomPatterns, randomWide, randomWords } from "../../ml-vm/softfloat/fixtures/patterns.ts";
import { COMPILE_FLAGS, gcc, SANITIZER_OPTIONS, temporaryFolder } from "./compiler.ts";

const FILTER = join(temporaryFolder(), "filter");
const SOURCES = [
  ...["test/sanitizers/filter.c", "merkle/keccak/keccak.c", "evm/crypto/hashes/blake2/blake2.c"],
  ...["ml-vm/softfloat/scalar.c", "ml-vm/softfloat/softfloat.c"],
];

before(() => void gcc(["-std=c11", "-Wall", "-Wextra", ...COMPILE_FLAGS, ...SOURCES, "-o", FILTER]));

/** Answers to requests, one after another. */
function ask(requests: readonly Uint8Array[]): Uint8Array {
  const run = spawnSync(FILTER, {
    input: concat(...requests),
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...SANITIZER_OPTIONS },
  });
  assert.equal(run.status, 0, run.stderr.toString());
  return new Uint8Array(run.stdout);
}

const letter = (name: string): Uint8Array => Uint8Array.of(name.charCodeAt(0));
const words32 = (...words: number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);
const words64 = (...words: bigint[]): Uint8Array => new Uint8Array(BigUint64Array.from(words).buffer);
const random = new Random(1);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.word() & 255);

test("keccak256 of every length up to three blocks, and of the longest message", () => {
  const messages = [...Array.from({ length: 3 * 136 + 2 }, (_, length) => bytes(length)), bytes(8192)];
  const digests = ask(messages.flatMap((message) => [letter("k"), words32(message.length), message]));
  assert.deepEqual(digests, concat(...messages.map(keccak256)));
});

test("BLAKE2 from any round, for any number of rounds", () => {
  const requests = Array.from({ length: 200 }, () => ({ first: random.word() % 10, rounds: random.word() % 35 }));
  const blocks = requests.map(() => bytes(256));
  const vectors = ask(
    requests.flatMap(({ first, rounds }, i) => [letter("b"), words32(first, rounds), blocks[i] as Uint8Array]),
  );
  const expected = requests.map(({ first, rounds }, i) =>
    blake2Run(blocks[i]!.subarray(0, 128), blocks[i]!.subarray(128), first, rounds),
  );
  assert.deepEqual(vectors, concat(...expected));
});

test("every scalar operation on words of every kind, and codes that there are not", () => {
  const softfloat = loadSoftfloat();
  const codes = [...[...OPS.values()].map(({ code }) => code), 0x02, 0xff];
  const words = randomWords(1);
  const patterns = [randomPatterns("f32", words), randomPatterns("f64", words), () => randomWide(words)];
  const cases = codes.flatMap((code) =>
    Array.from({ length: 300 }, (_, i) => {
      const next = patterns[i % patterns.length]!;
      return [BigInt(code), next(), next(), next()] as const;
    }),
  );
  const results = ask(cases.flatMap((words) => [letter("s"), words64(...words)]));
  const expected = cases.map(([code, a, b, c]) => softfloat.scalar(Number(code), a, b, c));
  assert.deepEqual(new BigUint64Array(results.buffer), BigUint64Array.from(expected));
});
