import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endWithUs } from "./children.ts";

const CLI = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const LIAR = fileURLToPath(new URL("liar.ts", import.meta.url));

export interface Elench {
  readonly process: ChildProcess;
  /** Stops a process with SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

type Env = Readonly<Record<string, string>>;

/** Runs an `elench` command to its end. @returns its --json output */
export const elench = (args: readonly string[], env: Env): Promise<Record<string, unknown>> =>
  toItsEnd([CLI, ...args], env);

/** The same for a liar's command. @param fault the fault (`liar.ts`). */
export const lie = (fault: string, args: readonly string[], env: Env): Promise<Record<string, unknown>> =>
  toItsEnd([LIAR, fault, ...args], env);

function toItsEnd(args: readonly string[], env: Env): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, "--json"], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithUs(child);
    let [out, complaint] = ["", ""];
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => {
      complaint += data.toString();
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code !== 0) return reject(new Error(`${args.join(" ")} ended with code ${code}: ${complaint.trim()}`));
      resolve(JSON.parse(out.trimEnd().split("\n").at(-1) ?? "null") as Record<string, unknown>);
    });
  });
}

/** Starts a long-running `elench` command; passes each JSON line of its output to `onEvent`. */
export const startElench = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onEvent?: (event: Record<string, unknown>) => void,
): Elench => start("elench", [CLI, ...args], env, onEvent);

/** Starts a command of a liar, which stays to defend its lie. @param fault the fault (`liar.ts`). */
export const startLiar = (fault: string, args: readonly string[], env: Readonly<Record<string, string>>): Elench =>
  start("liar", [LIAR, fault, ...args], env);

function start(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onEvent: (event: Record<string, unknown>) => void = () => undefined,
): Elench {
  const child = spawn(process.execPath, [...args, "--json"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithUs(child);
  let [pending, complaint] = ["", ""];
  child.stdout.on("data", (data: Buffer) => {
    const lines = (pending + data.toString()).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("{")) onEvent(JSON.parse(line) as Record<string, unknown>);
  });
  child.stderr.on("data", (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-10_000);
  });
  let stopping = false;
  child.once("exit", (code) => {
    if (!stopping)
      process.stderr.write(`${name} ${args.slice(1).join(" ")} ended by itself with code ${code}:\n${complaint}\n`);
  });
  return {
    process: child,
    stop: () =>
      new Promise((resolve) => {
        stopping = true;
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}
