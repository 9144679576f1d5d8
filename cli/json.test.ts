/** docs/json.md says what each command prints with --json: each shape is held against what the command really prints. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startLocalChain } from "@elench/deploy/local-chain";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { createWalletClient, http, publicActions } from "viem";
import { foundry } from "viem/chains";
import { batchLiar } from "../challenger/watch/fixtures/liar.ts";
import { startElench } from "../demo/processes.ts";
import { journalFolder } from "../deploy/journal.ts";
import { parseBatchFault } from "../prover/fixtures/faulty-batch-trace.ts";
import { agentOn } from "../test/e2e/agents.ts";
import { batchOf, CALLING, type L2Stage, openL2Stage } from "../test/e2e/l2-stage.ts";
import { ask, games, keyOf, until, user, watcher } from "../test/e2e/stage.ts";
import { tinyInput, tinyModel } from "../test/e2e/tiny-model.ts";
import { CACHE, CLI } from "../test/e2e/tower.ts";
import { mismatch, readShapes } from "./fixtures/json-shapes.ts";
import { runNode } from "./fixtures/run.ts";

const shapes = readShapes(readFileSync(new URL("../docs/json.md", import.meta.url), "utf8"));
/** Shapes that no command prints by itself: parts of others, in the page's last section. */
const PARTS = new Set([...shapes.keys()].filter((title) => !title.includes(" ")));
/** What no test here brings about: a reorganisation under a running chain of one's own, and a block that cannot be made. */
const RARE = new Set(["chain dropped", "chain trouble"]);
/** Without onnxruntime there is nothing to compare with. */
if (process.env.ELENCH_ORT === undefined) RARE.add("model compare");
const checked = new Set<string>();

let stage: L2Stage;
const file = (name: string): string => join(stage.folder, name);
before(async () => {
  stage = await openL2Stage();
  writeFileSync(file("tiny.onnx"), stage.tiny.onnx);
  writeFileSync(file("unknown.onnx"), tinyModel(2, 4, 4, "Frobnicate").onnx);
  writeFileSync(file("x.bin"), tinyInput(stage.tiny, 1));
  writeFileSync(file("batch.bin"), batchOf(stage, 1));
});
after(() => stage?.close());

const KEY = { ELENCH_KEY: keyOf(user) };

/** Runs a command, and holds each line that it prints against a shape. @returns the lines */
async function prints(
  title: string | ((line: Record<string, unknown>) => string),
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  codes: readonly number[] = [0],
): Promise<Record<string, unknown>[]> {
  const { code, out, complaint } = await runNode([CLI, ...args, "--json"], { ...CACHE, ...stage.env, ...env });
  assert.ok(codes.includes(code ?? -1), `${args.join(" ")}: ${code}, ${complaint}`);
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const line of lines) holds(typeof title === "string" ? title : title(line), line);
  return lines;
}

function holds(title: string, value: unknown): void {
  const shape = shapes.get(title);
  assert.ok(shape !== undefined, `docs/json.md has no block "json ${title}"`);
  assert.equal(mismatch(shape, value, shapes), undefined, title);
  checked.add(title);
}

test("models: check, id, add, infer, replay", async () => {
  await prints("model check", ["model", "check", file("tiny.onnx")]);
  await prints("model check", ["model", "check", file("unknown.onnx")], {}, [1]);
  await prints("model id", ["model", "id", file("tiny.onnx")]);
  await prints("model add", ["model", "add", file("tiny.onnx"), "--local"]);
  await prints("model add", ["model", "add", file("tiny.onnx")], KEY);
  const input = ["--input", `x=${file("x.bin")}`];
  const [run] = await prints("infer outputs", ["infer", file("tiny.onnx"), ...input]);
  await prints("replay inference", ["replay", file("tiny.onnx"), ...input, "--from", "0", "--to", "42"]);
  const replay = ["replay", file("tiny.onnx"), ...input];
  await prints("replay inference", [...replay, "--step", "3", "--verify"]);
  await prints("replay same", [...replay, "--against", "wasm"]);
  const { y } = (run as { outputs: Record<string, { data: string }> }).outputs;
  const claimed = Buffer.from(y?.data ?? "", "base64");
  claimed[0]! ^= 1;
  writeFileSync(file("claimed.bin"), claimed);
  await prints("replay difference", [...replay, "--claimed", file("claimed.bin")], {}, [1]);
  await runNode([CLI, ...replay, "--step", "3", "--export", file("step.json")]);
  await prints("verify-step verdict", ["verify-step", file("step.json")]);
});

test("a model, here and in onnxruntime", { skip: process.env.ELENCH_ORT === undefined }, async () => {
  await prints("model compare", ["model", "compare", file("tiny.onnx")]);
});

test("batches: genesis, append, propose, settle, dispute, replay, watch, answer", { timeout: 240_000 }, async () => {
  await prints("genesis file", [
    "genesis",
    "--chain-id",
    "5",
    "--dev",
    "--model",
    file("tiny.onnx"),
    "--out",
    file("g.json"),
  ]);
  await prints("batch append", ["batch", "append", file("batch.bin")], KEY);
  await prints("propose output", ["propose", "--end", "1"], KEY);
  await prints("propose output", ["propose", "--end", "1"], KEY);
  const liar = await agentOn(stage, {
    account: richAccount(4),
    ...batchLiar(0, parseBatchFault(`storage:${CALLING}`)),
  });
  await liar.watchtower.round();
  await prints("dispute list", ["dispute", "list"]);
  const [game] = await games(stage);
  await prints("dispute show", ["dispute", "show", String(game)]);
  const replay = ["replay", "--genesis", stage.deployment.rollup.genesis, "--batch", file("batch.bin")];
  await prints("replay batch", replay);
  await prints("replay list", [...replay, "--list"]);
  await prints("replay step", [...replay, "--transaction", String(CALLING), "--from", "0", "--to", "91"]);
  await prints("replay step", [...replay, "--transaction", String(CALLING), "--step", "2", "--verify"]);
  const ofTrace = (line: Record<string, unknown>) => ("pass" in line ? "replay eip3155-summary" : "replay eip3155");
  await prints(ofTrace, [...replay, "--transaction", String(CALLING), "--eip3155"]);
  await prints("replay claims", ["replay", "--dispute", String(game), "--claims"]);
  const ofKind = (line: Record<string, unknown>) => `watch ${line.kind}`;
  await prints(ofKind, ["watch", "--once"]);
  const endpoints = ["--rpc", `${stage.chain.url},http://127.0.0.1:9`, "--quorum", "1"];
  await prints(ofKind, ["watch", "--once", ...endpoints], { ELENCH_KEY: keyOf(watcher) });
  await prints("settle due", ["settle", "--end", "1"], KEY, [0, 1]);
  const { id } = await ask(stage, 1);
  await prints("answer output", ["answer", "--request", String(id), "--confirmations", "0"], KEY);
});

test("what a watchtower says rarely", async () => {
  const journal = new URL("report/journal.ts", import.meta.url).href;
  const events = [
    { kind: "recovered", where: "head" },
    { kind: "reorganised", head: { number: 7, hash: `0x${"ab".repeat(32)}`, timestamp: 1_800_000_000 } },
    { kind: "game", game: `0x${"ab".repeat(32)}`, verdict: "foreign", why: "not played" },
  ];
  const program = `import { journal } from ${JSON.stringify(journal)};
    const { report } = journal(true); for (const event of ${JSON.stringify(events)}) report(event);`;
  const { out, complaint } = await runNode(["--input-type=module", "-e", program]);
  const lines = out.trimEnd().split("\n");
  assert.equal(lines.length, events.length, complaint);
  for (const line of lines) holds(`watch ${(JSON.parse(line) as { kind: string }).kind}`, JSON.parse(line));
});

test("deploy, its dry run, its check, its sources", { timeout: 120_000 }, async () => {
  const chain = await startLocalChain();
  const env = { ELENCH_LOCAL_URL: chain.url };
  const at = ["deploy", "--network", "localhost"];
  try {
    await prints("deploy dry-run", [...at, "--dry-run", "--fee", "10"], env);
    await prints("deploy record", [...at, "--out", file("plain.json")], env);
    await prints(
      "deploy record",
      [...at, "--out", file("plain.json"), "--genesis", stage.deployment.rollup.genesis],
      env,
    );
    await prints("deploy dry-run", [...at, "--dry-run"], env);
    await prints("deploy check", [...at, "--check", file("plain.json")], env);
    await prints("deploy sources", ["deploy", "--sources", file("sources")]);
  } finally {
    const { hash } = await chain.client.getBlock({ blockNumber: 0n });
    rmSync(journalFolder(`chain-31337-${hash?.slice(2, 10)}-${new URL(chain.url).port}`), {
      recursive: true,
      force: true,
    });
    await chain.stop();
  }
});

test("a chain of one's own", { timeout: 60_000 }, async () => {
  const events: Record<string, unknown>[] = [];
  const folder = file("exported");
  const args = ["chain", "--port", "0", "--model", file("tiny.onnx"), "--export", folder];
  const devnet = startElench(args, { ...CACHE, ...stage.env }, (event) => events.push(event));
  await until("its start", () => events.length > 0);
  const account = richAccount(0);
  const url = String(events[0]?.url);
  const chain = { ...foundry, id: Number(events[0]?.chainId) };
  const client = createWalletClient({ account, chain, transport: http(url) }).extend(publicActions);
  await client.sendTransaction({ to: account.address, value: 1n });
  await client.request({ method: "eth_nonsense" } as never).catch(() => undefined);
  await sleep(100);
  devnet.process.kill("SIGTERM");
  await once(devnet.process, "close");
  for (const event of events) holds(`chain ${event.kind}`, event);
});

test("every documented shape was printed, and every command with --json is documented", async () => {
  const documented = [...shapes.keys()].filter((title) => !PARTS.has(title) && !RARE.has(title));
  assert.deepEqual([...checked].sort(), documented.sort());
  const { code, out } = await runNode([CLI, "completion", "fish"]);
  assert.equal(code, 0);
  const withJson = [...out.matchAll(/__elench_at \\'([^']+)\\'' -l json /g)].map(([, path]) => path as string);
  assert.ok(withJson.length >= 14, out);
  const undocumented = withJson.filter((path) => ![...shapes.keys()].some((title) => title.startsWith(path)));
  assert.deepEqual(undocumented, []);
});

test("a shape tells what differs", () => {
  const shape = { id: "hash", "why?": "string", list: [{ n: "integer | null" }], kind: "'a' | 'b'" } as const;
  const value = { id: `0x${"ab".repeat(32)}`, list: [{ n: 1 }, { n: "18446744073709551616" }, { n: null }], kind: "a" };
  const told = (changed: object) => mismatch(shape, { ...value, ...changed }, new Map());
  assert.equal(told({}), undefined);
  assert.equal(told({ why: "because" }), undefined);
  assert.match(told({ id: "0x12" }) ?? "", /value\.id is not hash/);
  assert.match(told({ list: [{ n: "12" }] }) ?? "", /value\.list\[0\]\.n is not integer/);
  assert.match(told({ list: [{}] }) ?? "", /list\[0\]\.n is missing/);
  assert.match(told({ more: 1 }) ?? "", /value\.more is not documented/);
  assert.match(told({ kind: "c" }) ?? "", /kind is not 'a'/);
});
