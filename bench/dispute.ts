/**
 * A whole dispute on a local chain: the demo's false story, several times over.
 *
 *     node bench/dispute.ts [--json]
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const DEMO = fileURLToPath(new URL("../demo/run.ts", import.meta.url));
const RUNS = 3;

interface Demo {
  readonly steps: number;
  readonly false: {
    readonly ms: number;
    readonly moves: number;
    readonly levels: number;
    readonly gas: Record<string, number>;
  };
}

function runDemo(): Demo {
  const { stdout, status } = spawnSync(process.execPath, [DEMO, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error("the demo failed: npm run demo shows where");
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string) as Demo;
}

const runs = Array.from({ length: RUNS }, runDemo);
const times = runs.map((run) => run.false.ms).sort((a, b) => a - b);
const { steps, false: last } = runs.at(-1) as Demo;
const { total, propose, moves, step, resolve } = last.gas as Record<
  "total" | "propose" | "moves" | "step" | "resolve",
  number
>;
const figures = {
  steps,
  levels: last.levels,
  moves: last.moves,
  msMin: times[0],
  msMedian: times[times.length >> 1],
  msMax: times.at(-1),
  gasTotal: total,
  gasAnswer: propose,
  gasOfAMove: Math.round(moves / last.moves),
  gasOfTheStep: step,
  gasResolution: resolve,
};

if (process.argv.includes("--json")) console.log(JSON.stringify(figures));
else for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(16)} ${value}`);
