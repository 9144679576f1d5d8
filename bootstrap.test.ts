/** `bootstrap.mjs` where a machine lacks something: a compiler, a home folder, a path without spaces. */
import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL(".", import.meta.url));
const ADDON = "ml-vm/native/build/Release/elench.node";
const LOCK = "{}";

/** A small project in a folder with spaces, under a Node in a folder with spaces. */
const folder = mkdtempSync(join(tmpdir(), "elench boot strap-"));
const at = (...names: string[]): string => join(folder, ...names);
const node = at("node 24", "bin", "node");
after(() => rmSync(folder, { recursive: true, force: true }));

before(() => {
  for (const path of ["ml-vm/native", ".toolchain", "no tools", "node 24/bin"])
    mkdirSync(at(path), { recursive: true });
  const running = realpathSync(process.execPath);
  copyFileSync(running, node);
  const include = join(dirname(dirname(running)), "include");
  if (existsSync(include)) symlinkSync(include, at("node 24", "include"));
  symlinkSync(join(PROJECT, "node_modules"), at("node_modules"));
  copyFileSync(join(PROJECT, "bootstrap.mjs"), at("bootstrap.mjs"));
  writeFileSync(at("package-lock.json"), LOCK);
  // The packages are there, as far as the project knows.
  const packages = createHash("sha256").update(`${process.platform}-${process.arch}\0package-lock.json\0${LOCK}`);
  writeFileSync(at(".toolchain/stamps.json"), JSON.stringify({ packages: packages.digest("hex") }));
  writeFileSync(at("ml-vm/native/binding.gyp"), '{ "targets": [{ "target_name": "elench", "sources": ["addon.c"] }] }');
  writeFileSync(
    at("ml-vm/native/addon.c"),
    "#include <node_api.h>\nNAPI_MODULE_INIT() { (void)env; return exports; }\n",
  );
  writeFileSync(at("script.mjs"), "console.log(process.env.HOME, process.argv[2]);");
});

const boot = (env: Readonly<Record<string, string>>): SpawnSyncReturns<string> =>
  spawnSync(node, [at("bootstrap.mjs"), "script.mjs", "an argument"], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

test("without a compiler the script runs, and is told that WASM computes", () => {
  const { status, stdout, stderr } = boot({ PATH: at("no tools"), HOME: folder });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, `${folder} an argument\n`);
  assert.match(stderr, /no cc.*python3: the native tensor engine is not built; using WASM/);
  assert.equal(existsSync(at(ADDON)), false);
});

test("where the home folder cannot be written, one of the project's own takes its place", () => {
  const { status, stdout, stderr } = boot({ PATH: at("no tools"), HOME: at("nowhere") });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, `${at(".toolchain", "home")} an argument\n`);
});

const hasTools = ["cc", "c++", "make", "python3"].every((tool) => spawnSync(tool, ["--version"]).status === 0);
const hasHeaders = existsSync(join(dirname(dirname(realpathSync(process.execPath))), "include/node/node_api.h"));

test("the native engine is built although paths have spaces", { skip: !(hasTools && hasHeaders) }, () => {
  const { status, stderr } = boot({});
  assert.equal(status, 0, stderr);
  assert.ok(existsSync(at(ADDON)), stderr);
});
