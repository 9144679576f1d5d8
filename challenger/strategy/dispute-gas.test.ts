import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { disputeGas } from "./dispute-gas.ts";

const { osaka } = JSON.parse(readFileSync(new URL("../../test/snapshots/game-gas.json", import.meta.url), "utf8")) as {
  osaka: Record<string, number>;
};
const gas = (name: string): number => osaka[name] as number;
const NOTHING = { bytes: 0, gas: 0 };

test("the figures are those that the game's tests measure", () => {
  const { proposal, argument, step, settlement } = disputeGas([1], NOTHING);
  const settled = gas("settle, undisputed, by another account") + 2 * gas("settle, each further claim");
  assert.deepEqual([proposal, argument, step, settlement], [gas("propose"), gas("counter"), gas("refute"), settled]);
});

test("a dispute of 2^20 steps takes less than the forecast for level 5, and almost as much", () => {
  const { claims, total } = disputeGas([5], NOTHING);
  const measured = gas("dispute of 2^20 steps, both sides, with a refutation");
  assert.equal(claims, 5);
  assert.ok(measured <= total && measured > 0.95 * total, `${measured} of ${total}`);
});

test("each level takes one more move, and each further machine a delegation", () => {
  const [six, seven] = [disputeGas([6], NOTHING), disputeGas([7], NOTHING)];
  assert.equal(seven.argument - six.argument, gas("move"));
  const both = disputeGas([10, 6], NOTHING);
  assert.equal(both.claims, 16);
  assert.ok(both.argument >= gas("counter") + 14 * gas("move") + gas("delegate"));
});

test("a long witness is paid by calldata, or by the floor where little is executed", () => {
  const [short, long] = [
    disputeGas([6], { bytes: 1_000, gas: 10_000 }),
    disputeGas([6], { bytes: 60_000, gas: 10_000 }),
  ];
  assert.equal(short.step, gas("refute") + 10_000 + 16 * 1_000);
  assert.ok(long.step > 40 * 60_000);
});
