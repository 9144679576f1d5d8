/** Results of questions: the first counts, a contradiction freezes, the guardian asks again, what is final stays. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { prices } from "../game/arena.ts";
import { type Chain, startChain } from "../game/chain.ts";
import { type Asked, DELAY, FALSE, FEE, openStage, oracleParameters, refused, type Stage, TRUE } from "./stage.ts";

let chain: Chain;
let stage: Stage;
before(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  stage = await openStage(chain);
});
after(() => chain.close());

interface Question {
  readonly epoch: number;
  readonly askedAt: number;
  readonly frozenAt: number;
  readonly readyAt: number;
  readonly lastGame: number;
}

const question = ({ context }: Asked) => stage.read<Question>("questionOf", [context]);
const isFinal = async ({ context }: Asked, output: typeof TRUE) =>
  stage.read<boolean>("isFinal", [context, await stage.rootOf(output)]);
const askAgain = ({ context }: Asked) => stage.call(stage.guardian, "askAgain", [context]);
const proposeAgain = async ({ request }: Asked, output: typeof TRUE, from = stage.provider) => {
  const args = [request.inference, await stage.rootOf(output), 0];
  await stage.call(from, "proposeAgain", args, prices.proposal);
  return stage.last<{ number: bigint }>("ProposedAgain").number;
};

/** Nobody disputes either: the honest side is away. @returns the games about the false and the true output, concluded */
async function contradiction(asked: Asked): Promise<[bigint, bigint]> {
  const lie = await stage.answer(stage.thief, asked, FALSE);
  const truth = await stage.answer(stage.provider, asked, TRUE);
  await stage.conclude(lie);
  await stage.conclude(truth);
  return [lie, truth];
}

describe("a result", () => {
  it("is settled when its game is concluded, and final after the delay", async () => {
    const asked = await stage.request(1);
    const game = await stage.answer(stage.provider, asked, TRUE);
    await refused("NotSettled", () => stage.deliver(asked, TRUE));
    await stage.conclude(game);
    await stage.settle(game);
    assert.equal((await question(asked)).readyAt, stage.now + DELAY);
    assert.equal(await isFinal(asked, TRUE), false);
    await stage.pass(DELAY - 1);
    await refused("TooSoon", () => stage.deliver(asked, TRUE));
    await stage.pass(1);
    assert.deepEqual([await isFinal(asked, TRUE), await isFinal(asked, FALSE)], [true, false]);
    await refused("NotTheResult", () => stage.deliver(asked, FALSE));
    await stage.deliver(asked, TRUE);
  });

  it("that agrees with the settled one changes nothing", async () => {
    const asked = await stage.request(1);
    const lie = await stage.answer(stage.thief, asked, FALSE);
    await stage.counter(lie, TRUE);
    const truth = await stage.answer(stage.provider, asked, TRUE);
    await stage.conclude(lie);
    await stage.settle(lie);
    const before = await question(asked);
    stage.now += 10;
    await stage.conclude(truth);
    await refused("AlreadySettled", () => stage.settle(truth));
    assert.deepEqual(await question(asked), before);
  });
});

describe("two different results", () => {
  it("freeze the question: nothing is delivered, settled or proposed", async () => {
    const asked = await stage.request(1);
    const [lie, truth] = await contradiction(asked);
    await stage.settle(lie);
    await stage.settle(truth);
    assert.equal((await question(asked)).frozenAt, stage.now);
    await stage.pass(DELAY);
    for (const output of [TRUE, FALSE]) {
      assert.equal(await isFinal(asked, output), false);
      await refused("IsFrozen", () => stage.deliver(asked, output));
      await refused("NoGameNeeded", () => proposeAgain(asked, output));
    }
    await refused("IsFrozen", () => stage.settle(lie));
    const own = await stage.commit(stage.watcher, asked, TRUE);
    assert.equal(await stage.open(stage.watcher, own, asked, TRUE), 0n, "an opening is taken, without a game");
  });

  it("leave other questions alone", async () => {
    const [frozen, other] = [await stage.request(1), await stage.request(2)];
    const [lie, truth] = await contradiction(frozen);
    await stage.settle(lie);
    await stage.settle(truth);
    await stage.finish(await stage.answer(stage.provider, other, TRUE));
    await stage.deliver(other, TRUE);
  });

  it("of which the first is final change nothing", async () => {
    const asked = await stage.request(1);
    const [lie, truth] = await contradiction(asked);
    await stage.settle(truth);
    await stage.pass(DELAY);
    await refused("IsFinal", () => stage.settle(lie));
    await stage.deliver(asked, TRUE);
  });
});

describe("when the guardian asks again", () => {
  it("the question has no result, and games from before do not count", async () => {
    const asked = await stage.request(1);
    const [lie, truth] = await contradiction(asked);
    await stage.settle(lie);
    await stage.settle(truth);
    await stage.pass(1);
    await askAgain(asked);
    const { epoch, frozenAt, readyAt, lastGame } = await question(asked);
    assert.deepEqual({ epoch, frozenAt, readyAt, lastGame }, { epoch: 2, frozenAt: 0, readyAt: 0, lastGame: 0 });
    for (const game of [lie, truth]) await refused("TooOld", () => stage.settle(game));
  });

  it("who committed first stays first, and need not commit again: anybody opens a further game", async () => {
    const asked = await stage.request(1);
    await stage.answer(stage.provider, asked, TRUE);
    await stage.answer(stage.thief, asked, TRUE);
    await stage.pass(1);
    await askAgain(asked);
    await refused("NoGameNeeded", () => proposeAgain(asked, TRUE));
    await stage.pass(1);
    await refused("NotOpened", () => proposeAgain(asked, FALSE));
    const game = await proposeAgain(asked, TRUE, stage.watcher);
    await refused("NoGameNeeded", () => proposeAgain(asked, TRUE));
    const before = await stage.credit(stage.provider);
    await stage.finish(game);
    await stage.deliver(asked, TRUE);
    assert.equal(await stage.credit(stage.provider), before + FEE);
  });

  it("a commitment that was not opened yet is opened within its time, and opens a game that counts", async () => {
    const asked = await stage.request(1);
    const own = await stage.commit(stage.provider, asked, TRUE);
    await askAgain(asked);
    await stage.finish(await stage.open(stage.provider, own, asked, TRUE));
    await stage.deliver(asked, TRUE);
    assert.equal(await stage.credit(stage.provider), oracleParameters.deposit + FEE);
  });

  it("it asks what was requested, at most four times outside a freeze; a freeze can always be ended", async () => {
    const asked = await stage.request(1);
    for (let i = 0; i < 4; i++) await askAgain(asked);
    await refused("AskedTooOften", () => askAgain(asked));
    await stage.pass(1);
    const [lie, truth] = await contradiction(asked);
    await stage.settle(lie);
    await stage.settle(truth);
    await askAgain(asked);
    assert.equal((await question(asked)).epoch, 6);
    const unknown = { ...asked, context: `0x${"7".repeat(64)}` as const };
    await refused("NotRequested", () => askAgain(unknown));
  });

  it("a false result of an absence is contradicted, and the truth becomes final after all", async () => {
    const asked = await stage.request(1);
    const lie = await stage.answer(stage.thief, asked, FALSE);
    await stage.conclude(lie);
    await stage.settle(lie);
    // Back within the delay, which is shorter than a game: the guardian asks again, and the truth is played.
    await askAgain(asked);
    await stage.pass(1);
    const truth = await stage.answer(stage.provider, asked, TRUE);
    await stage.finish(truth);
    await refused("TooOld", () => stage.settle(lie));
    await stage.deliver(asked, TRUE);
  });
});

it("a game's result is taken within the longest game and three days", async () => {
  const { abi, address } = { abi: (await import("./stage.ts")).artifact("DisputeGame").abi, address: stage.game };
  const longest = Number(await chain.read<bigint>({ to: address, abi, name: "longest", args: [] }));
  const asked = await stage.request(1);
  const game = await stage.answer(stage.provider, asked, TRUE);
  const { made } = stage.gameOf(game).proposal;
  await stage.conclude(game);
  stage.now = made + longest + 3 * 24 * 3600 + 1;
  await refused("TooOld", () => stage.settle(game));
  const again = await proposeAgain(asked, TRUE);
  await stage.finish(again);
  await stage.deliver(asked, TRUE);
});
