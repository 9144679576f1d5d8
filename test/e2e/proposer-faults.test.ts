import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { batchLiar } from "../../challenger/watch/fixtures/liar.ts";
import { type Elench, elench, startElench } from "../../demo/processes.ts";
import { parseBatchFault } from "../../prover/fixtures/faulty-batch-trace.ts";
import { agentOn } from "./agents.ts";
import { batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { ledgerOf } from "./ledger.ts";
import { honestly, type ProxyEndpoint, startProxy } from "./proxy.ts";
import { claimsOf, gameEvents, keyOf, parameters, until, user } from "./stage.ts";
import { CACHE, CLI } from "./tower.ts";

/**
 * A proposer that is killed at each call that it makes to L1, and run again. Nothing that others see happens between two calls, so these are all
 * points that there are; only a transaction makes a difference between the call and its answer.
 */

/** Calls from one point to the next; 1 takes about four minutes. */
const EVERY = Number(process.env.ELENCH_KILL_EVERY ?? 9);

const PROPOSER = richAccount(3);
const LIAR = richAccount(4);
const STAKE = 4n * parameters.bond + parameters.prepayment;

let stage: L2Stage;
/** Of L1 with one batch and nothing proposed. */
let snapshot: Hex;
let proxy: ProxyEndpoint;
before(async () => {
  stage = await openL2Stage();
  const file = join(stage.folder, "batch");
  writeFileSync(file, batchOf(stage, 1, 0n));
  await elench(["batch", "append", file], { ...stage.env, ELENCH_KEY: keyOf(user) });
  snapshot = await stage.chain.client.snapshot();
  proxy = await startProxy(stage.chain.url);
});
const runs: Elench[] = [];
afterEach(() => Promise.all(runs.splice(0).map((run) => run.stop())));
after(async () => {
  await proxy?.close();
  await stage?.close();
});

/** Where it is killed: at its nth call of all, before the call; or at its nth transaction, after L1 has taken it. */
type Point = { readonly call: number } | { readonly sent: number };

test("killed at one of its calls, it proposes once, with one bond, when it is run again", {
  timeout: 300_000,
}, async () => {
  const { client } = stage.chain;
  const before = await client.getBalance({ address: PROPOSER.address });
  const isReached = async (point: Point): Promise<boolean> => {
    await goBack();
    if (!(await killedAt(point))) return false;
    assert.equal(await run(stage.env.ELENCH_RPC as string), 0, `after ${JSON.stringify(point)}`);
    await assertOneProposal(point, before);
    return true;
  };
  let calls = 0;
  while (await isReached({ call: calls })) calls += EVERY;
  let transactions = 0;
  while (await isReached({ sent: transactions })) transactions++;
  assert.equal(transactions, 2, "a checkpoint and a proposal");
  assert.ok(calls > 10, `${calls} calls`);
});

test("when L1 goes back under its proposal, a proposer that defends proposes again, and defends that", {
  timeout: 120_000,
}, async () => {
  const { client } = stage.chain;
  await goBack();
  const fork = await client.snapshot();
  const env = { ...stage.env, ELENCH_RPC: proxy.url, ELENCH_KEY: keyOf(PROPOSER) };
  [proxy.fault, proxy.treat] = [undefined, honestly];
  const told: unknown[] = [];
  runs.push(startElench(["propose", "--end", "1", "--defend", "--interval", "30"], env, (result) => told.push(result)));
  await until("the proposal", () => told.length > 0, undefined, 60);
  // What it has not looked at as the chain's head cannot be gone for it.
  const before = proxy.calls.length;
  const looks = () => proxy.calls.slice(before).filter(({ params: [block] }) => block === "latest").length;
  await until("two more looks", () => looks() >= 2);
  await client.revert({ id: fork });
  await client.mine({ blocks: 5 });
  assert.equal((await gameEvents(stage, "Proposed")).length, 0);
  await until("the proposal again", async () => (await gameEvents(stage, "Proposed")).length === 1);

  const liar = await agentOn(stage, { account: LIAR, ...batchLiar(0, parseBatchFault(`storage:${CALLING}`)) });
  await liar.watchtower.round();
  const claimsBy = async (account: string) =>
    (await claimsOf(stage)).filter(({ claimant }) => claimant === account.toLowerCase()).length;
  assert.equal(await claimsBy(LIAR.address), 1, "a false counter");
  await until("its answer", async () => (await claimsBy(PROPOSER.address)) === 1);
  assert.equal((await gameEvents(stage, "Proposed")).length, 1);
});

/** To the beginning. */
async function goBack(): Promise<void> {
  await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
}

/** @returns the exit code; null of one that was killed */
async function run(rpc: string, started: (kill: () => void) => void = () => undefined): Promise<number | null> {
  const child = spawn(process.execPath, [CLI, "propose", "--end", "1", "--interval", "20", "--json"], {
    env: { ...process.env, ...CACHE, ...stage.env, ELENCH_RPC: rpc, ELENCH_KEY: keyOf(PROPOSER) },
    stdio: "ignore",
  });
  started(() => child.kill("SIGKILL"));
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** @returns whether it came so far; if not, it has ended by itself, with its proposal made */
async function killedAt(point: Point): Promise<boolean> {
  let [calls, sent] = [0, 0];
  const code = await run(proxy.url, (kill) => {
    proxy.fault = () => {
      if (!("call" in point) || calls++ !== point.call) return undefined;
      kill();
      return "hangs";
    };
    proxy.treat = (method, result) => {
      if (method === "eth_sendRawTransaction" && "sent" in point && sent++ === point.sent) kill();
      return honestly(method, result);
    };
  });
  assert.ok(code === null || code === 0, `it ended with code ${code}`);
  return code === null;
}

/** @param before its balance, in wei */
async function assertOneProposal(point: Point, before: bigint): Promise<void> {
  const { client } = stage.chain;
  const [at, { address }] = [JSON.stringify(point), PROPOSER];
  assert.equal((await gameEvents(stage, "Proposed")).length, 1, `proposals after ${at}`);
  assert.equal(await client.getTransactionCount({ address }), 2, `a checkpoint and a proposal after ${at}`);
  const { gasPaid } = await ledgerOf(stage, address);
  assert.equal(before - (await client.getBalance({ address })) - gasPaid, STAKE, `one bond after ${at}`);
}
