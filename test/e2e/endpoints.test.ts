import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startLocalChain } from "@elench/deploy/local-chain";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { createLiar } from "./liar.ts";
import { honestly, type ProxyEndpoint, startProxy } from "./proxy.ts";
import { ask, gameEvents, keyOf, openStage, type Stage, until, watcher } from "./stage.ts";
import { killTowers, startTower, type Tower, type TowerEvent } from "./tower.ts";

/** Endpoints that are down, that hang, that fail for a while, and that lie; and a watchtower that only looks. */

let stage: Stage;
let proxies: ProxyEndpoint[];
let proxy: ProxyEndpoint;
let snapshot: Hex | undefined;
before(async () => {
  stage = await openStage();
  proxies = await Promise.all([1, 2, 3].map(() => startProxy(stage.chain.url)));
  [proxy] = proxies as [ProxyEndpoint];
});
beforeEach(async () => {
  if (snapshot) await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
  for (const one of proxies) {
    [one.treat, one.fault, one.target] = [honestly, undefined, stage.chain.url];
    one.calls.length = 0;
  }
});
afterEach(killTowers);
after(async () => {
  await Promise.all(proxies.map((one) => one.close()));
  await stage.close();
});

const watch = (rpc: readonly string[], args: readonly string[] = []): Tower =>
  startTower({ ...stage.env, ELENCH_RPC: rpc.join(","), ELENCH_KEY: keyOf(watcher) }, args);

const watchThree = (...args: string[]): Tower =>
  watch(
    proxies.map(({ url }) => url),
    ["--quorum", "2", ...args],
  );

/** A false answer. @returns its game */
const lie = async (seed = 1): Promise<Hex> =>
  (await createLiar(stage, richAccount(5), { instruction: 0, element: 3 })).answer(await ask(stage, seed));

const claims = async (): Promise<number> => (await gameEvents(stage, "Claimed")).length;
/** Milliseconds: a watchtower here looks every 30. */
const SEVERAL_LOOKS = 400;

const isTrouble = ({ kind }: TowerEvent): boolean => kind === "trouble";
const isStarted = ({ kind }: TowerEvent): boolean => kind === "started";
const troubleOf =
  (place: RegExp, words: RegExp) =>
  ({ kind, where, error }: TowerEvent): boolean =>
    kind === "trouble" && place.test(String(where)) && words.test(String(error));
const recoveryOf =
  (place: RegExp) =>
  ({ kind, where }: TowerEvent): boolean =>
    kind === "recovered" && place.test(String(where));

test("an endpoint that is down at the start is named, and the exit code is 3", async () => {
  const tower = watch(["http://127.0.0.1:9"]);
  assert.equal(await tower.ended(), 3);
  assert.match(tower.complaint(), /^elench: L1 endpoint 1 \(127\.0\.0\.1:9\) does not answer.*\n$/);
  assert.deepEqual(tower.events, []);
});

test("too few endpoints at the start are all named, and the exit code is 3", async () => {
  for (const one of proxies.slice(1)) one.treat = undefined;
  const tower = watchThree();
  assert.equal(await tower.ended(), 3);
  assert.match(
    tower.complaint(),
    /^elench: too few endpoints for a quorum of 2: L1 endpoint 2 .*; L1 endpoint 3 .*\n$/,
  );
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
  await tower.tells("who dissents", troubleOf(/^endpoint 1 .*, logs$/, /other logs than the quorum/));
  proxy.treat = honestly;
  await stage.chain.client.mine({ blocks: 1 });
  await tower.tells("that it agrees again", recoveryOf(/^endpoint 1 .*, logs$/));
});

test("an endpoint of three that never answers delays nobody, and the quorum decides without it", async () => {
  const tower = watchThree("--rpc-timeout", "3600000");
  await tower.tells("that it has started", isStarted);
  (proxies[2] as ProxyEndpoint).fault = () => "hangs";
  await lie();
  await until("its counter", async () => (await claims()) === 1);
  assert.equal(await tower.stop(), 0);
});

test("when the first endpoint hangs, it is named, passed over, and holds nothing up for long", async () => {
  const tower = watchThree("--rpc-timeout", "2000");
  await tower.tells("that it has started", isStarted);
  proxy.fault = () => "hangs";
  await lie();
  await until("its counter", async () => (await claims()) === 1);
  await tower.tells("who hangs", troubleOf(/^endpoint 1 /, /does not answer in time/));
  await lie(2);
  await until("its next counter", async () => (await claims()) === 2);
  proxy.fault = undefined;
  await tower.tells("that it is back", recoveryOf(/^endpoint 1 [^,]*$/));
});

test("with one of three endpoints down, it starts, names it, and uses it when it is back", async () => {
  const third = proxies[2] as ProxyEndpoint;
  third.treat = undefined;
  const tower = watchThree();
  await tower.tells("that it has started", isStarted);
  await tower.tells("who is missing", troubleOf(/^endpoint 3 /, /L1 endpoint 3 \(127\.0\.0\.1:\d+\) does not answer/));
  third.treat = honestly;
  await tower.tells("that it is there", recoveryOf(/^endpoint 3 /));
  proxy.treat = undefined;
  await lie();
  await until("its counter", async () => (await claims()) === 1);
});

test("an endpoint that serves another chain when it comes back is not believed", async () => {
  const [other, third] = [await startLocalChain({ args: ["--chain-id", "424242"] }), proxies[2] as ProxyEndpoint];
  try {
    third.treat = undefined;
    const tower = watchThree();
    await tower.tells("that it has started", isStarted);
    [third.treat, third.target] = [honestly, other.url];
    // Told by the probe alone: nobody else asks an endpoint that is down.
    await until("the probe", () => third.calls.filter(({ method }) => method === "eth_chainId").length >= 3);
    assert.equal(tower.events.some(recoveryOf(/^endpoint 3 /)), false);
    third.target = stage.chain.url;
    await tower.tells("that it is there", recoveryOf(/^endpoint 3 /));
  } finally {
    await other.stop();
  }
});

test("an endpoint that goes over to another chain is said to; it is no reorganisation", async () => {
  const other = await startLocalChain({ args: ["--chain-id", "424242"] });
  try {
    const tower = watch([proxy.url]);
    await tower.tells("that it has started", isStarted);
    await until("its first look", () => proxy.calls.some(({ method }) => method === "eth_getLogs"));
    proxy.target = other.url;
    await tower.tells("the other chain", troubleOf(/^endpoint 1 /, /serves chain 424242, not chain 31337/));
    proxy.target = stage.chain.url;
    await tower.tells("that it is back", recoveryOf(/^endpoint 1 /));
    await lie();
    await until("its counter", async () => (await claims()) === 1);
    assert.equal(
      tower.events.some(({ kind }) => kind === "reorganised"),
      false,
    );
  } finally {
    await other.stop();
  }
});

test("one of three endpoints that asks to be left alone for an hour is left alone, and puts nobody to sleep", async () => {
  const tower = watchThree();
  await tower.tells("that it has started", isStarted);
  const third = proxies[2] as ProxyEndpoint;
  third.fault = () => ({
    status: 429,
    headers: { "retry-after": "3600" },
    body: '{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"daily request count exceeded"}}',
  });
  await tower.tells("who has enough", troubleOf(/^endpoint 3 /, /HTTP status 429: daily request count exceeded/));
  const [asked, others] = [third.calls.length, proxy.calls.length];
  await lie();
  await until("its counter", async () => (await claims()) === 1);
  await until("many calls of others", () => proxy.calls.length - others > 100);
  // Those that were on their way.
  assert.ok(third.calls.length - asked < 10, `${third.calls.length - asked} calls`);
});

test("an endpoint that is busy for a moment is asked again, and nothing is said", async () => {
  const tries = new Map<string, number>();
  proxy.fault = ({ method, params }) => {
    const question = JSON.stringify([method, params]);
    tries.set(question, (tries.get(question) ?? 0) + 1);
    return (tries.get(question) as number) % 2 === 0 ? undefined : { status: 429, body: "slow down" };
  };
  await lie();
  const tower = watch([proxy.url], ["--once"]);
  assert.equal(await tower.ended(), 0, tower.complaint());
  assert.equal(tower.events.some(isTrouble), false);
});

test("one of three endpoints that stands still is named, and the head goes on without it", async () => {
  const tower = watchThree();
  await tower.tells("that it has started", isStarted);
  const third = proxies[2] as ProxyEndpoint;
  const frozen = await stage.chain.client.request({ method: "eth_getBlockByNumber", params: ["latest", false] });
  third.fault = ({ method, params: [block] }) =>
    method === "eth_getBlockByNumber" && block === "latest" ? { result: frozen } : undefined;
  await stage.chain.client.mine({ blocks: 80 });
  await tower.tells("who stands still", troubleOf(/^endpoint 3 .*, head$/, /is 80 blocks behind the quorum/));
  await lie();
  await until("its counter", async () => (await claims()) === 1);
  third.fault = undefined;
  await tower.tells("that it goes on", recoveryOf(/^endpoint 3 .*, head$/));
});

test("a head that stands still is said to, once, and so is that it goes on", async () => {
  // In the future, so that no machine is too slow for it.
  await stage.chain.pass(7_200);
  const tower = watch([proxy.url], ["--stale-after", "1"]);
  await tower.tells("that it has started", isStarted);
  const frozen = await stage.chain.client.request({ method: "eth_getBlockByNumber", params: ["latest", false] });
  proxy.fault = ({ method, params: [block] }) =>
    method === "eth_getBlockByNumber" && (block === "latest" || BigInt(block as Hex) >= BigInt(frozen?.number as Hex))
      ? { result: frozen }
      : undefined;
  await stage.chain.pass(3 * 3_600);
  await tower.tells("the standstill", troubleOf(/^head$/, /no block after \d+ .* for more than 1 s/));
  await sleep(SEVERAL_LOOKS);
  assert.equal(tower.events.filter(troubleOf(/^head$/, /./)).length, 1);
  proxy.fault = undefined;
  await tower.tells("that it goes on", recoveryOf(/^head$/));
});

test("a head that is far behind the clock is said to be, at the first look", async () => {
  const before = {
    ...(await stage.chain.client.request({ method: "eth_getBlockByNumber", params: ["latest", false] })),
  };
  const old = { ...before, timestamp: "0x5f5e1000" };
  proxy.fault = ({ method }) => (method === "eth_getBlockByNumber" ? { result: old } : undefined);
  const tower = watch([proxy.url], ["--once"]);
  assert.equal(await tower.ended(), 0, tower.complaint());
  assert.ok(tower.events.some(troubleOf(/^head$/, /2020-09-13.*more than 300 s/)), JSON.stringify(tower.events));
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

test("with --once, it looks, acts at once, waits for the block, and ends", async () => {
  await lie();
  const tower = startTower({ ...stage.env, ELENCH_COURTESY: "24000", ELENCH_KEY: keyOf(watcher) }, ["--once"]);
  assert.equal(await tower.ended(), 0);
  assert.equal(await claims(), 1);
  assert.deepEqual(
    tower.events.map(({ kind }) => kind),
    ["started", "game", "act", "confirmed"],
  );
});
