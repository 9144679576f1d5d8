/** What a step of the span machine costs on L1, against `test/snapshots/span-gas.json`. UPDATE_SNAPSHOTS=1 writes the file anew. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { toHex } from "@elench/bytes/hex";
import { SpanTrace } from "@elench/prover/span-trace";
import { CHAIN_ID, executedSpan, hashOf, recordedChain } from "../../evm/span/fixtures/spans.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { build } from "./build.ts";
import { startEvm, transactionGas } from "./evm.ts";

const snapshot = new URL("../snapshots/span-gas.json", import.meta.url);
const random = seededRandom(71);

/** Long enough for a span of the highest level. */
const chain = recordedChain(random, 4_096);

test("gas and size are those of the snapshot", async () => {
  const contract = build(["contracts/rollup/SpanVerifier.sol"]).get("SpanVerifier")!;
  const verifier = await (await startEvm()).deploy(contract, `0x${"e1".repeat(20)}`, CHAIN_ID);
  const trace = new SpanTrace(executedSpan(chain, 0, 4_096));
  const cost = async (name: string, step: bigint, ...args: readonly `0x${string}`[]) => {
    const [pre] = (await trace.stateHashes([step])) as [Uint8Array];
    const witness = await trace.witness(step);
    const { gas, data } = await verifier.call(name, toHex(pre), toHex(witness), ...args);
    return { witness: witness.length, execution: gas, transaction: transactionGas(data, gas) };
  };
  const answer = toHex(hashOf(random));
  const found = {
    ask: await cost("ask", 2_730n),
    resume: await cost("resume", 2_730n, answer),
    "resume, to the halted state": await cost("resume", 4_095n, answer),
    halted: await cost("step", 4_096n),
    "bytes of the contract": contract.size,
  };
  if (process.env.UPDATE_SNAPSHOTS) writeFileSync(snapshot, `${JSON.stringify(found, null, 2)}\n`);
  assert.deepEqual(found, JSON.parse(readFileSync(snapshot, "utf8")), "UPDATE_SNAPSHOTS=1 writes the snapshot anew");
});
