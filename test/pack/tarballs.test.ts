/** The tarballs of `npm run pack`, installed into empty projects and used there. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { type LocalChain, startLocalChain } from "@elench/deploy/local-chain";
import { chromium } from "playwright-core";
import { InferenceSession, Tensor } from "../../ml-vm/index.ts";
import { modelFile, TYPE, tensorInfo } from "../../ml-vm/onnx/fixtures/model.ts";
import { pack } from "../../pack/pack.ts";
import { rootManifest } from "../../pack/workspaces.ts";
import { addFixtures, install, link, NoRegistryError, ROOT, run, succeed } from "./projects.ts";

const MODEL = join(ROOT, "models/digits.onnx");
const PICTURE = join(ROOT, "models/digits/3.npy");
const MODEL_ID = "0x06fddfd00fa1398df23866dba478cd386398d8d693462cbcc19cf0d085d3d464";
const OUTPUT_ROOT = "0x3057144241676592239054eed0011378c3df79079e39e54af7c4069b4b2838e9";
const FORGE = join(ROOT, "node_modules/@foundry-rs/forge/bin.mjs");
const HARDHAT = "node_modules/hardhat/dist/src/cli.js";
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Elements of a picture, without the file's header. */
const pixels = (digit: number): Buffer => readFileSync(join(ROOT, `models/digits/${digit}.npy`)).subarray(-3136);

const folder = mkdtempSync(join(tmpdir(), "elench-pack-"));
/** Projects with everything, with the contracts for Hardhat, and with the contracts for Foundry. */
let [project, hardhat, foundry] = ["", "", ""];
let missing: string | null = null;
let l2: ChildProcess | undefined;
let chain = "";

/** Runs the installed command line. */
const elench = (args: readonly string[], env: Record<string, string> = {}) =>
  run("npx", ["--no-install", "elench", ...args], { cwd: project, env });

before(async () => {
  const tarballs = await pack(folder);
  const file = (name: string): string => tarballs.find((tarball) => tarball.name === name)?.file as string;
  try {
    project = await install(tarballs.map((tarball) => tarball.file));
    [hardhat, foundry] = await Promise.all([
      install([file("@elench/contracts")]),
      install([file("@elench/contracts")]),
    ]);
  } catch (error) {
    if (!(error instanceof NoRegistryError)) throw error;
    missing = error.message;
    return;
  }
  link(hardhat, ["hardhat", "solc", "viem"]);
  addFixtures(hardhat, "hardhat");
  addFixtures(hardhat, "contracts", "contracts");
  addFixtures(hardhat, "hardhat/DigitReader.t.sol", "contracts/DigitReader.t.sol");
  link(foundry, ["solc"]);
  addFixtures(foundry, "foundry");
  addFixtures(foundry, "contracts", "contracts");
  for (const each of [project, hardhat, foundry]) writeFileSync(join(each, "picture.bin"), pixels(3));
  addFixtures(project, "node");
  chain = await startL2();
});

after(() => {
  l2?.kill();
  for (const each of [folder, project, hardhat, foundry]) if (each) rmSync(each, { recursive: true, force: true });
});

/** `elench chain` of the installed package. @returns its URL */
function startL2(): Promise<string> {
  const main = join(project, "node_modules/elench/cli/main.js");
  const args = [main, "chain", "--model", MODEL, "--port", "0", "--json"];
  const child = spawn(process.execPath, args, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
  l2 = child;
  return new Promise((resolve, reject) => {
    let [out, complaint] = ["", ""];
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
      const url = /"url":"([^"]+)"/.exec(out)?.[1];
      if (url) resolve(url);
    });
    child.stderr.on("data", (data: Buffer) => {
      complaint += data.toString();
    });
    child.once("exit", (code) => reject(new Error(`elench chain ended with code ${code}: ${complaint}`)));
  });
}

/** A test that needs the installed packages. */
const installed = (name: string, body: (t: TestContext) => Promise<void>): Promise<void> =>
  test(name, (t) => (missing === null ? body(t) : t.skip(missing)));

installed("npx elench says the version, and runs a model", async () => {
  assert.equal((await elench(["--version"])).stdout, `${rootManifest.version}\n`);
  const { code, stdout, stderr } = await elench(["infer", MODEL, "--input", PICTURE, "--json"]);
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).outputs.scores.root, OUTPUT_ROOT);
});

installed("a step is checked by the Solidity verifier in the package", async () => {
  const args = ["replay", MODEL, "--input", `image=${PICTURE}`, "--step", "419152", "--verify"];
  const { code, stdout, stderr } = await elench(args);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /they agree/);
});

installed(
  "deploy says what it needs; with that, it deploys and records in the caller's folder, where watch finds it",
  async () => {
    const refused = await elench(["deploy", "--network", "localhost"]);
    assert.equal(refused.code, 3, refused.stderr);
    const tools = ["hardhat", "@nomicfoundation/hardhat-toolbox-mocha-ethers", "solc"];
    for (const name of tools)
      assert.ok(refused.stderr.includes(`${name}@${rootManifest.devDependencies?.[name]}`), name);

    link(project, ["hardhat", "@nomicfoundation", "solc"]);
    let l1: LocalChain | undefined;
    try {
      l1 = await startLocalChain();
      const genesis = join(project, "genesis.json");
      const made = await elench(["genesis", "--chain-id", "4242", "--dev", "--out", genesis]);
      assert.equal(made.code, 0, made.stderr);
      // The machines' timelock is not one of ours.
      const args = ["deploy", "--network", "localhost", "--genesis", genesis];
      const deployed = await elench(args, { ELENCH_LOCAL_URL: l1.url });
      assert.equal(deployed.code, 0, deployed.stderr);
      assert.ok(existsSync(join(project, "deploy/31337.json")));
      const watched = await elench(["watch", "--once", "--rpc", l1.url, "--store", join(project, "store")]);
      assert.equal(watched.code, 0, watched.stderr);
      assert.match(watched.stdout + watched.stderr, /"kind":"started"/);
    } finally {
      await l1?.stop();
    }
  },
);

installed(
  "scripts compile by the declarations; the runtime gives the engines' bits, and the strategy counters a lie alone",
  async () => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    link(project, ["@types/node"]);
    // The declarations of onnx-proto name a type that they do not declare.
    const options = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2024",
      "--types",
      "node",
    ];
    await succeed(process.execPath, [tsc, ...options, "digits.ts", "chain.ts"], { cwd: project });
    const result = JSON.parse(await succeed(process.execPath, ["digits.ts", MODEL, PICTURE], { cwd: project }));
    assert.deepEqual([result.wasm.id, result.wasm.root], [MODEL_ID, OUTPUT_ROOT]);
    if (existsSync(join(ROOT, "ml-vm/native/build/Release/elench.node"))) assert.equal(result.native.root, OUTPUT_ROOT);
    else assert.deepEqual(result.native, { missing: "EngineError" });
    assert.deepEqual([result.againstTheTruth, result.againstALie], [[], ["counter"]]);
  },
);

installed("a viem script calls a model on elench chain", async () => {
  const args = ["chain.ts", chain, MODEL_ID, "picture.bin"];
  const { price, scores } = JSON.parse(await succeed(process.execPath, args, { cwd: project }));
  assert.equal(price, "36645");
  assert.match(scores, /^0x0a1933c174f67ac1/);
});

installed("Hardhat compiles a contract that calls a model; its Solidity tests mock the model", async () => {
  const out = await succeed(process.execPath, [HARDHAT, "test", "solidity"], { cwd: hardhat });
  assert.match(out, /1 passing/);
});

installed("Hardhat's TypeScript tests pass with mocks, and on elench chain", async () => {
  await succeed(process.execPath, [HARDHAT, "build", "--no-tests"], { cwd: hardhat });
  const env = { ELENCH_CHAIN: chain };
  const out = await succeed(process.execPath, ["--test", "test/digits.ts"], { cwd: hardhat, env });
  assert.match(out, /pass 2/);
});

installed(
  "Foundry compiles a contract that calls a model, mocks it, records its answers, and deploys to elench chain",
  async () => {
    const env = { ELENCH_CHAIN: chain };
    const out = await succeed(process.execPath, [FORGE, "test", "--offline"], { cwd: foundry, env });
    assert.match(out, /2 tests passed, 0 failed/);
    const key = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    const create = ["create", "contracts/DigitReader.sol:DigitReader", "--offline", "--broadcast"];
    const sent = await succeed(process.execPath, [FORGE, ...create, "--rpc-url", chain, "--private-key", key], {
      cwd: foundry,
    });
    const address = /Deployed to: (0x\w{40})/.exec(sent)?.[1];
    const { createPublicClient, http, parseAbi, toHex } = await import("viem");
    const abi = parseAbi(["function digitIn(bytes picture) view returns (uint256)"]);
    const call = { abi, address: address as `0x${string}`, functionName: "digitIn", args: [toHex(pixels(8))] } as const;
    assert.equal(await createPublicClient({ transport: http(chain) }).readContract(call), 8n);
  },
);

/** A model whose result depends on every bit of a 64-bit constant: x · (2^53 + 1). */
const integers = modelFile({
  input: [tensorInfo("x", TYPE.i64, [2])],
  initializer: [{ name: "c", dims: [], dataType: TYPE.i64, int64Data: [String(2n ** 53n + 1n)] }],
  node: [{ opType: "Mul", input: ["x", "c"], output: ["y"] }],
  output: [{ name: "y" }],
});

installed("in Chromium the runtime gives the bytes of the native engine", async (t) => {
  if (!CHROMIUM) return t.skip("Chromium is not installed (apt-get install chromium)");
  const files: Record<string, () => Uint8Array | string> = {
    "/": () => "<!doctype html><script type=module src=/page.js></script>",
    "/page.js": () => readFileSync(join(ROOT, "test/pack/fixtures/browser/page.js")),
    "/tensor.js": () => readFileSync(join(project, "node_modules/@elench/tensor/browser/tensor.js")),
    "/digits.onnx": () => readFileSync(MODEL),
    "/integers.onnx": () => integers,
  };
  const server = createServer(({ url = "/" }, response) => {
    const content = files[url]?.();
    const type = url === "/" ? "text/html" : url.endsWith(".js") ? "text/javascript" : "application/octet-stream";
    response.writeHead(content === undefined ? 404 : 200, { "content-type": type }).end(content);
  }).listen(0, "127.0.0.1");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("globalThis.infer");
    const infer = (url: string, inputs: readonly Uint8Array[], type: string) =>
      page.evaluate(
        `infer(${JSON.stringify([url, inputs.map((bytes) => [...bytes]), type]).slice(1, -1)})`,
      ) as Promise<{
        id: string;
        runs: { bytes: number[]; root: string }[];
      }>;

    const pictures = Array.from({ length: 10 }, (_, digit) => new Uint8Array(pixels(digit)));
    const numbers = new Uint8Array(BigInt64Array.of(1n, -3n).buffer);
    for (const [url, model, inputs, type] of [
      ["/digits.onnx", new Uint8Array(readFileSync(MODEL)), pictures, "float32"],
      ["/integers.onnx", integers, [numbers], "int64"],
    ] as const) {
      const session = await InferenceSession.create(model);
      const theirs = await infer(url, inputs, type);
      assert.equal(theirs.id, session.modelId);
      for (const [i, bytes] of inputs.entries()) {
        const { name, shape } = session.inputMetadata[0]!;
        const array = type === "int64" ? BigInt64Array : Float32Array;
        const outputs = await session.run({ [name]: new Tensor(type, new array(bytes.buffer), shape) });
        const [output] = Object.values(outputs) as [Tensor];
        assert.deepEqual(theirs.runs[i]?.bytes, [...new Uint8Array(output.data.buffer)], `${url}, input ${i}`);
        assert.equal(theirs.runs[i]?.root, session.outputRoot(outputs));
      }
    }
  } finally {
    await browser.close();
    server.close();
  }
});
