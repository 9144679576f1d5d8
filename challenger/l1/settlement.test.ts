import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { LEAST_PART } from "@elench/spec/game/game";
import { decodeFunctionData, type Hex, size } from "viem";
import { account, countered, LIAR, moved, proposal, proposed, times } from "../strategy/fixtures/log.ts";
import { gameIdOf } from "../strategy/record.ts";
import { dueSettlement, type Settlement } from "../strategy/settlement.ts";
import { emptyForest, extend, type Forest, type Game, type GameEvent } from "../strategy/tree.ts";
import { CAPACITY, type Capacity, type SettlementCall, settlementCall } from "./settlement.ts";

const TO = account(9);
const LATE = 99_999;

/** A counter, and so many claims against it that nobody answers. */
const junk = (count: number, by: (i: number) => Hex = () => LIAR): Forest => {
  const claims = Array.from({ length: count }, (_, i) => moved({ number: i + 2, place: i + 8, claimant: by(i) }));
  return extend(emptyForest(), [proposed(), ...countered(), ...claims]);
};

const gameIn = ({ games }: Forest): Game => games.get(gameIdOf(proposal)) as Game;
const callIn = (forest: Forest, most?: number, capacity?: Capacity): SettlementCall =>
  settlementCall(gameIn(forest), dueSettlement(gameIn(forest), times, LATE) as Settlement, TO, most, capacity);

/** All transactions of a settlement, each made after the one before. */
function* inOrder(forest: Forest, capacity?: Capacity): Generator<SettlementCall> {
  for (let left = gameIn(forest).entries; left > 0; ) {
    const settling = callIn(forest, undefined, capacity);
    yield settling;
    left -= settling.part.entries.length;
    const said: GameEvent = { eventName: "PartSettled", args: { number: proposal.number, left: BigInt(left) } };
    forest = extend(forest, [said]);
  }
}

const numbersOf = (calls: readonly SettlementCall[]) => calls.flatMap(({ part }) => part.entries.map((e) => e.number));
const downFrom = (count: number) => Array.from({ length: count }, (_, i) => count - i);

describe("a settlement", () => {
  it("of a proposal that nobody answered is one call without claims", () => {
    const { intent, call } = callIn(extend(emptyForest(), [proposed()]));
    const { functionName, args } = decodeFunctionData({ abi: disputeGameAbi, data: intent.data });
    assert.deepEqual([call, functionName, args?.[1]], ["settle", "settle", []]);
  });

  it("takes all claims in one transaction if they fit: 380 of them do", () => {
    const { call, part, intent } = callIn(junk(380));
    assert.deepEqual([call, part.entries.length, part.isLast], ["settle", 381, true]);
    assert.ok(size(intent.data) < 40_000);
  });

  it("is parted if it is too large: each part fits, and together they take every claim once", () => {
    const calls = [...inOrder(junk(2_000))];
    assert.ok(calls.length > 1);
    for (const { intent, call } of calls) {
      assert.equal(call, "settlePart");
      assert.ok(size(intent.data) <= CAPACITY.bytes, `${size(intent.data)} bytes`);
    }
    assert.deepEqual(numbersOf(calls), downFrom(2_001));
    assert.equal(new Set(calls.map(({ intent }) => intent.key)).size, calls.length, "each is an action of its own");
  });

  it("is parted by bytes, however much gas there is", () => {
    const calls = [...inOrder(junk(400), { bytes: 20_000, gas: CAPACITY.gas })];
    assert.ok(calls.length > 1);
    for (const { intent } of calls) assert.ok(size(intent.data) <= 20_000, `${size(intent.data)} bytes`);
    assert.deepEqual(numbersOf(calls), downFrom(401));
  });

  it("is parted by gas: an account that was never credited takes a fresh slot", () => {
    const calls = [...inOrder(junk(400, (i) => account(100 + i)))];
    for (const { part } of calls)
      assert.ok(115_000 * new Set(part.entries.map(({ claimant }) => claimant)).size < CAPACITY.gas);
    assert.deepEqual(numbersOf(calls), downFrom(401));
  });

  it("goes on in parts once a part is settled, by whoever, though the rest would fit", () => {
    const said: GameEvent = { eventName: "PartSettled", args: { number: proposal.number, left: 3n } };
    const { call, part } = callIn(extend(junk(10), [said]));
    assert.deepEqual([call, part.isLast, part.entries.map(({ number }) => number)], ["settlePart", true, [3, 2, 1]]);
  });

  it("takes fewer claims after an endpoint has refused more, but no part that the contract refuses", () => {
    const of = ({ call, part }: SettlementCall) => [call, part.entries.length, part.isLast];
    assert.deepEqual(of(callIn(junk(100), 70)), ["settlePart", 70, false]);
    assert.deepEqual(of(callIn(junk(100), 7)), ["settlePart", LEAST_PART, false]);
    assert.deepEqual(of(callIn(junk(100), undefined, { bytes: 1_000, gas: 1_000 })), ["settlePart", LEAST_PART, false]);
    assert.deepEqual(of(callIn(junk(50), 7)), ["settle", 51, true]);
  });
});
