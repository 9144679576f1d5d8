import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hex, toHex } from "@elench/bytes/hex";
import { haltedHash, spanContext, spanLevel, spanStart } from "@elench/evm/batch/span";
import { CHAIN_ID } from "../../evm/batch/fixtures/batches.ts";
import type { Run } from "../strategy/trace-provider.ts";
import { proposed } from "./fixtures/events.ts";
import { EVM, openPayments, payment, SPAN, TENSOR } from "./fixtures/payments.ts";
import { SpanTraceProvider } from "./span-trace-provider.ts";
import { Spans, spanOf } from "./spans.ts";
import { type MachineTraceProvider, TraceProviders } from "./trace-providers.ts";

/** The truth about spans of four payments, and of how the machines ask each other. */

async function openSpans() {
  const { batches, provider } = await openPayments([0, 1, 2, 3].map((i) => payment(i)));
  await provider.follow();
  const spans = new Spans({ chainId: CHAIN_ID, genesisOutput: toHex(provider.outputAt(0)) });
  const truth = new SpanTraceProvider({
    rollup: { spanVerifier: SPAN, evmVerifier: EVM },
    chainId: CHAIN_ID,
    spanOf: (context) => spans.byContext.get(context),
    batches: provider,
    records: batches.records,
  });
  /** The run of the game about a proposed span. */
  const propose = (first: number, end: number, changes: { previous?: Hex; root?: Hex; count?: number } = {}): Run => {
    const count = changes.count ?? end;
    const root = changes.root ?? toHex(batches.records.root(count));
    const said = { previous: changes.previous ?? toHex(provider.outputAt(first)), root, count };
    spans.learn([proposed({ sequence: spans.proposals.size, first, end }, said)]);
    const span = spanOf([...spans.proposals.values()].at(-1) as Parameters<typeof spanOf>[0]);
    return {
      machine: SPAN,
      context: toHex(spanContext(span, CHAIN_ID)),
      start: toHex(spanStart(span, CHAIN_ID)),
      level: spanLevel(span),
    };
  };
  return { truth, provider, batches, propose };
}

test("a span is judged by its batches: its states are their outputs, and each step asks about one of them", async () => {
  const { truth, provider, propose } = await openSpans();
  const run = propose(1, 4);
  assert.equal(await truth.unknown(run), null);
  assert.deepEqual(await truth.output(run), provider.outputAt(4));
  const states = await truth.stateHashes(run, [0n, 1n, 3n, 16n]);
  assert.equal(toHex(states[0] as Uint8Array), run.start);
  const halted = toHex(haltedHash(Uint8Array.from(Buffer.from(run.context.slice(2), "hex")), provider.outputAt(4)));
  assert.deepEqual(states.slice(2).map(toHex), [halted, halted]);
  for (const [step, batch] of [
    [0n, 1],
    [1n, 2],
    [2n, 3],
  ] as const)
    assert.deepEqual(await truth.asked(run, step), provider.runOf(batch));
  assert.equal(await truth.asked(run, 3n), undefined);
  assert.equal((await truth.witness(run, 1n)).length, 96 + 128 + 224 + 1_024);
});

test("the root after any later batch serves", async () => {
  const { truth, propose } = await openSpans();
  assert.equal(await truth.unknown(propose(0, 2, { count: 4 })), null);
});

test("a span on a false output is not judged, nor one under a root that is not the inbox's", async () => {
  const { truth, propose } = await openSpans();
  const wrong: Hex = `0x${"66".repeat(32)}`;
  assert.match(
    String(await truth.unknown(propose(1, 3, { previous: wrong }))),
    /builds on 0x66.*, but the true output/,
  );
  assert.match(String(await truth.unknown(propose(1, 3, { root: wrong }))), /names the root 0x66.* after 3 batches/);
  const beyond = propose(0, 3, { count: 9, root: wrong });
  assert.match(String(await truth.unknown(beyond)), /root after 9 batches; it has 3, and 4 are known/);
  assert.match(String(await truth.unknown(propose(1, 3, { count: 2 }))), /root after 2 batches; it has 3/);
});

test("a game about a span with another start, level, machine or context is not judged", async () => {
  const { truth, propose } = await openSpans();
  const run = propose(0, 4);
  assert.match(String(await truth.unknown({ ...run, start: run.context })), /starts from/);
  assert.match(String(await truth.unknown({ ...run, level: 2 })), /has level 2/);
  assert.match(String(await truth.unknown({ ...run, machine: EVM })), /not the deployment's span verifier/);
  assert.match(String(await truth.unknown({ ...run, context: run.start })), /no proposed output/);
});

test("a delegation goes from the span over the batch to the inference; a process that starts there asks its way down", async () => {
  const { truth, provider, propose } = await openSpans();
  const inference: Run = { machine: TENSOR, context: `0x${"7e".repeat(32)}`, start: "0x", level: 3 };
  const asked: string[] = [];
  // A batch of payments asks no model; this one does, at step 5.
  const batches: MachineTraceProvider = {
    unknown: (run) => provider.unknown(run),
    output: (run) => provider.output(run),
    stateHashes: (run, steps) => provider.stateHashes(run, steps),
    witness: (run, step) => provider.witness(run, step),
    asked: async ({ context }, step) => {
      asked.push(`${context === provider.runOf(2).context ? "batch 2" : "another"}, step ${step}`);
      return step === 5n ? inference : undefined;
    },
  };
  const tensor: MachineTraceProvider = {
    unknown: async () => null,
    output: async ({ context }) => {
      assert.equal(context, inference.context);
      return Uint8Array.of(1);
    },
    stateHashes: async () => [],
    witness: async () => new Uint8Array(),
    asked: async () => undefined,
  };
  const all = new TraceProviders([
    [SPAN, truth],
    [EVM, batches],
    [TENSOR, tensor],
  ]);
  const span = propose(0, 4);
  const batch = (await all.asked(span, 2n)) as Run;
  assert.deepEqual(batch, { ...provider.runOf(2), askedBy: { run: span, step: 2n } });
  const model = (await all.asked(batch, 5n)) as Run;
  assert.deepEqual(model, { ...inference, askedBy: { run: batch, step: 5n } });
  asked.length = 0;
  assert.deepEqual(await all.output(model), Uint8Array.of(1));
  assert.deepEqual(asked, ["batch 2, step 5"], "the batch machine is asked again, so that it knows of the inference");
});
