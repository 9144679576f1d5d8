import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Hex } from "viem";
import type { OracleEvent } from "../l1/events.ts";
import { deliveryGas, earnedBy } from "./delivery.ts";
import { firstAnswer, isFinal, Requests } from "./requests.ts";

const account = (n: number): Hex => `0x${String(n).padStart(40, "0")}`;
const hash = (n: number): Hex => `0x${String(n).padStart(64, "0")}`;
const [REQUESTER, EARLY, LATE] = [account(1), account(2), account(3)];
const [CONTEXT, TRUE, FALSE] = [hash(1), hash(2), hash(3)];
const terms = { consumer: account(9), callbackGas: 630_000n, fee: 100n, deliveryFee: 10n };

let requests: Requests;
let sequence = 0n;
beforeEach(() => {
  requests = new Requests();
  sequence = 0n;
});

const learn = (eventName: OracleEvent["eventName"], args: object, block = 1n): bigint => {
  requests.learn([{ eventName, args: { sequence, ...args }, block } as unknown as OracleEvent]);
  return sequence++;
};
const asks = (made = 1_000): bigint => {
  const inference = { modelId: hash(7), inputRoot: hash(8) };
  const request = { id: sequence, requester: REQUESTER, inference, made: BigInt(made), terms };
  return learn("Requested", { context: CONTEXT, place: 4n, request, input: "0x0102" });
};
const commits = (place = 0n): bigint => learn("Committed", { commitment: hash(Number(sequence)), place });
const opens = (provider: Hex, order: bigint, outputRoot: Hex, number = 0n): bigint =>
  learn("Opened", { context: CONTEXT, provider, order, number, outputRoot, output: "0x03" });
const settles = (outputRoot: Hex, readyAt: number): bigint =>
  learn("Settled", { context: CONTEXT, number: 1n, outputRoot, readyAt: BigInt(readyAt) });
const question = () => requests.questions.get(CONTEXT)!;
const paidBy = (id: bigint, root: Hex) => requests.paidBy(requests.byId.get(id)!, root);

describe("a fee", () => {
  it("goes to whoever committed to the result first, whoever opened first", () => {
    const id = asks();
    const [first, second] = [commits(), commits()];
    opens(LATE, second, TRUE, 5n);
    opens(EARLY, first, TRUE);
    assert.equal(paidBy(id, TRUE), EARLY);
    assert.equal(firstAnswer(question(), TRUE)?.order, first);
  });

  it("goes back to the requester if nobody committed to the result, or if the result was final before the request", () => {
    const id = asks(1_000);
    opens(EARLY, commits(), FALSE);
    assert.equal(paidBy(id, TRUE), REQUESTER);
    opens(EARLY, commits(), TRUE);
    settles(TRUE, 2_000);
    assert.equal(paidBy(id, TRUE), EARLY);
    assert.equal(paidBy(asks(1_999), TRUE), EARLY);
    assert.equal(paidBy(asks(2_000), TRUE), REQUESTER);
  });

  it("is the deliverer's as well, where it is due to it; a delivery's gas is bounded by what the request states", () => {
    assert.equal(earnedBy({ terms }, false), 10n);
    assert.equal(earnedBy({ terms }, true), 110n);
    assert.equal(deliveryGas({ terms }, 40) - deliveryGas({ terms }, 0), 4_000n);
    const without = { terms: { ...terms, consumer: account(0) } };
    assert.equal(deliveryGas({ terms }, 0) - deliveryGas(without, 0), 640_000n + 50_000n);
  });
});

describe("a question", () => {
  it("is final when the time has come, unless it is frozen", () => {
    asks();
    settles(TRUE, 2_000);
    assert.deepEqual([isFinal(question(), 1_999), isFinal(question(), 2_000)], [false, true]);
    learn("Frozen", { context: CONTEXT, number: 2n, outputRoot: FALSE });
    assert.equal(isFinal(question(), 2_000), false);
  });

  it("has no result and no game when the guardian has asked again; its answers stay", () => {
    asks();
    opens(EARLY, commits(), TRUE, 5n);
    settles(TRUE, 2_000);
    learn("AskedAgain", { context: CONTEXT, epoch: 2n });
    const { answers, games, result, frozenBy } = question();
    assert.deepEqual([answers.length, games, result, frozenBy], [1, [], undefined, undefined]);
    learn("ProposedAgain", { context: CONTEXT, number: 6n, outputRoot: TRUE });
    assert.deepEqual(question().games, [6n]);
  });
});

describe("a request", () => {
  it("is pending until it is delivered or reclaimed; a cancellation alone does not end it", () => {
    const [first, second] = [asks(), asks()];
    learn("Cancelling", { id: second, effectiveAt: 3_000n });
    assert.deepEqual(
      requests.pending.map(({ id }) => id),
      [first, second],
    );
    assert.equal(requests.cancelling.get(second), 3_000);
    learn("Cancelled", { id: second });
    learn("Delivered", { id: first, paid: EARLY, deliverer: LATE, output: "0x03", callbackSucceeded: true });
    assert.deepEqual(requests.pending, []);
    assert.deepEqual([requests.over.get(first), requests.over.get(second)], ["delivered", "cancelled"]);
  });

  it("credits whom its end pays, until they collect", () => {
    const id = asks();
    learn("Delivered", { id, paid: EARLY, deliverer: LATE, output: "0x03", callbackSucceeded: true });
    assert.deepEqual(
      [EARLY, LATE, REQUESTER].map((who) => requests.mayHaveCredit(who)),
      [true, true, false],
    );
    learn("Collected", { account: EARLY, amount: 100n });
    assert.equal(requests.mayHaveCredit(EARLY), false);
  });
});

it("a hint for a commitment names a place that was used and is free, else one that was never used", () => {
  asks();
  assert.equal(requests.commitmentHint(), 0n);
  const [first] = [commits(3n), commits(0n)];
  assert.equal(requests.commitmentHint(), 2n);
  opens(EARLY, first!, TRUE);
  assert.equal(requests.commitmentHint(), 3n);
});

it("everything is forgotten after a reorganisation, and learned again", () => {
  asks();
  opens(EARLY, commits(), TRUE, 5n);
  requests.forget();
  assert.deepEqual([requests.byId.size, requests.questions.size, requests.opened.size], [0, 0, 0]);
  assert.equal(requests.inferenceOf(CONTEXT), undefined);
  asks();
  assert.deepEqual(requests.inferenceOf(CONTEXT)?.input, Uint8Array.of(1, 2));
});
