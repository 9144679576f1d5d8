import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import type { Run } from "../strategy/trace-provider.ts";
import { type MachineTraceProvider, TraceProviders } from "./trace-providers.ts";

const [ASKING, ASKED] = ["0xaa", "0xbb"] as const;
const run = (machine: Hex, askedBy?: Run["askedBy"]): Run => ({
  machine,
  context: "0x01",
  start: "0x02",
  level: 1,
  ...(askedBy && { askedBy }),
});

const provider = (methods: Partial<MachineTraceProvider>): MachineTraceProvider => methods as MachineTraceProvider;

/** The asked machine knows the contents of a run only when the asking machine has executed as far as its step. */
function machines(whyUnknown: string | null = null): TraceProviders {
  let isAsked = false;
  return new TraceProviders([
    [
      ASKING,
      provider({
        unknown: async () => whyUnknown,
        asked: async () => {
          isAsked = true;
          return run(ASKED);
        },
      }),
    ],
    [ASKED, provider({ unknown: async () => (isAsked ? null : "nobody has asked for it") })],
  ]);
}

test("a delegated run is known as soon as the run that asks for it is, though nothing was executed yet", async () => {
  const delegated = run(ASKED, { run: run(ASKING), step: 5n });
  assert.equal(await machines().unknown(delegated), null);
  assert.equal(await machines().unknown(run(ASKED)), "nobody has asked for it");
});

test("a run that is asked for by one that cannot be judged cannot be judged either", async () => {
  assert.equal(
    await machines("its batch is missing").unknown(run(ASKED, { run: run(ASKING), step: 5n })),
    "its batch is missing",
  );
  const [unknown] = ["0xcc"] as const;
  assert.match(
    String(await machines().unknown(run(ASKED, { run: run(unknown), step: 5n }))),
    /machine 0xcc is unknown/,
  );
});
