/** What the rollup costs on L1: whole transactions. UPDATE_SNAPSHOTS=1 accepts a change. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { startChain } from "../game/chain.ts";
import { artifact, GENESIS, hashed, openStage, type Stage } from "./stage.ts";

const file = new URL("../snapshots/rollup-gas.json", import.meta.url);

/** Bytes of a transaction's calldata look like these: few of them are zero. */
const random = seededRandom(11);
const bytesOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => random(256));

async function measure(): Promise<Record<string, number>> {
  const chain = await startChain();
  const stage: Stage = await openStage(chain);
  const gas: Record<string, number> = {};
  const transact = stage.transact.bind(stage);
  const last = { gas: 0 };
  stage.transact = async (...call) => {
    const receipt = await transact(...call);
    last.gas = Number(receipt.gasUsed);
    return receipt;
  };
  const note = async (name: string, call: Promise<unknown>): Promise<void> => {
    await call;
    gas[name] = last.gas;
  };

  // The first batch, and the first proposal, find counters at zero.
  await stage.append(bytesOf(1));
  for (const size of [100, 1_000, 10_000, 100_000]) await note(`append ${size} bytes`, stage.append(bytesOf(size)));
  gas["append, for each further kB"] = Math.round((gas["append 100000 bytes"]! - gas["append 10000 bytes"]!) / 90);

  const outputs = [1, 2, 3, 4].map(hashed);
  const game = await stage.propose(0, GENESIS, outputs[0]!);
  await note("propose", stage.propose(1, outputs[0]!, outputs[1]!));
  const open = await stage.propose(2, outputs[1]!, outputs[2]!);
  await stage.conclude(game);
  await stage.settle(0);
  await stage.conclude((await stage.entry(1)).game);
  await note("settle", stage.settle(1));
  assert.equal(stage.game(open).status, "open");
  await note("stop, and void the game", stage.stop(2));
  await stage.propose(2, outputs[1]!, outputs[2]!);
  await stage.propose(3, outputs[2]!, outputs[3]!);
  await stage.stop(2);
  await note("discard, and void the game", stage.discard(3));
  for (const name of ["Inbox", "Outputs"] as const) gas[`bytes of the deployed ${name}`] = artifact(name).deployedSize;
  await chain.close();
  return gas;
}

let measured: Record<string, number>;
before(async () => {
  measured = await measure();
});

test("it is what it was", () => {
  const text = `${JSON.stringify(measured, null, 2)}\n`;
  if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"));
});

test("a batch costs the calldata's floor price (EIP-7623), 40,000 gas a kB, and a quarter more at most", () =>
  assert.ok(measured["append, for each further kB"]! < 50_000));
test("a proposal takes under 300,000 gas, a settlement under 100,000", () => {
  assert.ok(measured.propose! < 300_000);
  assert.ok(measured.settle! < 100_000);
});
