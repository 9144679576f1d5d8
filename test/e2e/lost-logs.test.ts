import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { encodeEventTopics, type Hex } from "viem";
import { batchLiar } from "../../challenger/watch/fixtures/liar.ts";
import { agentOn, proposeAs } from "./agents.ts";
import { append, batchOf, CALLING, openL2Stage } from "./l2-stage.ts";
import { createLiar } from "./liar.ts";
import { honestly, type ProxyEndpoint, startProxy } from "./proxy.ts";
import { ask, claimsOf, keyOf, openStage, refutationsOf, type Stage, until, watcher } from "./stage.ts";
import { killTowers, startTower, type Tower, type TowerEvent } from "./tower.ts";

/** `eth_getLogs` that leaves something out: once, as a backend does that lacks the newest block; or for long. Heads and blocks are right. */

let stage: Stage;
let proxy: ProxyEndpoint;
let snapshot: Hex | undefined;
before(async () => {
  stage = await openStage();
  proxy = await startProxy(stage.chain.url);
});
beforeEach(async () => {
  if (snapshot) await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
  proxy.treat = honestly;
  proxy.calls.length = 0;
});
afterEach(killTowers);
after(async () => {
  await proxy?.close();
  await stage?.close();
});

/** A watchtower that has looked once. */
async function watch({ env }: Pick<Stage, "env">, ...args: string[]): Promise<Tower> {
  const tower = startTower({ ...env, ELENCH_RPC: proxy.url, ELENCH_KEY: keyOf(watcher) }, args);
  await tower.tells("that it has started", ({ kind }) => kind === "started");
  await until("its first look", () => proxy.calls.some(({ method }) => method === "eth_getLogs"));
  return tower;
}

interface Log {
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

const [PROPOSED] = encodeEventTopics({ abi: disputeGameAbi, eventName: "Proposed" });
const [APPENDED] = encodeEventTopics({ abi: inboxAbi, eventName: "Appended" });

/** Leaves logs out of every answer. @returns how often there were any to leave out */
function hide(isHidden: (log: Log) => boolean): { readonly times: number } {
  const hidden = { times: 0 };
  proxy.treat = (method, result) => {
    if (method !== "eth_getLogs") return result;
    const [logs, told] = [result as Log[], (result as Log[]).filter((log) => !isHidden(log))];
    if (told.length < logs.length) hidden.times++;
    return told;
  };
  return hidden;
}

const counters = async (game: Hex, on = stage): Promise<number> => (await claimsOf(on, game)).length;

const tellsOf =
  (kind: "trouble" | "recovered", place: string, words = /./) =>
  (event: TowerEvent): boolean =>
    event.kind === kind && event.where === place && (kind === "recovered" || words.test(String(event.error)));

const lie = async (seed: number): Promise<Hex> =>
  (await createLiar(stage, richAccount(5), { instruction: 0, element: 3 })).answer(await ask(stage, seed));

test("one short answer about logs loses no game", async () => {
  const tower = await watch(stage);
  const question = await ask(stage, 1);
  let isShort = true;
  proxy.treat = (method, result) => {
    if (method !== "eth_getLogs" || !isShort || !(result as Log[]).some(({ topics }) => topics[0] === PROPOSED))
      return result;
    isShort = false;
    return [];
  };
  const game = await (await createLiar(stage, richAccount(5), { instruction: 0, element: 3 })).answer(question);
  await until("the short answer", () => !isShort);
  assert.equal(await counters(game), 0);
  await stage.chain.client.mine({ blocks: 1 });
  await until("its counter", async () => (await counters(game)) === 1);
  assert.equal(await tower.stop(), 0);
});

test("a game that the log does not tell of breaks alone, is reported, and is played once the log tells of it", async () => {
  const tower = await watch(stage, "--reread", "2");
  const question = await ask(stage, 1);
  let proposal: Hex | undefined;
  const hidden = hide(({ topics, data }) => {
    if (topics[0] === PROPOSED) proposal ??= data;
    return topics[0] === PROPOSED && data === proposal;
  });
  const liar = await createLiar(stage, richAccount(5), { instruction: 0, element: 3 });
  const first = await liar.answer(question);
  await until("the hidden game", () => hidden.times > 0);
  // Somebody else moves in it: an event of a game that the log does not tell of.
  const peer = await agentOn(stage, { account: richAccount(7) });
  await peer.watchtower.round();
  await until("the peer's counter", async () => (await counters(first)) === 1);
  // Later events name a game by its number, the first word of its proposal.
  const place = `the log of game number ${BigInt((proposal as Hex | undefined)?.slice(0, 66) ?? "0x0") >> 216n}`;
  await tower.tells(
    "the broken game",
    tellsOf("trouble", place, /whose Proposed event is missing|its `Proposed` event is missing/),
  );
  const second = await lie(2);
  await until("the counter in another game", async () => (await counters(second)) >= 1);

  await stage.chain.client.mine({ blocks: 10 });
  proxy.treat = honestly;
  await tower.tells("that the game is whole", tellsOf("recovered", place));
  await until(
    "the refutation",
    async () => (await refutationsOf(stage)).length > 0,
    () => liar.round(),
  );
});

test("a batch that the log does not tell of takes no other one's place, and is read again", async () => {
  const l2 = await openL2Stage();
  const [l1Proxy, l2Proxy] = [proxy, await startProxy(l2.chain.url)];
  try {
    proxy = l2Proxy;
    const proposer = richAccount(5);
    await append(l2, batchOf(l2, 1));
    const tower = await watch(l2, "--reread", "2", "--consumer", proposer.address);
    const hidden = hide(({ topics }) => topics[0] === APPENDED && BigInt(topics[1] as Hex) === 1n);
    await append(l2, batchOf(l2, 2, 3n));
    await until("the hidden batch", () => hidden.times > 0);
    await append(l2, batchOf(l2, 3, 6n));
    await tower.tells("what is missing", tellsOf("trouble", "the log", /batch 1 is missing,/));
    await l2.chain.client.mine({ blocks: 10 });
    proxy.treat = honestly;
    await tower.tells("that it is there", tellsOf("recovered", "the log"));
    const liar = await agentOn(l2, {
      account: proposer,
      consumers: [proposer.address],
      ...batchLiar(2, { kind: "storage", transaction: CALLING }),
    });
    const { game } = await proposeAs(l2, liar, proposer, 2);
    await until("its counter", async () => (await counters(game, l2)) === 1);
  } finally {
    proxy = l1Proxy;
    await l2Proxy.close();
    await l2.close();
  }
});
