/** The truth about batches, where it is not as it should be. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { toBytes, toHex } from "@elench/bytes/hex";
import type { InboxEvent } from "../l1/events.ts";
import { appendedBatch, openPayments, payment } from "./fixtures/payments.ts";

test("a batch that its two executors do not agree about is not argued about; others are", async () => {
  const { chain, provider } = await openPayments([payment(0), payment(1)]);
  await provider.follow();
  const [first, second] = [provider.runOf(0), provider.runOf(1)];
  const { native } = chain.batch(1);
  Object.assign(native, { output: native.output.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) });
  await assert.rejects(provider.stateHashes(second, [0n]), /batch 1 leads to 0x.* natively.* one of them is wrong/);
  await assert.rejects(provider.witness(second, 0n), /one of them is wrong/);
  await assert.rejects(provider.asked(second, 5n), /one of them is wrong/);
  assert.equal((await provider.stateHashes(first, [0n, 1n])).length, 2);
  assert.deepEqual(await provider.output(first), chain.batch(0).native.output);
});

/** L1 has these batches instead. */
async function reorganised(before: readonly InboxEvent[], events: readonly InboxEvent[]) {
  const opened = await openPayments(before);
  await opened.provider.follow();
  const contexts = before.map((_, i) => opened.provider.runOf(i).context);
  opened.batches.forget();
  opened.batches.learn(events);
  await opened.provider.follow();
  return { ...opened, contexts };
}

test("a batch is the same only with the same root and size: with a zero more, it is another, executed anew", async () => {
  const second = payment(1);
  const longer = appendedBatch(1, concat(toBytes((second.args as { batch: `0x${string}` }).batch), Uint8Array.of(0)));
  const events = [payment(0), second];
  const { provider, chain, contexts } = await reorganised(events, [payment(0), longer]);
  assert.equal((longer.args as { root: string }).root, (second.args as { root: string }).root);
  assert.equal(provider.runOf(0).context, contexts[0]);
  assert.notEqual(provider.runOf(1).context, contexts[1]);
  assert.equal(chain.length, 2);
});

test("a batch with another declared gas is another, though its bytes are the same", async () => {
  const less = { ...payment(0), args: { ...payment(0).args, gas: 100_000n } } as InboxEvent;
  const { provider, contexts } = await reorganised([payment(0), payment(1)], [less, payment(1)]);
  assert.notEqual(provider.runOf(0).context, contexts[0]);
  assert.notEqual(provider.runOf(1).context, contexts[1], "it builds on another output");
});

test("only the batches below a boundary are executed to judge it; what is missing is named", async () => {
  const { provider } = await openPayments([payment(0), payment(1), payment(2)]);
  assert.equal(await provider.reach(2), null);
  assert.equal(provider.executed, 2);
  assert.match(String(await provider.reach(4)), /^batch 3 is not known/);
});

test("a batch whose execution fails leaves the games about earlier ones to be played", async () => {
  const { chain, provider } = await openPayments([payment(0), payment(1), payment(2)]);
  const { append } = chain;
  chain.append = async (...args) => {
    if (chain.length === 2) throw new Error("the library throws");
    return append.apply(chain, args);
  };
  assert.equal(await provider.reach(2), null);
  assert.equal(await provider.unknown(provider.runOf(1)), null);
  assert.equal(await provider.reach(3), "batch 2 cannot be executed: the library throws");
  const other = { ...provider.runOf(1), context: toHex(new Uint8Array(32)) };
  assert.equal(await provider.unknown(other), "batch 2 cannot be executed: the library throws");
});

test("two batches with the same record on the same output have one context, which survives the loss of the second", async () => {
  const empty = (index: number) => appendedBatch(index, new Uint8Array());
  const { provider, batches } = await openPayments([empty(0), empty(1)]);
  await provider.follow();
  const { context } = provider.runOf(0);
  assert.equal(provider.runOf(1).context, context);
  batches.forget();
  batches.learn([empty(0)]);
  await provider.follow();
  assert.equal(toHex(await provider.output(provider.runOf(0))), toHex(provider.outputAt(1)));
});
