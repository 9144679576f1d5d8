import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { disputeGas } from "./dispute-gas.ts";

const snapshot = (name: string) =>
  (
    JSON.parse(readFileSync(new URL(`../../test/snapshots/${name}-gas.json`, import.meta.url), "utf8")) as {
      osaka: Record<string, number>;
    }
  ).osaka;
const [game, oracle, rollup] = [snapshot("game"), snapshot("oracle"), snapshot("rollup")];
const FIRST_USE = ", first use: no slot used, nobody credited";
const first = (of: Record<string, number>, name: string): number => of[name + FIRST_USE] as number;
const NOTHING = { bytes: 0, gas: 0 };
const FRESH_SLOT = 17_100;

test("the figures are those that the contracts' tests measure", () => {
  const { proposal, argument, step, settlement } = disputeGas([1], NOTHING, "oracle");
  const settled =
    (game["settle, undisputed, by another account"] as number) +
    3 * FRESH_SLOT +
    2 * (game["settle, each further claim"] as number) +
    first(oracle, "settle");
  assert.deepEqual(
    [proposal, argument, step, settlement],
    [
      first(oracle, "commit") + first(oracle, "open, with a game"),
      first(game, "counter"),
      first(game, "refute"),
      settled,
    ],
  );
  const ofSpan = disputeGas([1], NOTHING, "outputs");
  const head = "first use of each slot but the head";
  assert.equal(
    ofSpan.proposal,
    (rollup["checkpoint, first use"] as number) + (rollup[`span propose, ${head}`] as number),
  );
  assert.equal(ofSpan.settlement - settlement, (rollup[`span settle, ${head}`] as number) - first(oracle, "settle"));
});

test("the game of a dispute of 2^20 steps takes less than the forecast for level 5, and almost as much", () => {
  const { claims, argument, step, settlement } = disputeGas([5], NOTHING, "oracle");
  const forecast = first(game, "propose") + argument + step + settlement - first(oracle, "settle");
  // A refutation ends it.
  const measured = first(game, "dispute of 2^20 steps, both sides");
  assert.equal(claims, 5);
  assert.ok(measured <= forecast && measured > 0.95 * forecast, `${measured} of ${forecast}`);
});

test("each level takes one more move, and each further machine a delegation", () => {
  const [six, seven] = [disputeGas([6], NOTHING, "oracle"), disputeGas([7], NOTHING, "oracle")];
  assert.equal(seven.argument - six.argument, first(game, "move"));
  const three = disputeGas([1, 10, 6], NOTHING, "outputs");
  assert.equal(three.claims, 17);
  const delegation = (game.delegate as number) + FRESH_SLOT;
  assert.ok(three.argument >= first(game, "counter") + 14 * first(game, "move") + 2 * delegation);
});

test("a long witness is paid by calldata, or by the floor where little is executed", () => {
  const [short, long] = [
    disputeGas([6], { bytes: 1_000, gas: 10_000 }, "oracle"),
    disputeGas([6], { bytes: 60_000, gas: 10_000 }, "oracle"),
  ];
  assert.equal(short.step, first(game, "refute") + 10_000 + 16 * 1_000);
  assert.ok(long.step > 40 * 60_000);
});
