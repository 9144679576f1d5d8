/**
 * Runs the tests of the native engines, and of the C that is otherwise WebAssembly alone, under AddressSanitizer and
 * UndefinedBehaviorSanitizer. The engines are built in copies of ml-vm/ and evm/, so that those that others use stay as they are.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { COMPILE_FLAGS, gcc, LINK_FLAGS, ROOT, SANITIZER_OPTIONS, temporaryFolder } from "./compiler.ts";

const copy = temporaryFolder();

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

interface Engine {
  /** The workspace. */
  readonly folder: string;
  readonly addon: string;
  readonly tests: string;
  /** What its tests import by relative paths besides. */
  readonly beside: readonly string[];
}

const ENGINES: readonly Engine[] = [
  { folder: "ml-vm", addon: "elench.node", tests: "ml-vm/engine/*.test.ts", beside: [] },
  {
    folder: "evm",
    addon: "elench_evm.node",
    tests: "evm/{engine/engine,chain/executors}.test.ts",
    beside: ["prover", "test"],
  },
];

const libraries = ["libasan.so", "libubsan.so"].map((library) => gcc([`-print-file-name=${library}`]));
const sanitized = { ...SANITIZER_OPTIONS, LD_PRELOAD: libraries.join(" ") };
symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");

/** @returns the exit code of the engine's tests. */
function check({ folder, addon, tests, beside }: Engine): number {
  const native = join(copy, folder, "native");
  cpSync(join(ROOT, folder), join(copy, folder), {
    recursive: true,
    filter: (path) => !path.includes(`${sep}native${sep}build`),
  });
  for (const other of beside) symlinkSync(join(ROOT, other), join(copy, other), "junction");
  const gyp = ["node_modules/node-gyp/bin/node-gyp.js", "rebuild", "--silent", "--directory", native];
  const built = run([...gyp, "--nodedir", nodeFolder(), "--jobs", "max"], {
    CFLAGS: COMPILE_FLAGS.join(" "),
    LDFLAGS: LINK_FLAGS.join(" "),
  });
  if (built !== 0) throw new Error(`the engine of ${folder} does not build with the sanitizers`);
  // Where the addon does not load, the engine's tests pass without it.
  if (run(["--eval", "require(process.argv[1])", join(native, "build/Release", addon)], sanitized) !== 0)
    throw new Error(`the engine of ${folder} with the sanitizers does not load`);
  return run(["--test", ...globSync(tests, { cwd: copy }).map((path) => join(copy, path))], sanitized);
}

const engines = ENGINES.map(check);
const standalone = run(["--test", join(import.meta.dirname, "standalone.ts")], {});
process.exitCode = engines.find((code) => code !== 0) ?? standalone;
