import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { tinyModel } from "../test/e2e/tiny-model.ts";
import {
  chain,
  closeSetting,
  elench,
  file,
  folder,
  inPairs,
  KEY,
  openSetting,
  PARAMETERS,
  POOR,
  signed,
  stage,
  x,
} from "./fixtures/setting.ts";

/** Bad input of every kind: one message that names the thing, the documented exit code, and nothing done. */

before(openSetting);
after(closeSetting);

interface Bad {
  readonly what: string;
  readonly args: () => string[];
  readonly env?: () => Record<string, string>;
  readonly code: number;
  readonly says: RegExp;
}

const modelCommands: readonly (readonly string[])[] = [
  ["model", "id"],
  ["model", "add", "--local"],
  ["infer"],
  ["replay"],
];

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
  ...(["--end 1 --request 0", ""] as const).map((given) => ({
    what: `settle ${given}: not one of end, request and game`,
    args: () => ["settle", ...given.split(" ").filter(Boolean)],
    env: signed,
    code: 2,
    says: /give one of --end N, --request N and --game ID/,
  })),
  {
    what: "settle: a deployment without a rollup",
    args: () => ["settle", "--end", "1"],
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
    args: () => ["propose", "--end", "1"],
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
