/**
 * Runs the tests of the native engine, and of the C that is otherwise WebAssembly alone, under AddressSanitizer and
 * UndefinedBehaviorSanitizer. The engine is built in a copy of ml-vm/, so that the one that others use stays as it is.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { COMPILE_FLAGS, gcc, LINK_FLAGS, ROOT, SANITIZER_OPTIONS, temporaryFolder } from "./compiler.ts";

const copy = temporaryFolder();
const native = join(copy, "ml-vm/native");

/** The folder of Node's headers: beside the running Node, as bootstrap.mjs installs it. */
function nodeFolder(): string {
  const folder = dirname(dirname(realpathSync(process.execPath)));
  if (existsSync(join(folder, "include/node/node_api.h"))) return folder;
  throw new Error(`${folder} has no include/node/node_api.h: install the headers of Node ${process.version}`);
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): number {
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  // A test runner inside a test runner reports to the outer one.
  delete env.NODE_TEST_CONTEXT;
  return spawnSync(process.execPath, args, { stdio: "inherit", env }).status ?? 1;
}

cpSync(join(ROOT, "ml-vm"), join(copy, "ml-vm"), {
  recursive: true,
  filter: (path) => !path.includes(`${sep}native${sep}build`),
});
symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");

const gyp = ["node_modules/node-gyp/bin/node-gyp.js", "rebuild", "--silent", "--directory", native];
const built = run([...gyp, "--nodedir", nodeFolder(), "--jobs", "max"], {
  CFLAGS: COMPILE_FLAGS.join(" "),
  LDFLAGS: LINK_FLAGS.join(" "),
});
if (built !== 0) throw new Error("the native engine does not build with the sanitizers");

const tests = globSync("ml-vm/engine/*.test.ts", { cwd: copy }).map((path) => join(copy, path));
const libraries = ["libasan.so", "libubsan.so"].map((library) => gcc([`-print-file-name=${library}`]));
const sanitized = { ...SANITIZER_OPTIONS, LD_PRELOAD: libraries.join(" ") };
// Where the addon does not load, the engine's tests pass without it.
if (run(["--eval", "require(process.argv[1])", join(native, "build/Release/elench.node")], sanitized) !== 0)
  throw new Error("the native engine with the sanitizers does not load");
const engine = run(["--test", ...tests], sanitized);
const standalone = run(["--test", join(import.meta.dirname, "standalone.ts")], {});
process.exitCode = engine || standalone;
