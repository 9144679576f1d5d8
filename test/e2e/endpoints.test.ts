import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hex } from "viem";
import { richAccount } from "../../deploy/local-chain.ts";
import { createLiar } from "./liar.ts";
import { honestly, type ProxyEndpoint, startProxy } from "./proxy.ts";
import { ask, gameEvents, keyOf, openStage, type Stage, until, watcher } from "./stage.ts";
import { killTowers, startTower, type Tower, type TowerEvent } from "./tower.ts";

/** Endpoints that are down, that fail for a while, and that lie; and a watchtower that only looks. */

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
});
afterEach(killTowers);
after(async () => {
  await proxy.close();
  await stage.close();
});

const watch = (rpc: readonly string[], args: readonly string[] = []): Tower =>
  startTower({ ...stage.env, ELENCH_RPC: rpc.join(","), ELENCH_KEY: keyOf(watcher) }, args);

/** A false answer. @returns its game */
const lie = async (): Promise<Hex> =>
  (await createLiar(stage, richAccount(5), { instruction: 0, element: 3 })).answer(await ask(stage, 1));

const claims = async (): Promise<number> => (await gameEvents(stage, "Claimed")).length;
/** Milliseconds: a watchtower here looks every 30. */
const SEVERAL_LOOKS = 400;

const isTrouble = ({ kind }: TowerEvent): boolean => kind === "trouble";

test("an endpoint that is down at the start is named, and the exit code is 3", async () => {
  const tower = watch(["http://127.0.0.1:9"]);
  assert.equal(await tower.ended(), 3);
  assert.match(tower.complaint(), /^elench: L1 endpoint 1 \(127\.0\.0\.1:9\) does not answer.*\n$/);
  assert.deepEqual(tower.events, []);
});

test("an endpoint that dies and comes back is trouble for as long, and the watch goes on", async () => {
  const tower = watch([proxy.url]);
  await tower.tells("that it has started", ({ kind }) => kind === "started");
  proxy.treat = undefined;
  await tower.tells("the trouble", isTrouble);
  await lie();
  assert.equal(await claims(), 0);
  proxy.treat = honestly;
  await until("its counter", async () => (await claims()) === 1);
  assert.equal(await tower.stop(), 0);
});

/** Keeps from the answer everything that an endpoint was asked for about logs. */
const hidesLogs = (method: string, result: unknown): unknown => (method === "eth_getLogs" ? [] : result);

/** Alters a word of each log. */
const altersLogs = (method: string, result: unknown): unknown =>
  method === "eth_getLogs"
    ? (result as { data: Hex }[]).map((log) => ({ ...log, data: log.data.replace(/..$/, "77") }))
    : result;

/** Lives two hours ahead, when every clock has run out. */
const isAhead = (method: string, result: unknown): unknown => {
  const block = result as { timestamp?: Hex } | null;
  if (method !== "eth_getBlockByNumber" || !block?.timestamp) return result;
  return { ...block, timestamp: `0x${(BigInt(block.timestamp) + 7_200n).toString(16)}` };
};

for (const [what, treatment] of Object.entries({
  "hides logs": hidesLogs,
  "alters logs": altersLogs,
  "is ahead of time": isAhead,
})) {
  test(`while one of two endpoints ${what}, nothing is done; when it stops, the watch goes on`, async () => {
    proxy.treat = treatment;
    // The liar comes first: nothing is taken from it because of its place.
    const tower = watch([proxy.url, stage.chain.url]);
    await tower.tells("that it has started", ({ kind }) => kind === "started");
    await lie();
    await tower.tells("the trouble", isTrouble);
    await sleep(SEVERAL_LOOKS);
    assert.match(String(tower.events.find(isTrouble)?.error), /no 2 agree|endpoints know/);
    assert.equal(await claims(), 0);
    proxy.treat = honestly;
    await until("its counter", async () => (await claims()) === 1);
  });
}

test("a liar among three endpoints is outvoted by a quorum of two", async () => {
  proxy.treat = altersLogs;
  const tower = watch([proxy.url, stage.chain.url, stage.chain.url], ["--quorum", "2"]);
  await tower.tells("that it has started", ({ kind }) => kind === "started");
  await lie();
  await until("its counter", async () => (await claims()) === 1);
  assert.equal(tower.events.some(isTrouble), false);
});

test("with a quorum of one, an endpoint that dies does not keep the other from being used", async () => {
  const tower = watch([proxy.url, stage.chain.url], ["--quorum", "1"]);
  await tower.tells("that it has started", ({ kind }) => kind === "started");
  proxy.treat = undefined;
  await lie();
  await until("its counter", async () => (await claims()) === 1);
});

test("endpoints of different chains are refused at the start", async () => {
  proxy.treat = (method, result) => (method === "eth_chainId" ? "0x1" : result);
  const tower = watch([stage.chain.url, proxy.url]);
  assert.equal(await tower.ended(), 2);
  assert.match(tower.complaint(), /different chains.*31337.*1\n$/);
});

test("without a key, what would be done is reported once, and nothing is done", async () => {
  const tower = startTower(stage.env);
  await tower.tells("that it has started", ({ kind, account }) => kind === "started" && account === null);
  const game = await lie();
  await tower.tells(
    "the false answer",
    ({ kind, verdict, ...event }) => kind === "game" && verdict === "false" && event.game === game,
  );
  await tower.tells(
    "the move it would make",
    ({ kind, what, reason }) => kind === "act" && what === "counter" && /no key/.test(String(reason)),
  );
  await stage.chain.client.mine({ blocks: 1 });
  await sleep(SEVERAL_LOOKS);
  assert.equal(tower.events.filter(({ kind }) => kind === "act").length, 1);
  assert.equal(await claims(), 0);
});

test("with --once, it looks, acts, waits for the block, and ends", async () => {
  await lie();
  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--once"]);
  assert.equal(await tower.ended(), 0);
  assert.equal(await claims(), 1);
  assert.deepEqual(
    tower.events.map(({ kind }) => kind),
    ["started", "game", "act", "confirmed"],
  );
});
