import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "@elench/bytes/hex";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { encodeFunctionData, type Hex } from "viem";
import type { HDAccount } from "viem/accounts";
import { agentOn } from "../../test/e2e/agents.ts";
import { batchOf, type L2Stage, openL2Stage } from "../../test/e2e/l2-stage.ts";
import { DELIVERY_DELAY, guardian, parameters, transact, user } from "../../test/e2e/stage.ts";
import type { Agent } from "./agent.ts";
import { batchExecutor } from "./batch-executor.ts";
import { type ProposalDue, proposalDue, type SpanChoice } from "./proposing.ts";
import { round } from "./round.ts";
import type { WatchEvent } from "./watchtower.ts";

/** Spans on L1: an honest proposer, a liar in an absence, the guardian, and reorganisations; the agents are in this process. */

const [PROPOSER, LIAR, STRANGER] = [richAccount(3), richAccount(4), richAccount(5)] as const;

let stage: L2Stage;
let snapshot: Hex;
before(async () => {
  stage = await openL2Stage();
  for (const i of [0, 1, 2, 3]) await append(i);
  snapshot = await stage.chain.client.snapshot();
});
beforeEach(async () => {
  await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
});
after(() => stage?.close());

async function append(index: number): Promise<void> {
  const args = [toHex(batchOf(stage, index, 3n * BigInt(index)))] as const;
  const data = encodeFunctionData({ abi: inboxAbi, functionName: "append", args });
  assert.ok(await transact(stage, user, stage.deployment.rollup.inbox, data));
}

interface Party {
  readonly agent: Agent;
  readonly events: readonly WatchEvent[];
}

async function party(account: HDAccount, options: Parameters<typeof agentOn>[1] = {}): Promise<Party> {
  const events: WatchEvent[] = [];
  return { agent: await agentOn(stage, { account, report: (event) => void events.push(event), ...options }), events };
}

/** Executes one batch falsely, and believes it. */
const lying = (batch: number): Parameters<typeof agentOn>[1] => ({
  batches: {
    ...batchExecutor,
    output: (chain, index) => {
      const output = batchExecutor.output(chain, index);
      return index === batch ? output.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) : output;
    },
  },
});

const next = async ({ agent }: Party, choice: SpanChoice = {}): Promise<ProposalDue> =>
  proposalDue(agent, stage.deployment.rollup, choice, await agent.watchtower.look());

/** Goes on until there is a proposal. @returns the calls on the way */
async function propose(proposer: Party, choice: SpanChoice = {}): Promise<string[]> {
  const calls: string[] = [];
  const queue = proposer.agent.queue as NonNullable<Agent["queue"]>;
  for (let due = await next(proposer, choice); !due.game; due = await next(proposer, choice)) {
    if ("intent" in due) {
      const sent = await queue.submit(due.intent);
      assert.equal(sent.status, "sent", sent.status === "refused" ? sent.refusal.message : "pending");
      for (; queue.size > 0; await queue.tick()) await sleep(20);
      calls.push(due.call);
    } else {
      assert.ok(due.until !== undefined, due.waits);
      await stage.chain.client.mine({ blocks: 1 });
    }
  }
  return calls;
}

/** Rounds until one sends nothing. */
async function rounds({ agent, events }: Party): Promise<void> {
  const acts = () => events.filter((event) => event.kind === "act" && event.hash).length;
  for (let before = -1; before !== acts() || (agent.queue?.size ?? 0) > 0; ) {
    before = acts();
    await round(agent);
  }
}

const passClocks = () => stage.chain.pass(Number(parameters.maxClock) + 1);
const isFinal = (boundary: bigint) =>
  stage.chain.client.readContract({
    address: stage.deployment.rollup.outputs,
    abi: outputsAbi,
    functionName: "isFinal",
    args: [boundary],
  });
const troubles = ({ events }: Party, where: RegExp) =>
  events.filter((event) => event.kind === "trouble" && where.test(event.where));

const askAgain = async () => {
  const data = encodeFunctionData({ abi: outputsAbi, functionName: "askAgain" });
  assert.ok(await transact(stage, guardian, stage.deployment.rollup.outputs, data));
};

/** L1's blocks have increasing times; those of a local chain can have one time. */
const nextSecond = () => stage.chain.pass(1);

test("a span goes from checkpoint over proposal and settlement to finality; a proposer that starts anew finds it", async () => {
  const proposer = await party(PROPOSER);
  assert.deepEqual(await propose(proposer, { end: 2 }), ["checkpoint", "propose"]);
  const again = await party(PROPOSER);
  const found = await next(again, { end: 2 });
  assert.deepEqual([found.span, found.game?.proposal.proposer], [{ first: 0, end: 2 }, PROPOSER.address.toLowerCase()]);
  await passClocks();
  await rounds(again);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  assert.equal(await isFinal(2n), true);
});

test("a proposer builds on its own spans before they are settled, and settles them in their order", async () => {
  const proposer = await party(PROPOSER);
  await propose(proposer, { end: 1 });
  await propose(proposer, { end: 3 });
  const last = await next(proposer);
  assert.deepEqual(last.span, { first: 3, end: 4 });
  await passClocks();
  await rounds(proposer);
  assert.deepEqual(proposer.agent.spans.settled.map(({ end, first }) => [first, end]).sort(), [
    [0, 0],
    [0, 1],
    [1, 3],
  ]);
});

test("nothing is built on another account's span before it is settled, nor on a boundary that is neither settled nor one's own", async () => {
  await propose(await party(STRANGER), { end: 2 });
  const proposer = await party(PROPOSER);
  assert.deepEqual((await next(proposer)).span, { first: 0, end: 4 });
  await assert.rejects(next(proposer, { first: 2, end: 3 }), /neither settled and true, nor the end of a chain of own/);
});

test("an own proposal that is false and open is found, with the true output beside it; the same span is not proposed over it", async () => {
  await propose(await party(PROPOSER, lying(1)), { end: 2 });
  const mended = await party(PROPOSER);
  const { game, output } = await next(mended, { end: 2 });
  assert.equal(output, toHex((mended.agent.chain as NonNullable<Agent["chain"]>).outputAt(2)));
  assert.notEqual(game?.proposal.output, output);
});

test("a span that nobody of the honest earns with is settled with settleAll alone", async () => {
  await propose(await party(STRANGER), { end: 2 });
  await passClocks();
  const idle = await party(PROPOSER);
  await rounds(idle);
  assert.equal(idle.agent.spans.at(2), undefined);
  const settling = await party(PROPOSER, { settleAll: true });
  await rounds(settling);
  assert.equal(settling.agent.spans.at(2)?.first, 0);
});

/** A false output of [0, 2) is settled while nobody honest is there. */
async function absence(): Promise<void> {
  const liar = await party(LIAR, lying(1));
  await propose(liar, { end: 2 });
  await passClocks();
  await rounds(liar);
  assert.equal(liar.agent.spans.at(2)?.first, 0);
}

test("a boundary that was settled falsely in an absence is reported, and not built on", async () => {
  await absence();
  const watching = await party(PROPOSER);
  await rounds(watching);
  assert.equal(troubles(watching, /^the boundary after batch 1$/).length, 1);
  assert.equal(troubles(watching, /^output of game/).length, 0, "its game is over, and what is settled is settled");
  assert.deepEqual(
    watching.events.filter(({ kind }) => kind === "act"),
    [],
  );
  assert.deepEqual((await next(watching)).span, { first: 0, end: 4 });
});

/** After the guardian asked again: the same span, truly, to its finality. */
async function recover(honest: Party): Promise<void> {
  await askAgain();
  await nextSecond();
  await propose(honest, { end: 2 });
  await passClocks();
  await rounds(honest);
  assert.equal(honest.agent.spans.at(2)?.epoch, 1);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  assert.equal(await isFinal(2n), true);
  const truth = toHex((honest.agent.chain as NonNullable<Agent["chain"]>).outputAt(2));
  assert.equal(honest.agent.spans.at(2)?.output, truth);
}

test("an agent that contradicts proposes the same span truly at once; when the guardian asks again before the lie is final, the truth is", async () => {
  await absence();
  const honest = await party(PROPOSER, { contradict: { outputs: true, answers: false } });
  await rounds(honest);
  await stage.chain.client.mine({ blocks: 1 });
  await rounds(honest);
  const own = [...honest.agent.spans.proposals.values()].filter(({ first, end }) => first === 0 && end === 2);
  assert.equal(own.length, 2, "the liar's, and the true one");
  await rounds(honest);
  assert.equal(honest.agent.spans.proposals.size, 2, "it is proposed once");
  await recover(honest);
});

test("a true result that contradicts a settled lie freezes the contract; nothing is settled or proposed until the guardian asks again", async () => {
  const [liar, honest] = [await party(LIAR, lying(1)), await party(PROPOSER)];
  await propose(liar, { end: 2 });
  await propose(honest, { end: 2 });
  await passClocks();
  await rounds(liar);
  await rounds(honest);
  assert.notEqual(honest.agent.spans.frozenBy, undefined);
  assert.equal(troubles(honest, /^the boundary after batch 1$/).length, 1);
  // Nothing becomes final in a freeze, whatever the time, and nobody says so.
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await rounds(honest);
  assert.deepEqual(troubles(honest, /^output of game/), []);
  assert.match(((await next(honest, { end: 4 })) as { waits: string }).waits, /until the guardian asks again/);
  await recover(honest);
});

test("games of an epoch that ended are played for the bonds that are in them, and for as long as the asking could be undone", async () => {
  const [liar, honest] = [await party(LIAR, lying(1)), await party(PROPOSER)];
  await propose(liar, { end: 2 });
  await askAgain();
  const late = await stage.chain.client.snapshot();
  await rounds(honest);
  const [game] = honest.agent.watchtower.forest.games.values();
  assert.equal(game?.counters.length, 1, "the asking is young");
  await stage.chain.client.revert({ id: late });
  for (let i = 0; i < 11; i++) await stage.chain.client.mine({ blocks: 91 });
  const later = await party(STRANGER);
  await rounds(later);
  const [same] = later.agent.watchtower.forest.games.values();
  assert.equal(same?.counters.length, 0, "nobody honest has a bond in it, and it cannot count again");
});

test("a reorganisation that takes a proposal away has the span proposed anew on what is left", async () => {
  const proposer = await party(PROPOSER);
  const id = await stage.chain.client.snapshot();
  await propose(proposer, { end: 2 });
  await stage.chain.client.revert({ id });
  await stage.chain.client.mine({ blocks: 5 });
  assert.deepEqual(await propose(proposer, { end: 2 }), ["checkpoint", "propose"]);
  assert.ok(proposer.events.some(({ kind }) => kind === "reorganised"));
});

test("a list that others left behind is walked before a proposal", async () => {
  const proposer = await party(PROPOSER);
  for (const end of [1, 2, 3]) await propose(proposer, { end });
  await passClocks();
  await rounds(proposer);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  const calls = await propose(await party(PROPOSER), { end: 4 });
  assert.deepEqual(
    calls.filter((call) => call !== "checkpoint"),
    ["advance", "propose"],
  );
});
