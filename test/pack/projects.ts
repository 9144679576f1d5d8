/** Empty projects outside of the repository, into which the tarballs are installed as users do it. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, ...options.env };
    const child = spawn(program, args, { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => {
      stdout += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => {
      stderr += data.toString();
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Like `run`. @returns stdout @throws Error with the program's output unless it ends with code 0 */
export async function succeed(...call: Parameters<typeof run>): Promise<string> {
  const { code, stdout, stderr } = await run(...call);
  if (code !== 0) throw new Error(`${call[0]} ${call[1].join(" ")} ended with code ${code}:\n${stdout}${stderr}`);
  return stdout;
}

/** The registry cannot be reached, and npm's cache lacks something. */
export class NoRegistryError extends Error {}

/**
 * Makes an empty project and installs tarballs into it. What they depend on comes from npm's cache where it can.
 * @throws NoRegistryError
 */
export async function install(tarballs: readonly string[]): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "elench-project-")));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"];
  const { code, stderr } = await run("npm", ["install", ...flags, ...tarballs], { cwd: folder });
  if (code === 0) return folder;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(stderr))
    throw new NoRegistryError(`npm reaches no registry, and its cache lacks what the packages depend on: ${stderr}`);
  throw new Error(`npm cannot install the tarballs:\n${stderr}`);
}

/** Puts packages of the repository's own node_modules into a project: tools that are no part of what is tested. */
export function link(folder: string, packages: readonly string[]): void {
  for (const name of packages) {
    const target = join(folder, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    symlinkSync(join(ROOT, "node_modules", name), target, "junction");
  }
}

/** Copies a folder of fixtures into a project. */
export const addFixtures = (folder: string, name: string, to = "."): void =>
  cpSync(join(ROOT, "test/pack/fixtures", name), join(folder, to), { recursive: true });
