/** An answer, from the request to its delivery, whatever the contract that asked does with it. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import { prices } from "../game/arena.ts";
import { type Chain, startChain } from "../game/chain.ts";
import {
  type Asked,
  DELAY,
  DELIVERY_FEE,
  FALSE,
  FEE,
  openStage,
  oracleParameters,
  REVEAL,
  refused,
  type Stage,
  TRUE,
} from "./stage.ts";

const { deposit } = oracleParameters;

let chain: Chain;
let stage: Stage;
before(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  stage = await openStage(chain);
});
after(() => chain.close());

describe("an answer", () => {
  it("brings its provider the fee, the deliverer its part, and the deposit back", async () => {
    const asked = await stage.request(1);
    const game = await stage.answer(stage.provider, asked, TRUE);
    assert.equal(await stage.credit(stage.provider), deposit);
    await stage.finish(game);
    await stage.deliver(asked, TRUE);
    assert.equal(await stage.credit(stage.provider), deposit + FEE);
    assert.equal(await stage.credit(stage.deliverer), DELIVERY_FEE);
    const before = await stage.balance(stage.oracle);
    await stage.call(stage.provider, "collect", []);
    assert.equal(await stage.balance(stage.oracle), before - deposit - FEE);
    await refused("NothingToCollect", () => stage.call(stage.provider, "collect", []));
  });

  it("that agrees with one before needs no game, and its value is credited", async () => {
    const asked = await stage.request(1);
    await stage.answer(stage.provider, asked, TRUE);
    assert.equal(await stage.answer(stage.thief, asked, TRUE), 0n);
    assert.equal(await stage.credit(stage.thief), deposit + prices.proposal);
  });

  it("is paid by the earliest commitment's order, whichever game decided it: a false one first, and its counter", async () => {
    const asked = await stage.request(1);
    const own = await stage.commit(stage.provider, asked, TRUE);
    const lie = await stage.answer(stage.thief, asked, FALSE);
    await stage.counter(lie, TRUE);
    await stage.open(stage.provider, own, asked, TRUE);
    await stage.conclude(lie);
    await stage.settle(lie);
    await stage.pass(DELAY);
    await stage.deliver(asked, TRUE);
    assert.equal(await stage.credit(stage.provider), deposit + FEE);
    assert.equal(await stage.credit(stage.watcher), 0n, "a counter brings bonds, and no fee");
  });

  it("that nobody committed to leaves the fee with the requester", async () => {
    const asked = await stage.request(1);
    const lie = await stage.answer(stage.thief, asked, FALSE);
    await stage.counter(lie, TRUE);
    await stage.finish(lie);
    await stage.deliver(asked, TRUE);
    assert.equal(await stage.credit(stage.requester), FEE);
  });

  it("is taken after the request is cancelled, or delivered: the deposit comes back", async () => {
    const cancelled = await stage.request(1);
    const late = await stage.commit(stage.thief, cancelled, FALSE);
    await stage.call(stage.requester, "cancel", [cancelled.place, cancelled.request]);
    stage.now += REVEAL - 1;
    await stage.call(
      stage.provider,
      "commit",
      [await stage.commitment(stage.provider, cancelled, TRUE, late.salt), 0],
      deposit,
    );
    const { sequence: order, place } = stage.last<{ sequence: bigint; place: bigint }>("Committed");
    stage.now++;
    await stage.call(stage.requester, "reclaim", [cancelled.place, cancelled.request]);
    await stage.open(stage.provider, { order, place, salt: late.salt }, cancelled, TRUE);
    assert.equal(await stage.credit(stage.provider), deposit);

    const asked = await stage.request(2);
    await stage.finish(await stage.answer(stage.thief, asked, TRUE));
    await stage.deliver(asked, TRUE);
    assert.equal(await stage.answer(stage.provider, asked, TRUE), 0n);
    assert.equal(await stage.credit(stage.provider), 2n * deposit + prices.proposal);
  });

  it("is paid for by the provider's own credit with the game, if it authorised the oracle, and by nobody else's", async () => {
    const game = await stage.answer(stage.provider, await stage.request(1), TRUE);
    await stage.conclude(game);
    const asked = await stage.request(2);
    const own = await stage.commit(stage.provider, asked, TRUE);
    await refused("NotAuthorised", () => stage.open(stage.provider, own, asked, TRUE, { value: 0n }));
    await stage.play(stage.provider, "authorise", [stage.oracle, true]);
    const copied = await stage.commit(stage.thief, asked, TRUE);
    await refused("NotAuthorised", () => stage.open(stage.thief, copied, asked, TRUE, { value: 0n }));
    // The settlement's prepayment went to the watcher: so much is missing.
    await stage.open(stage.provider, own, asked, TRUE, { value: prices.proposal - 4n * 3_000_000n });
  });

  it("takes the exact deposit, and the bytes that the model gives", async () => {
    const asked = await stage.request(1);
    const commitment = await stage.commitment(stage.provider, asked, TRUE, `0x${"0".repeat(64)}`);
    await refused("WrongDeposit", () => stage.call(stage.provider, "commit", [commitment, 0], deposit - 1n));
    const own = await stage.commit(stage.provider, asked, TRUE);
    await refused("WrongSize", () => stage.open(stage.provider, own, asked, `${TRUE}00`));
    await refused("NoSuchRecord", () => stage.open(stage.provider, own, asked, FALSE));
    await refused("NoSuchRecord", () => stage.open(stage.provider, { ...own, place: 2n ** 24n }, asked, TRUE));
  });
});

describe("a commitment's slot", () => {
  it("is used again once it was opened, or cannot be opened any more; then the deposit is lost", async () => {
    const asked = await stage.request(1);
    const first = await stage.commit(stage.provider, asked, TRUE, { hint: 5 });
    assert.equal((await stage.commit(stage.thief, asked, FALSE, { hint: 5 })).place, 6n, "the first one holds it");
    await stage.open(stage.provider, first, asked, TRUE);
    assert.equal((await stage.commit(stage.thief, asked, FALSE, { hint: 5 })).place, 5n);
    stage.now += REVEAL;
    const last = await stage.commit(stage.thief, asked, FALSE, { hint: 5 });
    assert.equal(last.place, 5n);
    assert.equal((await stage.commit(stage.thief, asked, FALSE, { hint: 2 ** 24 + 5 })).place, 6n, "hints wrap");
  });
});

/** Contracts that asked, as bytecode: what they do with the answer. */
const CONSUMERS = {
  // sstore(0, first word of the output): calldata is selector, id, offset, length, bytes.
  "keeps it": "60643560005500",
  // revert(0, 0)
  reverts: "60006000fd",
  // An endless loop: all of its gas is gone.
  "burns its gas": "5b600056",
  // return(0, 100 kB)
  "returns a flood": "620186a06000f3",
  // revert(0, 100 kB)
  "reverts with a flood": "620186a06000fd",
} as const;

describe("a callback", () => {
  const consumer: Hex = "0x00000000000000000000000000000000000c0de1";
  const asks = async (what: keyof typeof CONSUMERS, callbackGas = 1_000_000n): Promise<Asked> => {
    await chain.request("hardhat_setCode", [consumer, `0x${CONSUMERS[what]}`]);
    const asked = await stage.request(1, { consumer, callbackGas });
    await stage.finish(await stage.answer(stage.provider, asked, TRUE));
    return asked;
  };

  for (const what of Object.keys(CONSUMERS) as (keyof typeof CONSUMERS)[]) {
    it(`that ${what} hinders neither the delivery nor the payments`, async () => {
      await stage.deliver(await asks(what), TRUE);
      const isWell = what === "keeps it" || what === "returns a flood";
      const { callbackSucceeded, output } = stage.last<{ callbackSucceeded: boolean; output: Hex }>("Delivered");
      assert.deepEqual({ callbackSucceeded, output }, { callbackSucceeded: isWell, output: TRUE });
      assert.equal(await stage.credit(stage.provider), deposit + FEE);
      assert.equal(await stage.credit(stage.deliverer), DELIVERY_FEE);
      if (what === "keeps it")
        assert.equal(await chain.request("eth_getStorageAt", [consumer, "0x0", "latest"]), TRUE.padEnd(66, "0"));
    });
  }

  it("costs the deliverer at most the gas that the request states, beside what a delivery takes", async () => {
    const asked = await asks("burns its gas");
    const { gasUsed } = await stage.call(stage.deliverer, "deliver", [asked.place, asked.request, TRUE]);
    assert.ok(gasUsed < 1_000_000n + 250_000n, `${gasUsed}`);
  });
});

it("each event carries the number of events before it, and the contract tells how many there are", async () => {
  const asked = await stage.request(1);
  await stage.finish(await stage.answer(stage.provider, asked, TRUE));
  await stage.deliver(asked, TRUE);
  await stage.call(stage.provider, "collect", []);
  const numbers = stage.events.map(({ args }) => args.sequence);
  assert.deepEqual(numbers, [0n, 1n, 2n, 3n, 4n, 5n]);
  assert.equal(await stage.read<bigint>("sequence"), 6n);
  assert.equal(asked.request.id, 0n, "a request's id is its event's number");
});
