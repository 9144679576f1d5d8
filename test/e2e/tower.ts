import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./stage.ts";

export const CLI = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** Saves each process the half second that compiling takes. */
export const CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), "elench-e2e-compiled") };

export type TowerEvent = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** An `elench` command that stays: a process of its own. */
export interface Tower {
  readonly process: ChildProcess;
  /** What it has told on stdout. */
  readonly events: readonly TowerEvent[];
  readonly complaint: () => string;
  /** Waits until it tells such an event. */
  tells(what: string, matches: (event: TowerEvent) => boolean): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Ends it as an operator would. @returns its exit code */
  stop(): Promise<number | null>;
  /** Waits for its own end. @returns its exit code */
  ended(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** For after each test: one that failed leaves its processes behind. */
export function killTowers(): void {
  for (const child of running) child.kill("SIGKILL");
}
process.once("exit", killTowers);

export function startTower(env: Readonly<Record<string, string>>, args: readonly string[] = []): Tower {
  const child = spawn(process.execPath, [CLI, "watch", "--json", ...args], {
    env: { ...process.env, ...CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const events: TowerEvent[] = [];
  let [pending, complaint] = ["", ""];
  child.stdout.on("data", (data: Buffer) => {
    const lines = (pending + data.toString()).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line) as TowerEvent);
  });
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  const end = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  const signal = (name: "SIGKILL" | "SIGTERM") => {
    child.kill(name);
    return end;
  };
  return {
    process: child,
    events,
    complaint: () => complaint,
    tells: (what, matches) =>
      until(what, () => {
        if (events.some(matches)) return true;
        if (child.exitCode !== null)
          throw new Error(`the watchtower ended with code ${child.exitCode}, before it told ${what}: ${complaint}`);
        return false;
      }),
    kill: async () => {
      await signal("SIGKILL");
    },
    stop: () => signal("SIGTERM"),
    ended: () => end,
  };
}
