import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { privateKeyOf, richAccount } from "@elench/rollup/genesis/dev-accounts";
import { nativeAddon } from "../ml-vm/engine/native.ts";
import { ask, openStage, type Stage } from "../test/e2e/stage.ts";
import { tinyInput, tinyModel } from "../test/e2e/tiny-model.ts";
import { CACHE } from "../test/e2e/tower.ts";
import { type Ended, runNode } from "./fixtures/run.ts";

/** Each command as its user meets it: a process, its exit code, and what it says where. */

const CLI = fileURLToPath(new URL("main.ts", import.meta.url));
const DIGITS = fileURLToPath(new URL("../models/digits.onnx", import.meta.url));
const SEVEN = fileURLToPath(new URL("../models/digits/7.npy", import.meta.url));

const elench = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  runNode([CLI, ...args], { ...CACHE, ...env });

async function json(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const { code, out, complaint } = await elench([...args, "--json"], env);
  assert.equal(code, 0, complaint);
  return JSON.parse(out) as Record<string, unknown>;
}

let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), "elench-cli-"));
const file = (name: string): string => join(folder, name);
const tiny = tinyModel(2, 4, 4);

before(async () => {
  stage = await openStage();
  await ask(stage, 1);
  mkdirSync(file("store"));
  writeFileSync(file("tiny.onnx"), tiny.onnx);
  writeFileSync(file("truncated.onnx"), tiny.onnx.subarray(0, tiny.onnx.length - 40));
  writeFileSync(file("text.onnx"), "This is a letter, and no model.\n");
  writeFileSync(file("unknown.onnx"), tinyModel(2, 4, 4, "Frobnicate").onnx);
  writeFileSync(file("x.bin"), tinyInput(tiny, 1));
  writeFileSync(file("short.bin"), tinyInput(tiny, 1).subarray(4));
  writeFileSync(file("shape.json"), "[[1, 2], [3, 4]]");
  writeFileSync(file("doubles.npy"), npy("<f8", "(2, 4)", 64));
  writeFileSync(file("key"), "not a key");
  writeFileSync(file("elsewhere.json"), JSON.stringify({ ...stage.deployment, chainId: 1 }));
  writeFileSync(file("nowhere.json"), JSON.stringify({ ...stage.deployment, disputeGame: `0x${"12".repeat(20)}` }));
  writeFileSync(file("incomplete.json"), JSON.stringify({ chainId: stage.deployment.chainId }));
  writeFileSync(file("nokey.txt"), "\n");
  writeFileSync(file("null.json"), "null");
  writeFileSync(file("noblock.json"), JSON.stringify({ ...stage.deployment, block: undefined }));
  writeFileSync(file("maxclok.json"), JSON.stringify({ ...JSON.parse(readFileSync(PARAMETERS, "utf8")), maxclok: 5 }));
  writeFileSync(file("parameters.json"), '{ "maxClock": "soon" }');
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stage.close();
});

/** A NumPy file of zeros. */
function npy(descr: string, shape: string, bytes: number): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"),
    Buffer.from(`${header}\n`),
    new Uint8Array(bytes),
  ]);
}

const KEY = privateKeyOf(richAccount(9));
const POOR = `0x${"11".repeat(32)}`;

interface Bad {
  readonly what: string;
  readonly args: () => string[];
  readonly env?: () => Record<string, string>;
  readonly code: number;
  readonly says: RegExp;
}

const x = (name: string): string[] => ["--input", `x=${file(name)}`];
const chain = (): Record<string, string> => ({ ...stage.env, ELENCH_STORE: file("store") });
const signed = (): Record<string, string> => ({ ...chain(), ELENCH_KEY: KEY });

const modelCommands: readonly (readonly string[])[] = [
  ["model", "id"],
  ["model", "add", "--local"],
  ["infer"],
  ["replay"],
];

const PARAMETERS = fileURLToPath(new URL("../deploy/parameters/localhost.json", import.meta.url));
const deployment = ["deploy", "--parameters", PARAMETERS, "--out", file("never.json")];

const BAD: readonly Bad[] = [
  ...modelCommands.flatMap((command): Bad[] => {
    const given = (name: string) => ({ args: () => [...command, file(name)], env: chain, code: 2 });
    return [
      {
        what: `${command.join(" ")}: a truncated model`,
        ...given("truncated.onnx"),
        says: /truncated|incomplete|ends|damaged|not an ONNX/i,
      },
      { what: `${command.join(" ")}: a text file`, ...given("text.onnx"), says: /ONNX/ },
      { what: `${command.join(" ")}: an unknown operator`, ...given("unknown.onnx"), says: /Frobnicate/ },
      { what: `${command.join(" ")}: no such file`, ...given("none.onnx"), says: /none\.onnx/ },
    ];
  }),
  ...["infer", "replay"].flatMap((command): Bad[] => [
    {
      what: `${command}: a missing input`,
      args: () => [command, file("tiny.onnx")],
      code: 2,
      says: /input x \(f32, \[2, 4\]\) is missing/,
    },
    {
      what: `${command}: an input of a wrong name`,
      args: () => [command, file("tiny.onnx"), "--input", `y=${file("x.bin")}`],
      code: 2,
      says: /no input y.* x/,
    },
    {
      what: `${command}: an input of a wrong shape`,
      args: () => [command, file("tiny.onnx"), ...x("shape.json")],
      code: 2,
      says: /shape\.json.*\[2,2\]|shape\.json.*\[2, 2\]/,
    },
    {
      what: `${command}: an input of a wrong dtype`,
      args: () => [command, file("tiny.onnx"), ...x("doubles.npy")],
      code: 2,
      says: /doubles\.npy holds f64.*f32/,
    },
    {
      what: `${command}: too short an input`,
      args: () => [command, file("tiny.onnx"), ...x("short.bin")],
      code: 2,
      says: /short\.bin holds 28 bytes.*32/,
    },
  ]),
  {
    what: "infer: an unknown engine",
    args: () => ["infer", file("tiny.onnx"), ...x("x.bin"), "--engine", "abacus"],
    code: 2,
    says: /--engine.*abacus/,
  },
  {
    what: "infer: no number of threads",
    args: () => ["infer", file("tiny.onnx"), ...x("x.bin"), "--threads", "0"],
    code: 2,
    says: /--threads.*positive/,
  },
  {
    what: "replay: a step out of range",
    args: () => ["replay", file("tiny.onnx"), ...x("x.bin"), "--step", "999999"],
    code: 2,
    says: /no step 999999/,
  },
  {
    what: "replay: no number",
    args: () => ["replay", file("tiny.onnx"), ...x("x.bin"), "--step", "-1"],
    code: 2,
    says: /--step.*non-negative/,
  },
  {
    what: "replay: --from after --to",
    args: () => ["replay", file("tiny.onnx"), ...x("x.bin"), "--from", "9", "--to", "3"],
    code: 2,
    says: /--to 3 is before --from 9/,
  },
  {
    what: "replay: --step and --from",
    args: () => ["replay", file("tiny.onnx"), ...x("x.bin"), "--step", "9", "--from", "3"],
    code: 2,
    says: /--step.*--from/,
  },
  { what: "replay: neither file nor dispute", args: () => ["replay"], code: 2, says: /ONNX file.*--dispute/ },
  {
    what: "replay: an unknown dispute",
    args: () => ["replay", "--dispute", "0xabc"],
    env: chain,
    code: 2,
    says: /no game.*0xabc/,
  },
  {
    what: "dispute show: an unknown game",
    args: () => ["dispute", "show", "0xabc"],
    env: chain,
    code: 2,
    says: /no game.*0xabc/,
  },
  {
    what: "answer: an unknown request",
    args: () => ["answer", "--request", "77"],
    env: signed,
    code: 2,
    says: /no request 77/,
  },
  {
    what: "answer: a model that is not stored",
    args: () => ["answer", "--request", "0"],
    env: signed,
    code: 3,
    says: /model 0x[0-9a-f]{64} is not in .*elench model add/,
  },
  { what: "answer: no key", args: () => ["answer", "--request", "0"], env: chain, code: 2, says: /key/ },
  {
    what: "answer: an account without money for the bond",
    args: () => ["answer", "--request", "0"],
    env: () => ({ ...stage.env, ELENCH_KEY: POOR }),
    code: 4,
    says: /bond.*246000000000000000 wei.* 0\b/,
  },
  ...(["--batch 0 --request 0", ""] as const).map((given) => ({
    what: `settle ${given}: not one of batch, request and game`,
    args: () => ["settle", ...given.split(" ").filter(Boolean)],
    env: signed,
    code: 2,
    says: /give one of --batch N, --request N and --game ID/,
  })),
  {
    what: "settle: a deployment without a rollup",
    args: () => ["settle", "--batch", "0"],
    env: signed,
    code: 2,
    says: /no rollup.*--genesis/,
  },
  {
    what: "settle: an unknown request",
    args: () => ["settle", "--request", "77"],
    env: signed,
    code: 2,
    says: /no request 77/,
  },
  { what: "settle: an unknown game", args: () => ["settle", "--game", "0xabc"], env: signed, code: 2, says: /no game/ },
  { what: "settle: no key", args: () => ["settle", "--request", "0"], env: chain, code: 2, says: /key/ },
  {
    what: "propose: a deployment without a rollup",
    args: () => ["propose", "--batch", "0"],
    env: signed,
    code: 2,
    says: /no rollup.*--genesis/,
  },
  {
    what: "batch append: a deployment without a rollup",
    args: () => ["batch", "append", file("x.bin")],
    env: signed,
    code: 2,
    says: /no rollup.*--genesis/,
  },
  { what: "batch append: no key", args: () => ["batch", "append", file("x.bin")], env: chain, code: 2, says: /key/ },
  {
    what: "batch append: no such file",
    args: () => ["batch", "append", file("none.bin")],
    env: signed,
    code: 2,
    says: /none\.bin/,
  },
  { what: "model add: no key", args: () => ["model", "add", file("tiny.onnx")], env: chain, code: 2, says: /key/ },
  {
    what: "model add: an account without money",
    args: () => ["model", "add", file("model2.onnx")],
    env: () => ({ ...stage.env, ELENCH_KEY: POOR }),
    code: 4,
    says: /refuse.*0x|insufficient/i,
  },
  ...(["watch", "answer --request 0", "dispute list", "dispute show 0x1"] as const).flatMap((command): Bad[] => {
    const args =
      (...more: string[]) =>
      () => [...command.split(" "), ...more];
    const [name = ""] = command.split(" ");
    const env = signed;
    return [
      {
        what: `${command}: an endpoint that is not there`,
        args: args("--rpc", "http://127.0.0.1:9"),
        env,
        code: 3,
        says: /L1 endpoint 1 \(127\.0\.0\.1:9\) does not answer/,
      },
      {
        what: `${command}: an endpoint that is no address`,
        args: args("--rpc", "localhost"),
        env,
        code: 2,
        says: /--rpc, endpoint 1: the value is not an http:\/\/ or https:\/\/ URL/,
      },
      {
        what: `${command}: a deployment that is missing`,
        args: args("--deployment", file("none.json")),
        env,
        code: 3,
        says: /none\.json is missing/,
      },
      {
        what: `${command}: a deployment that is none`,
        args: args("--deployment", file("x.bin")),
        env,
        code: 2,
        says: /x\.bin is not JSON/,
      },
      {
        what: `${command}: an incomplete deployment`,
        args: args("--deployment", file("incomplete.json")),
        env,
        code: 2,
        says: /incomplete\.json gives no address for disputeGame/,
      },
      {
        what: `${command}: another chain's deployment`,
        args: args("--deployment", file("elsewhere.json")),
        env,
        code: 2,
        says: /chain 1\b.*chain 31337/,
      },
      {
        what: `${command}: a deployment of nothing`,
        args: args("--deployment", file("nowhere.json")),
        env,
        code: 3,
        says: /no contract at 0x1212/,
      },
      ...(name === "dispute"
        ? []
        : [
            {
              what: `${command}: a malformed key`,
              args: args(),
              env: () => ({ ...chain(), ELENCH_KEY: "0x1234" }),
              code: 2,
              says: /ELENCH_KEY is not a private key/,
            },
            {
              what: `${command}: the key zero`,
              args: args(),
              env: () => ({ ...chain(), ELENCH_KEY: `0x${"00".repeat(32)}` }),
              code: 2,
              says: /ELENCH_KEY.*secp256k1/,
            },
            {
              what: `${command}: a file that holds no key`,
              args: args("--key-file", file("key")),
              env,
              code: 2,
              says: /key is not a private key/,
            },
            {
              what: `${command}: no such key file`,
              args: args("--key-file", file("nokey")),
              env,
              code: 2,
              says: /nokey/,
            },
            {
              what: `${command}: a fee that is no number`,
              args: args("--max-fee", "cheap"),
              env,
              code: 2,
              says: /--max-fee/,
            },
          ]),
    ];
  }),
  {
    what: "watch: a quorum of more than there are",
    args: () => ["watch", "--quorum", "3"],
    env: chain,
    code: 2,
    says: /--quorum 3.*1/,
  },
  {
    what: "watch: a consumer that is no address",
    args: () => ["watch", "--consumer", `0x${"12".repeat(20)},me`],
    env: chain,
    code: 2,
    says: /--consumer.*me is not an address/,
  },
  {
    what: "watch: no interval",
    args: () => ["watch", "--interval", "often"],
    env: chain,
    code: 2,
    says: /--interval.*positive/,
  },
  {
    what: "deploy: no such parameters",
    args: () => ["deploy", "--network", "localhost", "--parameters", file("none.json")],
    code: 2,
    says: /none\.json/,
  },
  {
    what: "deploy: parameters that are none",
    args: () => ["deploy", "--network", "localhost", "--parameters", file("parameters.json")],
    code: 2,
    says: /maxClock/,
  },
  {
    what: "deploy: a folder as parameters",
    args: () => ["deploy", "--network", "localhost", "--parameters", folder],
    code: 2,
    says: /cannot read .*it is a folder/,
  },
  {
    what: "deploy: an unknown parameter",
    args: () => ["deploy", "--network", "localhost", "--parameters", file("maxclok.json")],
    code: 2,
    says: /maxclok\.json: there is no parameter maxclok; did you mean maxClock/,
  },
  {
    what: "deploy: an unknown network, and no parameters",
    args: () => ["deploy", "--network", "nowhere"],
    code: 2,
    says: /--network nowhere: hardhat.config.ts has no http network of that name/,
  },
  {
    what: "deploy: a network without parameters",
    args: () => ["deploy", "--network", "l1"],
    code: 2,
    says: /give --parameters FILE/,
  },
  ...(["mainnet", "default"] as const).map(
    (network): Bad => ({
      what: `deploy: the network ${network}`,
      args: () => [...deployment, "--network", network],
      code: 2,
      says: new RegExp(`--network ${network}: .* has localhost, l1`),
    }),
  ),
  { what: "deploy: no URL", args: () => [...deployment, "--network", "l1"], code: 2, says: /ELENCH_L1_URL is not set/ },
  {
    what: "deploy: a URL that is none",
    args: () => [...deployment, "--network", "l1"],
    env: () => ({ ELENCH_L1_URL: "localhost" }),
    code: 2,
    says: /ELENCH_L1_URL: its value is not an http/,
  },
  {
    what: "deploy: no key",
    args: () => [...deployment, "--network", "l1"],
    env: () => ({ ELENCH_L1_URL: stage.chain.url }),
    code: 2,
    says: /ELENCH_KEY is not set/,
  },
  ...["0x1234", "zz", "", `0x${"00".repeat(32)}`].map(
    (key): Bad => ({
      what: `deploy: the key "${key}"`,
      args: () => [...deployment, "--network", "l1"],
      env: () => ({ ELENCH_L1_URL: stage.chain.url, ELENCH_KEY: key }),
      code: 2,
      says: /ELENCH_KEY is not a private key/,
    }),
  ),
  {
    what: "deploy: no money",
    args: () => [...deployment, "--network", "l1"],
    env: () => ({ ELENCH_L1_URL: stage.chain.url, ELENCH_KEY: POOR }),
    code: 4,
    says: /deployer 0x\w+ has 0 ETH, but 7 contracts take about \d+ gas/,
  },
  {
    what: "deploy: an endpoint that is not there",
    args: () => [...deployment, "--network", "l1"],
    env: () => ({ ELENCH_L1_URL: "http://127.0.0.1:9", ELENCH_KEY: KEY }),
    code: 3,
    says: /endpoint of network l1 does not answer/,
  },
  {
    what: "watch: an empty key file",
    args: () => ["watch", "--once", "--key-file", file("nokey.txt")],
    env: chain,
    code: 2,
    says: /--key-file.*It is empty/,
  },
  {
    what: "watch: a folder as key file",
    args: () => ["watch", "--once", "--key-file", folder],
    env: chain,
    code: 2,
    says: /--key-file.*It cannot be read: it is a folder/,
  },
  ...["0.0000000001", "99999999999999999999999"].map(
    (fee): Bad => ({
      what: `watch: a fee of ${fee}`,
      args: () => ["watch", "--once", "--max-fee", fee],
      env: chain,
      code: 2,
      says: /--max-fee.*up to six digits/,
    }),
  ),
  {
    what: "watch: an interval that no timer takes",
    args: () => ["watch", "--once", "--interval", "99999999999"],
    env: chain,
    code: 2,
    says: /--interval.*at most 2147483647/,
  },
  {
    what: "watch: an unknown level of logs",
    args: () => ["watch", "--once"],
    env: () => ({ ...chain(), ELENCH_LOG_LEVEL: "loud" }),
    code: 2,
    says: /ELENCH_LOG_LEVEL=loud is not a log level: use .*info/,
  },
  {
    what: "watch: a file as the model store",
    args: () => ["watch", "--once", "--store", file("key")],
    env: chain,
    code: 2,
    says: /model store .*key is a file/,
  },
  ...(["null", "{block}"] as const).map(
    (text): Bad => ({
      what: `watch: a record that holds ${text}`,
      args: () => ["watch", "--once", "--deployment", file(text === "null" ? "null.json" : "noblock.json")],
      env: chain,
      code: 2,
      says: /null\.json holds no deployment record|noblock\.json gives no block/,
    }),
  ),
  {
    what: "watch: a folder as record",
    args: () => ["watch", "--once", "--deployment", folder],
    env: chain,
    code: 2,
    says: /cannot read .*it is a folder/,
  },
  ...["", "zz", "0x"].map(
    (id): Bad => ({
      what: `replay: the dispute "${id}"`,
      args: () => ["replay", "--dispute", id],
      env: chain,
      code: 2,
      says: /is not a game id/,
    }),
  ),
  { what: "chain: no port", args: () => ["chain", "--port", "99999"], code: 2, says: /--port.*0 to 65535/ },
  {
    what: "chain: too much gas",
    args: () => ["chain", "--gas-limit", "134217729"],
    code: 2,
    says: /--gas-limit.*134217728/,
  },
  {
    what: "chain: too long a block",
    args: () => ["chain", "--block-time", "9999999"],
    code: 2,
    says: /--block-time.*seconds/,
  },
  {
    what: "chain: a file as the folder to export to",
    args: () => ["chain", "--port", "0", "--export", file("key")],
    code: 2,
    says: /cannot make the folder .*key: a file is there/,
  },
  {
    what: "genesis: a folder as the file",
    args: () => ["genesis", "--chain-id", "5", "--dev", "--out", folder],
    code: 2,
    says: /cannot write .*it is a folder/,
  },
  {
    what: "genesis: a full disk",
    args: () => ["genesis", "--chain-id", "5", "--dev", "--out", "/dev/full"],
    code: 3,
    says: /cannot write \/dev\/full: no space left/,
  },
  { what: "no such command", args: () => ["conquer"], code: 2, says: /unknown command 'conquer'/ },
  {
    what: "no such flag",
    args: () => ["infer", file("tiny.onnx"), "--fast"],
    code: 2,
    says: /unknown option '--fast'/,
  },
];

test("bad input of every kind: one message that names the thing, the documented exit code, and nothing done", {
  timeout: 480_000,
}, async (t) => {
  writeFileSync(file("model2.onnx"), tinyModel(3, 4, 4).onnx);
  const blocks = await stage.chain.client.getBlockNumber();
  await inPairs(BAD, async ({ what, args, env, code, says }) => {
    const ended = await elench(args(), env?.() ?? {});
    await t.test(what, () => {
      const lines = ended.complaint
        .trimEnd()
        .split("\n")
        .filter((line) => !/^Run the command with --help|^registering/.test(line) && line !== "");
      assert.equal(ended.code, code, ended.complaint);
      assert.match(lines.join("\n"), says);
      assert.equal(lines.length, 1, ended.complaint);
      assert.doesNotMatch(ended.complaint, /defect|at .*\.ts:\d+/);
      assert.equal(ended.out, "");
    });
  });
  assert.deepEqual(readdirSync(file("store")), [], "no model is half stored");
  assert.equal(await stage.chain.client.getBlockNumber(), blocks, "nothing was sent to L1");
});

test("model check tells what is wrong with a model, and exits with 1", async () => {
  const [unknown, truncated, text] = await Promise.all(
    ["unknown", "truncated", "text"].map((name) => elench(["model", "check", file(`${name}.onnx`), "--json"])),
  );
  for (const ended of [unknown, truncated, text]) {
    assert.equal(ended?.code, 1, ended?.complaint);
    const report = JSON.parse(ended?.out ?? "") as { ok: boolean; errors: string[] };
    assert.equal(report.ok, false);
    assert.ok(report.errors.length > 0);
  }
  const { operators } = JSON.parse(unknown?.out ?? "") as { operators: { type: string; supported: boolean }[] };
  assert.equal(operators.find(({ type }) => type === "Frobnicate")?.supported, false);
  assert.equal(operators.find(({ type }) => type === "MatMul")?.supported, true);
});

/** As many at once as there are processors to run them. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

const COMMANDS = [
  "",
  "model",
  "model check",
  "model id",
  "model add",
  "infer",
  "replay",
  "watch",
  "dispute",
  "dispute list",
  "dispute show",
  "answer",
  "settle",
  "deploy",
];

test("--help of each command tells of its flags, and the environment variable of each", {
  timeout: 60_000,
}, async () => {
  await inPairs(COMMANDS, async (command) => {
    const { code, out, complaint } = await elench([...command.split(" ").filter(Boolean), "--help"]);
    assert.equal(code, 0, complaint);
    assert.match(out, /^Usage: elench/);
    // A flag's description may go on in the lines below it.
    const flags = out.split(/\n(?=\s+-)/).filter((entry) => /^\s+--?\w/.test(entry));
    for (const flag of flags) {
      const name = /--([a-z-]+)/.exec(flag)?.[1] ?? "";
      if (name === "help" || name === "version") continue;
      assert.ok(
        flag.replaceAll(/\s+/g, " ").includes(`ELENCH_${name.toUpperCase().replaceAll("-", "_")}`),
        `${command}: ${flag}`,
      );
    }
  });
});

test("flags are taken from the environment", async () => {
  const inputs = { ELENCH_INPUT: `x=${file("x.bin")}` };
  const [off, json1, engine, step, request] = await Promise.all([
    elench(["infer", file("tiny.onnx")], { ...inputs, ELENCH_JSON: "0" }),
    elench(["infer", file("tiny.onnx")], { ...inputs, ELENCH_JSON: "1", ELENCH_THREADS: "1" }),
    elench(["infer", file("tiny.onnx")], { ...inputs, ELENCH_ENGINE: "abacus" }),
    elench(["replay", file("tiny.onnx")], { ...inputs, ELENCH_FROM: "2", ELENCH_TO: "3", ELENCH_JSON: "1" }),
    elench(["answer"], { ...signed(), ELENCH_REQUEST: "77" }),
  ]);
  assert.match(off.out, /^y .*f32/, "a flag that is switched off there is not given");
  assert.equal((JSON.parse(json1.out) as { threads: number }).threads, 1);
  assert.match(engine.complaint, /abacus/);
  assert.deepEqual(
    step.out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { step: number }).step),
    [2, 3],
  );
  assert.match(request.complaint, /no request 77/);
});

const sorted = (value: unknown): string[] => Object.keys(value as object).sort();

test("every engine gives the digits' model the same bits, and infer's JSON is as documented", {
  timeout: 120_000,
}, async () => {
  const args = ["infer", DIGITS, "--input", `image=${SEVEN}`];
  const engines = ["auto", "native", "interpreter", "stepper", "wasm"];
  const results = new Map<string, Record<string, unknown>>();
  await inPairs(engines, async (engine) => {
    const ended = await elench([...args, "--engine", engine, "--json"]);
    if (!nativeAddon() && (engine === "native" || engine === "interpreter")) {
      assert.deepEqual([ended.code, /native engine is not built/.test(ended.complaint)], [3, true], ended.complaint);
      return;
    }
    assert.equal(ended.code, 0, ended.complaint);
    results.set(engine, JSON.parse(ended.out) as Record<string, unknown>);
  });
  const native = results.get("auto") as { outputs: { scores: Record<string, unknown> } };
  assert.deepEqual(sorted(native), ["engine", "ms", "outputs", "threads"]);
  assert.deepEqual(sorted(native.outputs.scores), ["data", "dtype", "root", "shape"]);
  assert.deepEqual([native.outputs.scores.dtype, native.outputs.scores.shape], ["f32", [1, 10]]);
  const scores = new Float32Array(new Uint8Array(Buffer.from(String(native.outputs.scores.data), "base64")).buffer);
  assert.equal(scores.indexOf(Math.max(...scores)), 7);
  for (const [engine, { outputs }] of results) assert.deepEqual(outputs, native.outputs, engine);
});

test("the stepper refuses a model of more than 2^24 steps", async () => {
  writeFileSync(file("large.onnx"), tinyModel(300, 300, 300).onnx);
  writeFileSync(file("large.bin"), new Uint8Array(4 * 300 * 300));
  const { code, complaint } = await elench([
    "infer",
    file("large.onnx"),
    "--input",
    `x=${file("large.bin")}`,
    "--engine",
    "stepper",
  ]);
  assert.equal(code, 2);
  assert.match(complaint, /16777216/);
});

test("model check and model id print what is documented", async () => {
  const [check, id] = await Promise.all([json(["model", "check", DIGITS]), json(["model", "id", DIGITS])]);
  assert.equal(check?.ok, true);
  for (const key of ["steps", "flops", "bytes"]) assert.equal(typeof check?.[key], "number", key);
  const { operators } = check as { operators: { type: string; count: number; supported: boolean }[] };
  assert.deepEqual(
    operators.map(({ type, count, supported }) => [type, count, supported]),
    [
      ["Conv", 2, true],
      ["Relu", 2, true],
      ["MaxPool", 2, true],
      ["Flatten", 1, true],
      ["Gemm", 1, true],
    ],
  );
  assert.match(String(id?.id), /^0x[0-9a-f]{64}$/);
  assert.equal(id?.steps, check?.steps);
});

test("a model that is added is kept under its id, whole", async () => {
  const store = file("another");
  const { id, registered } = await json(["model", "add", file("tiny.onnx"), "--local", "--store", store]);
  assert.equal(registered, false);
  assert.deepEqual(readdirSync(store), [`${id}.onnx`]);
  assert.deepEqual(new Uint8Array(readFileSync(join(store, `${id}.onnx`))), new Uint8Array(tiny.onnx));
  assert.equal(id, stage.model.id);
});

test("replay --verify: Solidity agrees with every kind of step of the tiny model", { timeout: 120_000 }, async () => {
  const last = stage.model.steps - 1n;
  const { code, out, complaint } = await elench([
    "replay",
    file("tiny.onnx"),
    ...x("x.bin"),
    "--from",
    "0",
    "--to",
    String(last),
    "--verify",
    "--json",
  ]);
  assert.equal(code, 0, complaint);
  const steps = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(BigInt(steps.length), last + 1n);
  for (const [i, step] of steps.entries()) {
    for (const key of ["step", "instruction", "element", "term", "reads", "pre", "post", "verifier", "agrees"])
      assert.ok(key in step, `${key} of step ${i}`);
    const verdict = step.verifier as { post: string; gas: number };
    assert.deepEqual([step.step, step.agrees, verdict.post], [i, true, step.post]);
    assert.ok(verdict.gas > 0);
    if (i > 0) assert.equal(step.pre, steps[i - 1]?.post);
  }
  const kinds = new Set(steps.map(({ kind }) => kind));
  for (const kind of ["begin", "body", "finish", "commit", "halt"])
    assert.ok(kinds.has(kind), `no ${kind} in ${[...kinds]}`);
});
