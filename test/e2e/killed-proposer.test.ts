import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { elench } from "../../demo/processes.ts";
import { batchOf, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { ledgerOf } from "./ledger.ts";
import { honestly, type ProxyEndpoint, startProxy } from "./proxy.ts";
import { gameEvents, keyOf, parameters, user } from "./stage.ts";
import { CACHE, CLI } from "./tower.ts";

/**
 * A proposer that is killed at each call that it makes to L1, and run again. Nothing that others see happens between two calls, so these are all
 * points that there are; only a transaction makes a difference between the call and its answer.
 */

/** Calls from one point to the next; 1 takes about four minutes. */
const EVERY = Number(process.env.ELENCH_KILL_EVERY ?? 9);

const PROPOSER = richAccount(3);
const STAKE = 4n * parameters.bond + parameters.prepayment;

let stage: L2Stage;
let proxy: ProxyEndpoint;
before(async () => {
  stage = await openL2Stage();
  const file = join(stage.folder, "batch");
  writeFileSync(file, batchOf(stage, 1, 0n));
  await elench(["batch", "append", file], { ...stage.env, ELENCH_KEY: keyOf(user) });
  proxy = await startProxy(stage.chain.url);
});
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
  let snapshot: Hex = await client.snapshot();
  const before = await client.getBalance({ address: PROPOSER.address });
  const isReached = async (point: Point): Promise<boolean> => {
    await client.revert({ id: snapshot });
    snapshot = await client.snapshot();
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
