/** Runs programs one after another, shows their output as it comes, and counts what passed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { commandOf, type Tool } from "./tools.ts";

export interface Stage {
  readonly name: string;
  /** Path of a script, from the project's root, that is run under this Node; without it, the tool is run. */
  readonly script?: string;
  /** What has to be installed. */
  readonly tool?: Tool;
  readonly args: readonly string[];
  /** Reads the counts of passed and failed tests in the output; without it, the exit code is one test. */
  readonly count?: (output: string) => Count;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Result extends Count {
  readonly name: string;
  readonly seconds: number;
  /** Why the stage did not run, and what to do about it. */
  readonly skipped?: string;
}

/** Continuous integration has every tool: a stage that cannot run is a failure there. */
const MUST_RUN = Boolean(process.env.CI);

const sumOf = (output: string, pattern: RegExp): number =>
  [...output.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);

/** Counts in the closing lines of `node --test`, for whichever of its reporters wrote them. */
export const countNodeTest = (output: string): Count => ({
  passed: sumOf(output, /^(?:ℹ|#) pass (\d+)$/gm),
  failed: sumOf(output, /^(?:ℹ|#) (?:fail|cancelled) (\d+)$/gm),
});

/** Counts in the closing lines of `hardhat test`. */
export const countHardhat = (output: string): Count => ({
  passed: sumOf(output, /^\s*(\d+) passing\b/gm),
  failed: sumOf(output, /^\s*(\d+) failing\b/gm),
});

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

async function runStage({ name, script, tool, args, count }: Stage): Promise<Result> {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const command = tool && commandOf(tool);
  if (tool && command === undefined) {
    const skipped = `${tool.commands.join(" or ")} is not installed: ${tool.install}`;
    console.log(`skipped: ${skipped}`);
    return { name, passed: 0, failed: MUST_RUN ? 1 : 0, seconds: 0, skipped };
  }
  const [program, ...rest] = script === undefined ? [command ?? "", ...args] : [process.execPath, script, ...args];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
  }
  const [code] = await once(child, "close");
  const counted = count?.(output.replaceAll(ESCAPES, "")) ?? { passed: code === 0 ? 1 : 0, failed: 0 };
  // A runner that failed without counting a failure (it crashed, or found no test) is a failure itself.
  const failed = code !== 0 && counted.failed === 0 ? 1 : counted.failed;
  return { name, passed: counted.passed, failed, seconds: (performance.now() - start) / 1000 };
}

/** Runs every stage, whatever happens to the others, and closes with a table and a line `N passed, N failed`. */
export async function runStages(stages: readonly Stage[]): Promise<void> {
  const results: Result[] = [];
  for (const stage of stages) results.push(await runStage(stage));
  console.log("");
  for (const { name, passed, failed, seconds, skipped } of results) {
    const sign = failed > 0 ? "✖" : skipped === undefined ? "✔" : "–";
    console.log(
      `${sign} ${name}: ${skipped === undefined ? `${passed} passed, ${failed} failed (${seconds.toFixed(1)} s)` : `skipped, ${skipped}`}`,
    );
  }
  const total = (key: keyof Count): number => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
  process.exitCode = total("failed") === 0 ? 0 : 1;
}
