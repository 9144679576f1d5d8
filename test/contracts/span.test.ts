/** The span machine on L1 and off it: every step leads to the same state, and asks the EVM machine the same. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { toHex } from "@elench/bytes/hex";
import { startIn } from "@elench/evm/batch/claim";
import { type BatchRecord, type Config, configHash, configOf, recordHash } from "@elench/evm/batch/record";
import {
  haltedHash,
  MAX_SPAN,
  runningHash,
  type Span,
  spanContext,
  spanLevel,
  spanStart,
} from "@elench/evm/batch/span";
import type { BatchRun } from "@elench/evm/span/machine";
import { SpanTrace } from "@elench/prover/span-trace";
import { getAddress } from "viem";
import { CHAIN_ID, executedSpan, hashOf, recordedChain } from "../../evm/span/fixtures/spans.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { build } from "./build.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

const EVM_VERIFIER = `0x${"e1".repeat(20)}` as const;
const random = seededRandom(69);

let verifier: Deployed;
let harness: Deployed;
before(async () => {
  const contracts = build(["contracts/rollup/SpanVerifier.sol", "contracts/test/SpanHarness.sol"]);
  const evm = await startEvm();
  verifier = await evm.deploy(contracts.get("SpanVerifier")!, EVM_VERIFIER, CHAIN_ID);
  harness = await evm.deploy(contracts.get("SpanHarness")!);
});

const call = async (name: string, ...args: readonly unknown[]) => (await verifier.call(name, ...args)).value;
const reverts = (name: string, error: string, ...args: readonly unknown[]) =>
  assert.rejects(verifier.call(name, ...args), (thrown) => thrown instanceof Reverted && thrown.error === error);

/** The contract takes the trace's step, and comes to its next state; from the halted one it stays. */
async function agrees(trace: SpanTrace, step: bigint): Promise<void> {
  const [pre, post] = (await trace.stateHashes([step, step + 1n])).map((hash) => toHex(hash));
  const witness = toHex(await trace.witness(step));
  const question = trace.question(step);
  if (question === null) {
    assert.equal(await call("step", pre, witness), post);
    await reverts("ask", "NotDelegated", pre, witness);
    await reverts("resume", "NotDelegated", pre, witness, pre);
    return;
  }
  await reverts("step", "Delegated", pre, witness);
  assert.deepEqual(await call("ask", pre, witness), asked(question));
  const answer = toHex(trace.state(step + 1n).output);
  assert.equal(await call("resume", pre, witness, answer), post, `step ${step}`);
}

const asked = ({ start, context, level }: BatchRun) => [getAddress(EVM_VERIFIER), toHex(start), toHex(context), level];

describe("a span's steps on L1 are the trace's", () => {
  const chain = recordedChain(random, 5_000);
  for (const length of [1, 2, 15, 16, 17, 255, 256, 257, 4_095, 4_096])
    it(`${length} batches`, async () => {
      const first = random(2) === 0 ? 0 : random(5_000 - length);
      const end = first + length;
      const trace = new SpanTrace(executedSpan(chain, first, end, end + random(5_000 - end + 1)));
      assert.equal(trace.steps, BigInt(length));
      const steps = [
        0,
        1,
        length - 2,
        length - 1,
        length,
        length + 1,
        ...Array.from({ length: 8 }, () => random(length)),
      ];
      for (const step of new Set(steps.filter((step) => step >= 0))) await agrees(trace, BigInt(step));
      const [halted] = await trace.stateHashes([BigInt(length)]);
      assert.equal(await call("halted", toHex(trace.context), toHex(trace.output)), toHex(halted!));
    });

  it("whatever the EVM machine answers", async () => {
    const trace = new SpanTrace(executedSpan(chain, 7, 10));
    for (let step = 0n; step < 3n; step++) {
      const [pre] = (await trace.stateHashes([step])) as [Uint8Array];
      const answer = hashOf(random);
      const post =
        step === 2n ? haltedHash(trace.context, answer) : runningHash(trace.context, Number(step) + 1, answer);
      assert.equal(await call("resume", toHex(pre), toHex(await trace.witness(step)), toHex(answer)), toHex(post));
    }
  });

  it("under every root that the inbox had from the span's end on", async () => {
    const small = recordedChain(random, 40);
    for (let count = 6; count <= 40; count++)
      await agrees(new SpanTrace(executedSpan(small, 3, 6, count)), BigInt(random(3)));
  });

  it("of a chain's own context alone", async () => {
    const executed = executedSpan(chain, 0, 2);
    const trace = new SpanTrace({ ...executed, chainId: CHAIN_ID + 1n });
    const [pre] = (await trace.stateHashes([0n])) as [Uint8Array];
    await reverts("ask", "WrongContext", toHex(pre), toHex(await trace.witness(0n)));
  });
});

describe("the formats on L1 are those of evm/batch", () => {
  const words = (): Span => ({
    first: random(2 ** 31),
    end: random(2 ** 31),
    previous: hashOf(random),
    root: hashOf(random),
  });

  it("hashes of records and configs", async () => {
    const record: BatchRecord = recordedChain(random, 1).records[0]!;
    const hash = await harness.call("hashOfRecord", {
      ...record,
      config: toHex(record.config),
      root: toHex(record.root),
    });
    assert.equal(hash.value, toHex(recordHash(record)));
    const config: Config = {
      ...configOf(CHAIN_ID),
      minimumFee: 1n,
      target: 2n,
      inertia: 3n,
      transactionGas: 4n,
      headGas: 5n,
      vault: 6n,
    };
    const vault = `0x${"6".padStart(40, "0")}`;
    assert.equal((await harness.call("hashOfConfig", { ...config, vault })).value, toHex(configHash(config)));
  });

  it("contexts, states, and the EVM machine's first state", async () => {
    for (let i = 0; i < 20; i++) {
      const span = words();
      const onL1 = { ...span, previous: toHex(span.previous), root: toHex(span.root) };
      const context = spanContext(span, CHAIN_ID);
      assert.equal((await harness.call("context", onL1, CHAIN_ID)).value, toHex(context));
      assert.equal(
        (await harness.call("running", toHex(context), 0n, toHex(span.previous))).value,
        toHex(spanStart(span, CHAIN_ID)),
      );
      const [executed, output] = [random(MAX_SPAN), hashOf(random)];
      assert.equal(
        (await harness.call("running", toHex(context), executed, toHex(output))).value,
        toHex(runningHash(context, executed, output)),
      );
      assert.equal((await harness.call("firstState", toHex(context))).value, toHex(startIn(context)));
    }
  });

  it("the level is the smallest, at least 1, whose claims cover the span", async () => {
    for (const length of [1, 2, 15, 16, 17, 255, 256, 257, 4_095, 4_096]) {
      const level = spanLevel({ ...words(), first: 5, end: 5 + length });
      assert.ok(16 ** level >= length && (level === 1 || 16 ** (level - 1) < length), `${length}: ${level}`);
      assert.equal((await harness.call("level", length)).value, BigInt(level));
    }
  });
});
