import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { createLiar } from "./liar.ts";
import { type Call, type Fault, honestly, type ProxyEndpoint, startProxy } from "./proxy.ts";
import { ask, openStage, type Stage } from "./stage.ts";
import { killTowers, startTower, type Tower } from "./tower.ts";

/** What providers refuse, how they say it, and what an operator reads of it; a watchtower without a key. */

let stage: Stage;
let proxy: ProxyEndpoint;
let game: Hex;
before(async () => {
  stage = await openStage();
  proxy = await startProxy(stage.chain.url);
  game = await (await createLiar(stage, richAccount(5), { instruction: 0, element: 3 })).answer(await ask(stage, 1));
  await stage.chain.client.mine({ blocks: 1_200 });
});
beforeEach(() => {
  [proxy.treat, proxy.fault] = [honestly, undefined];
  proxy.calls.length = 0;
});
afterEach(killTowers);
after(async () => {
  await proxy.close();
  await stage.close();
});

const watch = (
  rpc = proxy.url,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = ["--once"],
): Tower => startTower({ ...stage.env, ELENCH_RPC: rpc, ...env }, args);

const isLogs = ({ method }: Call): boolean => method === "eth_getLogs";
const blocksOf = ({ params }: Call): number => {
  const [{ fromBlock, toBlock }] = params as [{ fromBlock: Hex; toBlock: Hex }];
  return Number(BigInt(toBlock) - BigInt(fromBlock)) + 1;
};
const limit =
  (blocks: number, fault: Fault) =>
  (call: Call): Fault | undefined =>
    isLogs(call) && blocksOf(call) > blocks ? fault : undefined;

for (const [what, blocks, fault] of [
  ["a range, as -32602", 1_000, { error: { code: -32_602, message: "range 5000 exceeds limit of 1000" } }],
  ["results, as -32005", 500, { error: { code: -32_005, message: "query returned more than 10000 results" } }],
  ["a range, as -32600", 10, { error: { code: -32_600, message: "up to a 10 block range, under the free plan" } }],
  ["the answer's size, as status 413", 100, { status: 413, body: "response too large" }],
] satisfies readonly (readonly [string, number, Fault])[]) {
  test(`a limit of ${what}, is kept to, and all is read`, async () => {
    proxy.fault = limit(blocks, fault);
    const tower = watch();
    assert.equal(await tower.ended(), 0, tower.complaint());
    assert.ok(tower.events.some((event) => event.kind === "game" && event.game === game && event.verdict === "false"));
    assert.deepEqual(
      tower.events.filter(({ kind }) => kind === "trouble"),
      [],
    );
  });
}

const [SECRET, USER, PASSWORD] = ["SECRETKEY0123456789", "someuser", "pa55word"];

for (const [what, fault, says] of [
  [
    "status 401",
    (): Fault => ({ status: 401, body: `{"error":"invalid project id ${SECRET}"}` }),
    /L1 endpoint 1 \(127\.0\.0\.1:\d+\) answers with HTTP status 401: invalid project id \*\*\*/,
  ],
  [
    "history that is pruned",
    (call: Call) =>
      isLogs(call) ? { error: { code: 4_444, message: `pruned history unavailable to ${SECRET}` } } : undefined,
    /L1 endpoint 1 \(127\.0\.0\.1:\d+\) refuses eth_getLogs: pruned history unavailable to \*\*\* \(code 4444\)/,
  ],
] satisfies readonly (readonly [string, (call: Call) => Fault | undefined, RegExp])[]) {
  test(`${what} is told in the node's own words, and no key of the endpoint's address is`, async () => {
    proxy.fault = fault;
    const url = `${proxy.url.replace("//", `//${USER}:${PASSWORD}@`)}/v3/${SECRET}?apikey=${SECRET}2`;
    const once = watch(url, { ELENCH_DEBUG: "1" });
    assert.equal(await once.ended(), 3);
    assert.match(once.complaint(), says);
    proxy.fault = undefined;
    const tower = watch(url, {}, []);
    await tower.tells("that it has started", ({ kind }) => kind === "started");
    proxy.fault = fault;
    await stage.chain.client.mine({ blocks: 1 });
    await tower.tells("the trouble", ({ kind, error }) => kind === "trouble" && says.test(String(error)));
    const told = once.complaint() + tower.complaint() + JSON.stringify([once.events, tower.events]);
    for (const secret of [SECRET, USER, PASSWORD]) assert.ok(!told.includes(secret), `${secret} in ${told}`);
  });
}

for (const [what, rpc, code, says] of [
  ["a ws:// address", () => `ws://127.0.0.1:1/${SECRET}`, 2, /ws:\/\/127\.0\.0\.1:1 is not an http:\/\/ or https:\/\//],
  ["no address", () => SECRET, 2, /the value is not an http:\/\/ or https:\/\//],
  ["TLS to a port that has none", () => proxy.url.replace("http", "https"), 3, /does not speak TLS; write http:\/\//],
] satisfies readonly (readonly [string, () => string, number, RegExp])[]) {
  test(`${what} is refused, with what to do`, async () => {
    const tower = watch(rpc());
    assert.equal(await tower.ended(), code);
    assert.match(tower.complaint(), says);
    assert.ok(!tower.complaint().includes(SECRET));
  });
}

test("a record whose block is later than the contracts is refused: games before it would be missed", async () => {
  const record = JSON.parse(readFileSync(stage.env.ELENCH_DEPLOYMENT as string, "utf8")) as { block: number };
  const file = join(stage.folder, "late.json");
  writeFileSync(file, JSON.stringify({ ...record, block: record.block + 500 }));
  const late = watch(proxy.url, { ELENCH_DEPLOYMENT: file });
  assert.equal(await late.ended(), 2);
  assert.match(late.complaint(), /starts at block \d+, but 0x\w+ existed at block \d+/);

  // A node without an archive cannot tell: then this is said.
  proxy.fault = ({ method, params: [, block] }) =>
    method === "eth_getCode" && block !== "latest"
      ? { error: { code: -32_000, message: "missing trie node" } }
      : undefined;
  const unchecked = watch(proxy.url, { ELENCH_DEPLOYMENT: file });
  assert.equal(await unchecked.ended(), 0);
  const told = unchecked.events.find(({ kind }) => kind === "trouble");
  assert.match(String(told?.where), /could not be checked/);
  assert.match(String(told?.error), /missing trie node/);
});
