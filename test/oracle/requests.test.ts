/** What a request costs, how it is taken back, and that what is known is not paid for again. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { zeroAddress } from "viem";
import { type Chain, startChain } from "../game/chain.ts";
import {
  artifact,
  DELIVERY_FEE,
  FEE,
  inputOf,
  model,
  openStage,
  oracleParameters,
  REVEAL,
  refused,
  type Stage,
  TRUE,
} from "./stage.ts";

const { minPrice, scale, speed } = oracleParameters;
const terms = { consumer: zeroAddress, callbackGas: 0n, fee: FEE, deliveryFee: DELIVERY_FEE };

let chain: Chain;
let stage: Stage;
before(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  stage = await openStage(chain);
});
after(() => chain.close());

/** EIP-4844: factor · e^(x / k). */
function fakeExponential(factor: bigint, x: bigint, k: bigint): bigint {
  let [sum, term] = [0n, factor * k];
  for (let i = 1n; term > 0n; i++) {
    sum += term;
    term = (term * x) / (k * i);
  }
  return sum / k;
}

const price = () => stage.read<bigint>("priceOf", [model.id]);
const priceAt = (backlog: bigint) => model.steps * fakeExponential(minPrice, backlog, scale);

describe("the price of a request", () => {
  it("is that of its steps, by EIP-4844's exponential of the steps that are not worked off", async () => {
    assert.equal(await price(), priceAt(model.steps));
    let [backlog, at] = [0n, BigInt(stage.now)];
    for (let i = 0; i < 6; i++) {
      await stage.request(1);
      const workedOff = speed * (BigInt(stage.now) - at);
      backlog = (backlog > workedOff ? backlog - workedOff : 0n) + model.steps;
      at = BigInt(stage.now);
      assert.equal(await price(), priceAt(backlog + model.steps));
    }
  });

  it("grows without bound while requests come faster than they are worked off, and falls back", async () => {
    const slow = await openStage(chain, {}, { speed: 1n, scale: model.steps });
    const prices: bigint[] = [];
    for (let i = 0; i < 8; i++) {
      await slow.request(i);
      prices.push(await slow.read<bigint>("priceOf", [model.id]));
    }
    for (let i = 1; i < 8; i++) assert.ok(prices[i]! > 2n * prices[i - 1]!, "each time by e, nearly");
    await slow.pass(8 * Number(model.steps) + 100);
    assert.equal(
      await slow.read<bigint>("priceOf", [model.id]),
      model.steps * fakeExponential(minPrice, model.steps, model.steps),
    );
  });

  it("does not overflow at any backlog: beyond 64 times the scale it stays", async () => {
    const crowded = await openStage(chain, {}, { speed: 1n, scale: 1n, minPrice: 2n ** 40n - 1n });
    await chain.request("hardhat_setBalance", [crowded.requester, `0x${(10n ** 50n).toString(16)}`]);
    while (model.steps * fakeExponential(2n ** 40n - 1n, 64n, 1n) > (await crowded.read<bigint>("priceOf", [model.id])))
      await crowded.request(1);
    const value = await crowded.read<bigint>("priceOf", [model.id]);
    assert.equal(value, model.steps * fakeExponential(2n ** 40n - 1n, 64n, 1n));
  });

  it("is paid beside both fees, or the request is refused; more than that is credited", async () => {
    await stage.pass(1);
    const needed = FEE + DELIVERY_FEE + (await price());
    const ask = (value: bigint) => stage.call(stage.requester, "request", [model.id, inputOf(1), terms, 0], value);
    await refused("TooLittlePaid", () => ask(needed - 1n));
    await ask(needed + 5n);
    assert.equal(await stage.credit(stage.requester), 5n);
  });

  it("is nobody's income: neither the provider gets it, nor does it come back", async () => {
    const asked = await stage.request(1);
    const held = await stage.balance(stage.oracle);
    await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
    stage.now += REVEAL;
    await stage.call(stage.requester, "reclaim", [asked.place, asked.request]);
    await stage.call(stage.requester, "collect", []);
    assert.equal(await stage.balance(stage.oracle), held - FEE - DELIVERY_FEE);
    assert.ok(held > FEE + DELIVERY_FEE);
  });
});

describe("a request of a question whose result is final", () => {
  it("has no price, is delivered at once, and its fee comes back less the delivery's part", async () => {
    await stage.finish(await stage.answer(stage.provider, await stage.request(1), TRUE));
    const before = await stage.credit(stage.provider);
    const backlog = await price();
    await stage.call(stage.requester, "request", [model.id, inputOf(1), terms, 0], FEE + DELIVERY_FEE);
    assert.ok((await price()) <= backlog, "it adds nothing to the backlog");
    await stage.deliver(stage.last("Requested"), TRUE);
    assert.equal(await stage.credit(stage.requester), FEE);
    assert.equal(await stage.credit(stage.deliverer), DELIVERY_FEE);
    assert.equal(await stage.credit(stage.provider), before);
  });

  it("made while the result is not final, pays the provider: its answer was not to be had before", async () => {
    const first = await stage.request(1);
    const game = await stage.answer(stage.provider, first, TRUE);
    await stage.conclude(game);
    await stage.settle(game);
    const second = await stage.request(1);
    await stage.pass(600);
    const before = await stage.credit(stage.provider);
    await stage.deliver(first, TRUE);
    await stage.deliver(second, TRUE);
    assert.equal(await stage.credit(stage.provider), before + 2n * FEE);
  });
});

describe("a cancellation", () => {
  it("takes effect after REVEAL, and is not begun twice", async () => {
    const asked = await stage.request(1);
    const [cancel, reclaim] = ["cancel", "reclaim"].map(
      (name) => () => stage.call(stage.requester, name, [asked.place, asked.request]),
    );
    await refused("NotCancelling", reclaim!);
    await cancel!();
    await refused("AlreadyCancelling", cancel!);
    stage.now += REVEAL - 1;
    await refused("NotFree", reclaim!);
    stage.now++;
    await reclaim!();
    assert.equal(await stage.credit(stage.requester), FEE + DELIVERY_FEE);
    await refused("NoSuchRecord", reclaim!);
    await refused("NoSuchRecord", () => stage.deliver(asked, TRUE));
  });

  it("does not stop an answer that was committed to before; the request is delivered all the same", async () => {
    const asked = await stage.request(1);
    const own = await stage.commit(stage.provider, asked, TRUE);
    await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
    const game = await stage.open(stage.provider, own, asked, TRUE, { wait: REVEAL - 2 });
    stage.now += 10;
    await refused("NotFree", () => stage.call(stage.requester, "reclaim", [asked.place, asked.request]));
    await stage.finish(game);
    await refused("HasResult", () => stage.call(stage.requester, "reclaim", [asked.place, asked.request]));
    await stage.deliver(asked, TRUE);
    assert.equal(await stage.credit(stage.provider), oracleParameters.deposit + FEE);
  });

  it("takes effect where a game was opened that nobody ever settled, once its result does not count any more", async () => {
    const asked = await stage.request(1);
    await stage.call(stage.requester, "cancel", [asked.place, asked.request]);
    await stage.answer(stage.thief, asked, TRUE);
    stage.now += 20 * 24 * 3600;
    await stage.call(stage.requester, "reclaim", [asked.place, asked.request]);
    assert.equal(await stage.credit(stage.requester), FEE + DELIVERY_FEE);
  });
});

it("a request's slot is used again after it is over, and a crowded place moves on", async () => {
  const [first, second] = [await stage.request(1, {}, { hint: 9 }), await stage.request(2, {}, { hint: 9 })];
  assert.deepEqual([first.place, second.place], [9n, 10n]);
  await stage.call(stage.requester, "cancel", [first.place, first.request]);
  assert.equal((await stage.request(3, {}, { hint: 9 })).place, 11n, "until it is reclaimed");
  stage.now += REVEAL;
  await stage.call(stage.requester, "reclaim", [first.place, first.request]);
  assert.equal((await stage.request(4, {}, { hint: 9 })).place, 9n);
});

it("a callback's gas is limited so that a delivery fits a transaction", async () => {
  const outputBytes = 8n;
  const consumer = stage.thief;
  await refused("CallbackGasTooHigh", () =>
    stage.request(1, { consumer, callbackGas: 12_000_000n - 100n * outputBytes + 1n }),
  );
  await stage.request(1, { consumer, callbackGas: 12_000_000n - 100n * outputBytes });
});

describe("the constructor", () => {
  const deploys = (changes: Partial<typeof oracleParameters>) => openStage(chain, {}, changes);
  const MAX = 1_000n;
  const EXT = 50n;

  it("refuses parameters out of range", async () => {
    for (const changes of [
      { reveal: MAX - EXT },
      { reveal: 0n },
      { deliveryDelay: 365n * 24n * 3600n + 1n },
      { speed: 0n },
      { speed: 2n ** 64n },
      { minPrice: 0n },
      { minPrice: 2n ** 40n },
      { scale: 0n },
      { scale: 2n ** 60n + 1n },
    ])
      await refused("BadParameters", () => deploys(changes));
    await deploys({ reveal: MAX - EXT - 1n, speed: 2n ** 64n - 1n, minPrice: 2n ** 40n - 1n, scale: 2n ** 60n });
  });

  it("leaves room below EIP-170's limit", () => assert.ok(artifact("InferenceOracle").deployedSize < 24_576));
});
