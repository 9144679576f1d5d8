import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { concat } from "@elench/bytes/concat";
import { equalBytes } from "@elench/bytes/words";
import type { BatchInput } from "@elench/evm/batch/claim";
import { encodeBatch } from "@elench/evm/batch/encoding";
import type { Machine } from "@elench/evm/machine/state/machine";
import { prove, step } from "@elench/evm/machine/step";
import { type Batch, type Envelope, PHASE, type Phase, type Tx } from "@elench/evm/structures/layout";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { hashPair } from "@elench/merkle/tree";
import { bytesToHex } from "@ethereumjs/util";
import type { Hex } from "viem";
import {
  KEYS,
  randomBatch,
  TARGETS,
  testBlock,
  testInput,
  testWorld,
  transaction,
  type World,
} from "../../evm/batch/fixtures/batches.ts";
import { taskOf } from "../../evm/machine/fixtures/state.ts";
import { runBatch } from "../../evm/machine/run.ts";
import { addressKey } from "../../evm/machine/state/keys.ts";
import { get } from "../../evm/structures/sparse.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { build } from "./build.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

const contracts = build(
  ["BlockSteps", "SettlementSteps", "TransactionSteps"].map((name) => `contracts/evm/parts/${name}.sol`),
);

const PARTS: Readonly<Record<string, readonly Phase[]>> = {
  BlockSteps: [PHASE.start, PHASE.next, PHASE.idle],
  TransactionSteps: [PHASE.decode, PHASE.recover, PHASE.count, PHASE.access],
  SettlementSteps: [PHASE.validate, PHASE.settle, PHASE.receipt],
};

const parts = new Map<Phase, Deployed>();
let world: World;

before(async () => {
  const evm = await startEvm();
  for (const [name, phases] of Object.entries(PARTS)) {
    const contract = contracts.get(name) ?? assert.fail(`no contract ${name}`);
    assert.ok(contract.size <= 24_576, `${name} has ${contract.size} bytes`);
    const part = await evm.deploy(contract);
    for (const phase of phases) parts.set(phase, part);
  }
  world = await testWorld();
});

const NAMES = new Map<Phase, string>(Object.entries(PHASE).map(([name, phase]) => [phase, name]));

interface Step {
  readonly phase: Phase;
  readonly pre: Hex;
  readonly witness: Uint8Array;
  readonly post: Hex;
}

/** Every step of a batch that these contracts know. */
function stepsOf(input: BatchInput): Step[] {
  const steps: Step[] = [];
  runBatch(world.host, input, (m) => {
    if (parts.has(m.phase)) steps.push(stepOf(m));
  });
  return steps;
}

function stepOf(m: Machine): Step {
  const { pre, witness, post } = prove(m);
  return { phase: m.phase, pre: bytesToHex(pre), witness, post: bytesToHex(post) };
}

const take = ({ phase, pre }: Step, witness: Uint8Array) =>
  (parts.get(phase) as Deployed).call("step", pre, bytesToHex(witness));

/** @returns gas by phase, the highest. */
async function agree(steps: readonly Step[], what: string): Promise<Map<Phase, number>> {
  const highest = new Map<Phase, number>();
  for (const [i, one] of steps.entries()) {
    const { value, gas } = await take(one, one.witness);
    assert.equal(value, one.post, `${what}, step ${i}, ${NAMES.get(one.phase)}`);
    assert.ok(one.witness.length < 32_768, `${NAMES.get(one.phase)}: ${one.witness.length} bytes`);
    highest.set(one.phase, Math.max(gas, highest.get(one.phase) ?? 0));
  }
  return highest;
}

async function refused(one: Step, witness: Uint8Array, what: string): Promise<void> {
  await assert.rejects(take(one, witness), (error) => error instanceof Reverted, what);
}

const call = (nonce: bigint, to = TARGETS[3] as Hex) =>
  transaction({
    type: 2,
    nonce,
    to,
    data: Uint8Array.of(1, 0, 2),
    accessList: [{ address: to, storageKeys: [`0x${"11".repeat(32)}`] }],
  });

/** Of START's witness, behind the state: record hash and previous output, record, config, and the words of the previous output. */
const START_PARTS = [
  [480, 544],
  [544, 768],
  [768, 1_056],
  [1_056, 1_152],
] as const;

/** A batch in which every phase comes. */
const wholeBatch = (): BatchInput =>
  testInput(world.root, encodeBatch([testBlock([call(0n)]), testBlock([call(1n), Uint8Array.of(7)])]));

describe("transactions and blocks on L1", () => {
  it("are what the machine makes of them, in random batches", async (t) => {
    const random = seededRandom(21);
    const highest = new Map<Phase, number>();
    for (let i = 0; i < 10; i++) {
      const gas = await agree(stepsOf(testInput(world.root, randomBatch(random))), `batch ${i}`);
      for (const [phase, most] of gas) highest.set(phase, Math.max(most, highest.get(phase) ?? 0));
    }
    for (const phase of parts.keys()) {
      const gas = highest.get(phase) ?? assert.fail(`no step of phase ${NAMES.get(phase)}`);
      t.diagnostic(`${NAMES.get(phase)}: at most ${gas} gas`);
      assert.ok(gas < 300_000, `${NAMES.get(phase)}: ${gas} gas`);
    }
  });

  it("end where bytes, transactions or gas end", async () => {
    const whole = encodeBatch([testBlock([call(0n), call(1n)]), testBlock([])]);
    for (const length of [0, 135, 136, 139, 140, 141, 136 + 4 + call(0n).length, whole.length - 136, whole.length - 1])
      await agree(stepsOf(testInput(world.root, whole.subarray(0, length))), `${length} bytes`);
    await agree(stepsOf(testInput(world.root, whole, 250_000n)), "little gas");
  });

  it("refuse every witness that is changed in a byte, cut off or longer", async () => {
    const random = seededRandom(5);
    const seen = new Set<Phase>();
    for (const one of stepsOf(wholeBatch())) {
      if (seen.has(one.phase) && random(3) > 0) continue;
      seen.add(one.phase);
      const { witness } = one;
      for (let n = 0; n < 25; n++) {
        // Of the state, one byte in four; the rest is what the step opens.
        const place = n % 4 === 0 || witness.length === 480 ? random(480) : 480 + random(witness.length - 480);
        const damaged = witness.slice();
        damaged[place] = (damaged[place] as number) ^ (1 << random(8));
        await refused(one, damaged, `${NAMES.get(one.phase)}, byte ${place}`);
      }
      await refused(one, witness.subarray(0, witness.length - 1), `${NAMES.get(one.phase)}, cut off`);
      await refused(one, Uint8Array.from([...witness, 0]), `${NAMES.get(one.phase)}, longer`);
    }
    assert.equal(seen.size, parts.size);
  });

  it("read a transaction where it stands, and leave none out", async () => {
    const decode = await machineAt(PHASE.decode);
    const { start, end } = taskOf(decode, PHASE.decode);
    for (const [from, to] of [
      [start + 1, end],
      [start, end - 1],
      [end, end],
    ] as const) {
      const liar = decode.copy();
      liar.goTo({ phase: PHASE.decode, start: from, end: to });
      await cannotStandFor(decode, liar, `bytes ${from} to ${to}`);
    }
    const next = await machineAt(PHASE.next, ({ tx }) => (tx?.block.remaining ?? 0) > 0);
    for (const change of [
      { position: end },
      { transactions: 0 },
      { bytes: new PagedBytes(encodeBatch([testBlock([])])) },
    ] satisfies Partial<Batch>[]) {
      const liar = next.copy();
      const { block } = liar.tx as Tx;
      liar.tx = { ...(liar.tx as Tx), block: { ...block, batch: { ...block.batch, ...change } } };
      await cannotStandFor(next, liar, Object.keys(change).join());
    }
  });

  it("begin with the record, the config and the output of the context, and with no others", async () => {
    const begin = await machineAt(PHASE.start);
    const { input } = taskOf(begin, PHASE.start);
    const { config, previous } = input;
    for (const change of [
      { gas: input.gas + 1n },
      { kind: 1n },
      { time: 1n },
      { source: 1n },
      { bytes: new PagedBytes(encodeBatch([testBlock([])])) },
      { config: { ...config, chainId: config.chainId + 1n } },
      { config: { ...config, version: 2n } },
      { config: { ...config, vault: 1n } },
      { previous: { ...previous, number: previous.number + 1n } },
      { previous: { ...previous, stateRoot: new Uint8Array(32) } },
      { previous: { ...previous, history: previous.history.with(3, new Uint8Array(32).fill(1)) } },
    ] satisfies Partial<BatchInput>[]) {
      const liar = begin.copy();
      liar.goTo({ phase: PHASE.start, input: { ...input, ...change } });
      const what = Object.keys(change).join();
      await cannotStandFor(begin, liar, what);
      // One part alone, between those that the state commits to.
      const [one, lie] = [stepOf(begin), stepOf(liar)];
      for (const [from, to] of START_PARTS) {
        const part = lie.witness.subarray(from, to);
        if (equalBytes(part, one.witness.subarray(from, to))) continue;
        const spliced = concat(one.witness.subarray(0, from), part, one.witness.subarray(to));
        await refused(one, spliced, `${what}, bytes ${from} to ${to}`);
      }
    }
  });

  it("buy gas only from who can pay for it, at the edges of every bound", async () => {
    const m = await machineAt(
      PHASE.validate,
      ({ journal, tx }) => get(journal, addressKey((tx as Tx).origin)) !== undefined,
    );
    const tx = m.tx as Tx;
    const envelope = tx.envelope as Envelope;
    const { baseFee, gasLimit } = tx.block;
    const changes: readonly [Partial<Envelope>, Phase][] = [
      [{}, PHASE.loadAccount],
      [{ maxFee: 2n ** 256n - 1n }, PHASE.idle],
      [{ value: 2n ** 256n - 1n }, PHASE.idle],
      [{ maxFee: 2n ** 238n, value: 2n ** 256n - 2n ** 250n }, PHASE.idle],
      [{ maxFee: baseFee, maxPriority: baseFee }, PHASE.loadAccount],
      [{ maxFee: baseFee - 1n, maxPriority: 0n }, PHASE.idle],
      [{ maxPriority: envelope.maxFee + 1n }, PHASE.idle],
      [{ nonce: 2n ** 64n - 1n }, PHASE.idle],
      [{ nonce: envelope.nonce + 1n }, PHASE.idle],
      [{ gasLimit: envelope.intrinsic }, PHASE.loadAccount],
      [{ gasLimit: envelope.intrinsic - 1n }, PHASE.idle],
      [{ gasLimit: gasLimit + 1n }, PHASE.idle],
    ];
    for (const [change, then] of changes) {
      const changed = m.copy();
      changed.tx = { ...tx, envelope: { ...envelope, ...change } };
      const what = Object.keys(change).join();
      await agree([stepOf(changed)], what);
      step(changed);
      assert.equal(changed.phase, then, what);
    }
  });

  it("know only their own phases", async () => {
    const [start] = stepsOf(wholeBatch());
    assert.ok(start);
    for (const phase of [PHASE.decode, PHASE.validate] as const)
      await assert.rejects(
        (parts.get(phase) as Deployed).call("step", start.pre, bytesToHex(start.witness)),
        (error) => error instanceof Reverted && error.error === "WrongPhase",
      );
  });

  it("halt in the state that the claim is about", async () => {
    const input = wholeBatch();
    const last = stepsOf(input).at(-1) as Step;
    const { halted } = runBatch(world.host, input);
    assert.ok(halted);
    assert.equal((await take(last, last.witness)).value, bytesToHex(hashPair(halted.context, halted.output)));
  });

  it("count data and pass over access lists of any length, in steps of bounded size", async () => {
    const addresses = Array.from({ length: 40 }, (_, i) => ({
      address: `0x${(i + 4096).toString(16).padStart(40, "0")}` as Hex,
      storageKeys: i % 3 === 0 ? [`0x${"22".repeat(32)}` as Hex] : [],
    }));
    const data = Uint8Array.from({ length: 20_000 }, (_, i) => (i % 5 === 0 ? i : 0));
    const bytes = transaction(
      { type: 1, nonce: 0n, to: TARGETS[3] as Hex, gasLimit: 1_000_000n, data, accessList: addresses },
      { key: KEYS[1] as Uint8Array },
    );
    const gas = await agree(stepsOf(testInput(world.root, encodeBatch([testBlock([bytes])]))), "long");
    assert.ok((gas.get(PHASE.count) as number) < 300_000);
  });
});

/** The first machine of the whole batch in a phase. */
async function machineAt(phase: Phase, wanted: (m: Machine) => boolean = () => true): Promise<Machine> {
  let found: Machine | undefined;
  runBatch(world.host, wholeBatch(), (m) => {
    if (m.phase === phase && wanted(m)) found ??= m.copy();
  });
  return found ?? assert.fail(`no machine in phase ${NAMES.get(phase)}`);
}

/** What opens another machine's state does not open this one's, under its own state or the other's. */
async function cannotStandFor(honest: Machine, liar: Machine, what: string): Promise<void> {
  const [one, lie] = [stepOf(honest), stepOf(liar)];
  await refused(one, lie.witness, what);
  await refused(one, Uint8Array.from([...one.witness.subarray(0, 480), ...lie.witness.subarray(480)]), what);
}
