/** What the oracle costs on L1: whole transactions, under two rule sets. UPDATE_SNAPSHOTS=1 accepts a change. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { SETTLE_AND_DELIVER_GAS } from "@elench/challenger/watch/delivery";
import { compileGame } from "../game/compile.ts";
import { RULES, type Rules, startRuledChain } from "../game/ruled-chain.ts";
import { artifact, openStage, REVEAL, type Stage, TRUE } from "./stage.ts";

const file = new URL("../snapshots/oracle-gas.json", import.meta.url);
const FIRST_USE = ", first use: no slot used, nobody credited";
/** Longer than the game keeps its regions. */
const MONTH = 30 * 24 * 3600;

type Gas = Record<string, number>;

async function measure(rules: Rules): Promise<Gas> {
  const chain = await startRuledChain(rules);
  const disputeGame = compileGame({ optimize: true }).DisputeGame!;
  // A price that does not depend on the backlog: nothing is credited beside what is measured.
  const stage: Stage = await openStage(chain, { disputeGame }, { scale: 2n ** 60n });
  stage.pass = async (seconds) => {
    stage.now += seconds;
  };
  const call = stage.call.bind(stage);
  const last = { gas: 0 };
  stage.call = async (...args) => {
    const receipt = await call(...args);
    last.gas = Number(receipt.gasUsed);
    return receipt;
  };
  const gas: Gas = {};
  const note = async <T>(name: string, action: Promise<T>): Promise<T> => {
    const result = await action;
    gas[name] = last.gas;
    return result;
  };
  /** A question from its request to its delivery. */
  const round = async (seed: number, suffix: string): Promise<void> => {
    const asked = await note(`request${suffix}`, stage.request(seed));
    const own = await note(`commit${suffix}`, stage.commit(stage.provider, asked, TRUE));
    const game = await note(`open, with a game${suffix}`, stage.open(stage.provider, own, asked, TRUE));
    await stage.conclude(game);
    await note(`settle${suffix}`, stage.settle(game));
    await stage.pass(600);
    await note(`deliver${suffix}`, stage.deliver(asked, TRUE));
    stage.now += MONTH;
  };
  await round(1, FIRST_USE);
  await round(2, "");

  // Fills the slots that are used again below.
  const filler = await stage.request(9, {}, { hint: 1 });
  await stage.call(stage.requester, "cancel", [filler.place, filler.request]);
  stage.now += REVEAL;
  await stage.call(stage.requester, "reclaim", [filler.place, filler.request]);
  await stage.answer(stage.thief, filler, TRUE);
  await stage.conclude(stage.last<{ number: bigint }>("Opened").number);
  stage.now += MONTH;

  const asked = await stage.request(3);
  await note("request of a question that was requested before", stage.request(3, {}, { hint: 1 }));
  const game = await stage.answer(stage.provider, asked, TRUE);
  const second = await stage.commit(stage.thief, asked, TRUE);
  await note("open, without a game", stage.open(stage.thief, second, asked, TRUE));
  await note(
    "askAgain",
    call(stage.guardian, "askAgain", [asked.context]).then((r) => (last.gas = Number(r.gasUsed))),
  );
  stage.now++;
  await stage.conclude(game);
  stage.now += MONTH;
  const args = [asked.request.inference, await stage.rootOf(TRUE), 0];
  await note("proposeAgain", stage.call(stage.provider, "proposeAgain", args, 12_001_000n));
  const cancelled = await stage.request(4, {}, { hint: 1 });
  await note("cancel", stage.call(stage.requester, "cancel", [cancelled.place, cancelled.request]));
  stage.now += REVEAL;
  await note("reclaim", stage.call(stage.requester, "reclaim", [cancelled.place, cancelled.request]));
  await note("collect", stage.call(stage.provider, "collect", []));
  return gas;
}

const measured: Partial<Record<Rules, Gas>> = {};
before(async () => {
  for (const rules of Object.keys(RULES) as Rules[]) measured[rules] = await measure(rules);
});

test("it is what it was", () => {
  const { deployedSize } = artifact("InferenceOracle");
  const text = `${JSON.stringify({ ...measured, "bytes of the deployed InferenceOracle": deployedSize }, null, 2)}\n`;
  if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"));
});

test("settlement and delivery take at most what an agent reckons with", () => {
  for (const gas of Object.values(measured)) {
    const first = gas[`settle${FIRST_USE}`]! + gas[`deliver${FIRST_USE}`]!;
    const again = gas.settle! + gas.deliver!;
    // With its part of collecting.
    assert.ok(BigInt(Math.max(first, again) + Math.ceil(gas.collect! / 20)) < SETTLE_AND_DELIVER_GAS);
  }
});
