/** The virtual trace of a batch equals the stepper's, at any step and in any order; a liar's differs from one step on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOT_STEPS, startOf } from "@elench/evm/batch/claim";
import { prove } from "@elench/evm/machine/step";
import { PHASE, type Phase } from "@elench/evm/structures/layout";
import { bytesToHex } from "@ethereumjs/util";
import { randomBatch, testInput, testWorld } from "../evm/batch/fixtures/batches.ts";
import { runBatch } from "../evm/machine/run.ts";
import { type Random, seededRandom } from "../evm/trie/fixtures/random.ts";
import { BatchTrace } from "./batch-trace.ts";
import { FaultyBatchTrace, type Tampering } from "./fixtures/faulty-batch-trace.ts";

/** Seed of a batch whose transactions run code. */
const BUSY = 1;

const seeded = (n: number) => ({ bytes: randomBatch(seededRandom(n)), random: seededRandom(n) });

async function traceOf(bytes: Uint8Array, tampering?: Tampering): Promise<BatchTrace> {
  const { state, root } = await testWorld();
  const input = testInput(root, bytes);
  return tampering ? new FaultyBatchTrace(input, { state }, tampering) : new BatchTrace(input, { state });
}

/** Every real step of the stepper's run: clock and hash. */
async function statesOf(bytes: Uint8Array) {
  const { root, host } = await testWorld();
  const states: { step: bigint; phase: Phase; hash: string; witness: string }[] = [];
  const halted = runBatch(host, testInput(root, bytes), (m) => {
    const { pre, witness } = prove(m);
    states.push({ step: m.clock, phase: m.phase, hash: bytesToHex(pre), witness: bytesToHex(witness) });
  });
  return { states, halted };
}

const some = <T>(random: Random, list: readonly T[], count: number): T[] =>
  Array.from({ length: count }, () => list[random(list.length)] as T);

test("hashes and witnesses equal the stepper's, in any order of the questions", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { bytes, random } = seeded(seed);
    const [trace, { states, halted }] = [await traceOf(bytes), await statesOf(bytes)];
    assert.equal(trace.steps, halted.clock);
    assert.deepEqual(trace.start, startOf(testInput((await testWorld()).root, bytes)));
    for (const { step, hash, witness } of some(random, states, 40)) {
      const [found] = await trace.stateHashes([step]);
      assert.equal(bytesToHex(found as Uint8Array), hash, `batch ${seed}, state ${step}`);
      assert.equal(bytesToHex(await trace.witness(step)), witness, `batch ${seed}, witness ${step}`);
    }
    const beyond = await trace.stateHashes([halted.clock, halted.clock + 1n, 16n ** 10n]);
    for (const hash of beyond) assert.deepEqual(hash, halted.hash());
    assert.deepEqual(trace.output, halted.halted?.output);
  }
});

test("idle time is skipped, and its states can be computed", async () => {
  const { bytes } = seeded(BUSY);
  const trace = await traceOf(bytes);
  assert.ok(trace.transactions > 0);
  const last = SLOT_STEPS - 1n;
  const idle = trace.at(last);
  assert.deepEqual([idle.phase, idle.clock], [PHASE.idle, last]);
  assert.equal(trace.at(SLOT_STEPS).phase, PHASE.next);
  let first = 0n;
  while (trace.at(first).phase !== PHASE.idle) first++;
  for (const step of [first, first + 1n]) assert.equal((await traceOf(bytes)).at(step).clock, step);
});

test("a faulty trace is true up to its step and false from there; every other step is the machine's", async () => {
  const { bytes } = seeded(BUSY);
  const [honest, { states }] = [await traceOf(bytes), await statesOf(bytes)];
  const middle = states.find(({ phase }) => phase === PHASE.execute) as (typeof states)[number];
  const liar = await traceOf(bytes, {
    step: middle.step,
    change: (m) => {
      m.gas += 1n;
    },
  });
  for (const { step } of states) {
    const [[ours], [theirs]] = [await honest.stateHashes([step]), await liar.stateHashes([step])];
    assert.equal(bytesToHex(ours as Uint8Array) === bytesToHex(theirs as Uint8Array), step < middle.step, `${step}`);
  }
  // Only the step before it is false: later steps follow the machine, from the wrong state.
  const after = liar.prove(middle.step);
  assert.deepEqual(after.post, (await liar.stateHashes([middle.step + 1n]))[0]);
  const before = liar.prove(middle.step - 1n);
  assert.notDeepEqual(before.post, (await liar.stateHashes([middle.step]))[0]);
});
