/** The engine's memory, its precompiles and its failures. That it executes as the others do: evm/chain/executors.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { concat } from "@elench/bytes/concat";
import { joinWords, toBigInt } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";
import { PRECOMPILE } from "@elench/spec/evm/precompiles";
import { bytesToHex } from "@ethereumjs/util";
import { type BatchInput, batchInput, type ChainState } from "../batch/claim.ts";
import { encodeBatch } from "../batch/encoding.ts";
import {
  CHAIN_ID,
  damaged,
  KEYS,
  randomBatch,
  randomTransaction,
  testBlock,
  testInput,
  testWorld,
} from "../batch/fixtures/batches.ts";
import type { NativeBatch } from "../batch/native-batch.ts";
import { ordinary } from "../batch/record.ts";
import { signer } from "../batch/signer.ts";
import { decodeTransaction } from "../batch/transaction.ts";
import { runPrecompile } from "../machine/phases/run-precompile.ts";
import type { NodeStore } from "../structures/node-store.ts";
import { seededRandom } from "../trie/fixtures/random.ts";
import { Engine, recoverSenders } from "./engine.ts";
import { nativeBackend } from "./native.ts";
import { wasmBackend } from "./wasm.ts";

const wasm = wasmBackend();
const BACKENDS = [nativeBackend() ?? wasm, wasm];

const CHAIN = ordinary(CHAIN_ID);

const next = (previous: ChainState, bytes: Uint8Array): BatchInput => batchInput(CHAIN, previous, bytes);
const summary = ({ output, transactions }: NativeBatch): string =>
  [output, ...transactions.map(({ hash }) => hash)].map(bytesToHex).join() +
  transactions.map(({ receipt }) => receipt?.gasUsed).join();

test("native or WebAssembly, what it keeps in memory changes nothing: not its bound, not going back, not another engine on the same store", async () => {
  const { state, root } = await testWorld();
  const random = seededRandom(3);
  const engines = BACKENDS.flatMap((backend) =>
    [0, 40_000, 2 ** 28].map((cacheBytes) => new Engine({ store: state.store, cacheBytes, backend })),
  );
  const states: ChainState[] = [testInput(root, new Uint8Array()).previous];
  const batches: Uint8Array[] = [];
  const outputs: string[] = [];
  for (let i = 0; i < 30; i++) {
    const bytes = randomBatch(random);
    const input = next(states[i] as ChainState, bytes);
    const results = await Promise.all(engines.map((engine) => engine.run(input)));
    const told = results.map(summary);
    assert.deepEqual(new Set(told).size, 1, `batch ${i}`);
    batches.push(bytes);
    outputs.push(told[0] as string);
    states.push((results[0] as NativeBatch).next);
  }
  for (let i = 0; i < 40; i++) {
    const at = random(30);
    const engine = engines[random(engines.length)] as Engine;
    const input = next(states[at] as ChainState, batches[at] as Uint8Array);
    assert.equal(summary(await engine.run(input)), outputs[at]);
  }
});

for (const backend of BACKENDS)
  test(`${backend.name}: a node that is missing, or another's, is said, and the batch can be executed once it is there`, async () => {
    const { state, root } = await testWorld();
    const lost = new Set<string>();
    const store: NodeStore = {
      ...state.store,
      node: (hash) => {
        if (lost.has("corrupt")) return Uint8Array.of(0xc2, 0x80, 0x80);
        return lost.has(bytesToHex(hash)) ? undefined : state.store.node(hash);
      },
    };
    const input = testInput(root, randomBatch(seededRandom(5)));
    const engine = new Engine({ store, backend });
    const expected = summary(await new Engine({ store: state.store, backend }).run(input));
    lost.add(bytesToHex(root));
    await assert.rejects(engine.run(input), /cannot be executed: a trie node of the state is missing/);
    lost.clear();
    assert.equal(summary(await engine.run(input)), expected);
    lost.add("corrupt");
    await assert.rejects(
      new Engine({ store, backend }).run(input),
      /cannot be executed: a trie node of the state is corrupt/,
    );
  });

for (const backend of BACKENDS)
  test(`${backend.name}: precompiles give what the stepper's give`, async () => {
    const { state } = await testWorld();
    const engine = new Engine({ store: state.store, l1Bounds: false, backend });
    const random = seededRandom(11);
    const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));
    const lengths = (...numbers: number[]): Uint8Array => joinWords(numbers.map(BigInt));
    const G1 = joinWords([1n, 2n]);
    const cases: [number, Uint8Array][] = [];
    for (let i = 0; i < 60; i++) {
      const [base, exponent, modulus] = [random(70), random(40), random(70)];
      cases.push(
        [PRECOMPILE.MODEXP, concat(lengths(base, exponent, modulus), bytes(base + exponent + modulus))],
        [PRECOMPILE.ECMUL, concat(G1, bytes(32))],
        [PRECOMPILE.ECADD, concat(G1, i % 2 ? G1 : new Uint8Array(64))],
        [PRECOMPILE.ECADD, bytes(128)],
        [PRECOMPILE.ECRECOVER, concat(bytes(32), joinWords([27n + BigInt(i % 3)]), bytes(64))],
        [PRECOMPILE.ECPAIRING, new Uint8Array(192 * (i % 3))],
      );
    }
    let [given, failed] = [0, 0];
    for (const [address, input] of cases) {
      const ours = engine.precompile(address, input, 2 ** 40)?.output ?? null;
      const theirs = runPrecompile(address, input);
      assert.deepEqual(ours && bytesToHex(ours), theirs && bytesToHex(theirs), `${address} ${bytesToHex(input)}`);
      if (ours) given++;
      else failed++;
    }
    assert.ok(given > 100 && failed > 50, `${given} ${failed}`);
  });

for (const backend of BACKENDS)
  test(`${backend.name}: senders that were recovered ahead may be of another batch's length: then the batch is refused`, async () => {
    const { state, root } = await testWorld();
    const input = testInput(root, randomBatch(seededRandom(5)));
    const engine = new Engine({ store: state.store, backend });
    assert.throws(() => engine.execute(input, new Uint8Array(20)), /senders/);
    assert.throws(() => engine.execute(input, new Uint8Array(0)), /senders/);
    engine.execute(input, await recoverSenders(input));
  });

for (const { name } of BACKENDS)
  test(`${name}: calls nest 1,024 deep in a worker's small stack`, async () => {
    const script = new URL("fixtures/deep-calls.ts", import.meta.url);
    const worker = new Worker(script, { workerData: name, resourceLimits: { stackSizeMb: 4 } });
    const depth = await new Promise<number>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`ended with code ${code}`)));
    });
    await worker.terminate();
    assert.equal(depth, 1024);
  });

test("senders are those that the decoder and the curve's library give, on any number of threads", async () => {
  const random = seededRandom(29);
  const transactions = Array.from({ length: 300 }, (_, i) => {
    const bytes = randomTransaction(random, BigInt(i), KEYS[i % KEYS.length] as Uint8Array);
    return i % 5 === 0 ? damaged(random, bytes) : bytes;
  });
  const input = testInput(new Uint8Array(32), encodeBatch([testBlock(transactions)]));
  const expected = transactions.map((bytes) => {
    const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
    const decoded = decodeTransaction(read, 0, bytes.length, CHAIN_ID);
    if (!decoded) return null;
    const { prefix, offset, length, suffix } = decoded.signed;
    return signer(decoded.signature, keccak256(concat(prefix, read(offset, length), suffix)));
  });
  assert.ok(expected.includes(null) && new Set(expected).size > KEYS.length);
  for (const backend of BACKENDS) {
    const senders = await recoverSenders(input, backend);
    const found = expected.map((_, i) => {
      const [flag, ...address] = senders.subarray(21 * i, 21 * (i + 1));
      return flag === 1 ? toBigInt(Uint8Array.from(address)) : null;
    });
    assert.deepEqual(found, expected, backend.name);
  }
});
