import { parseArgs } from "node:util";
import { startEvmVerifier } from "../contracts/evm-verifier.ts";
import { type JudgeOptions, judgeSeed, type Met } from "./judge.ts";
import { fuzzOnnx, ONNX_USAGE } from "./onnx/command.ts";

/**
 * `npm run fuzz -- --seeds A..B [--verify] [--json]`: random worlds and batches, run by every executor.
 * `npm run fuzz -- onnx …`: random models, here and in onnxruntime.
 */

const USAGE = `usage: npm run fuzz -- [--seeds A..B] [OPTIONS]
  --seeds A..B   scenarios, by their numbers (default: 1..1000); one number is that scenario alone
  --verify       have the Solidity verifier take steps of each
  --steps N      how many of each run (default: 60)
  --json         print the result as JSON
Exit codes: 0 the executors agree; 1 they do not, in at least one scenario; 2 wrong arguments.

${ONNX_USAGE}`;

interface Arguments {
  readonly first: number;
  readonly last: number;
  readonly verify: boolean;
  readonly json: boolean;
  readonly steps: number;
}

function parse(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "1..1000" },
      steps: { type: "string", default: "60" },
      verify: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [, first, last = first] = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(values.seeds) ?? [];
  if (values.help || first === undefined || !/^\d{1,6}$/.test(values.steps)) throw new Error(USAGE);
  if (Number(last) < Number(first)) throw new Error(`--seeds ${values.seeds}: ${last} is before ${first}\n${USAGE}`);
  return { ...values, first: Number(first), last: Number(last), steps: Number(values.steps) };
}

/** What went wrong, by seed. */
type Failures = { readonly seed: number; readonly why: string }[];

async function fuzz({ first, last, verify, steps }: Arguments) {
  const met: Met = new Map();
  const verifier = verify ? await startEvmVerifier() : undefined;
  const options: JudgeOptions = {
    met,
    verified: steps,
    ...(verifier && { verifier }),
  };
  const failures: Failures = [];
  const total = { seeds: 0, valid: 0, failed: 0, dropped: 0, steps: 0, verified: 0 };
  for (let seed = first; seed <= last; seed++) {
    try {
      const judged = await judgeSeed(seed, options);
      for (const key of Object.keys(judged) as (keyof typeof judged)[]) total[key] += judged[key];
    } catch (error) {
      const why = (error as Error).name === "Disagreement" ? (error as Error).message : `${(error as Error).stack}`;
      process.stderr.write(`seed ${seed}: ${why}\n`);
      failures.push({ seed, why });
    }
    total.seeds++;
    if (total.seeds % 100 === 0) process.stderr.write(`${total.seeds} scenarios, ${failures.length} disagreements\n`);
  }
  await verifier?.close();
  return { ...total, kinds: met.size, failures };
}

/** @returns the exit code. */
async function fuzzEvm(given: readonly string[]): Promise<number> {
  let args: Arguments;
  try {
    args = parse(given);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
  const report = await fuzz(args);
  const { seeds, valid, failed, dropped, steps, verified, kinds, failures } = report;
  process.stdout.write(
    args.json
      ? `${JSON.stringify(report)}\n`
      : `${seeds} scenarios: ${valid} transactions executed (${failed} of them failed), ${dropped} dropped, ${steps} steps of ${kinds} kinds, ${verified} verified; ${failures.length} disagreements\n`,
  );
  return failures.length > 0 ? 1 : 0;
}

const [first, ...rest] = process.argv.slice(2);
process.exitCode = first === "onnx" ? await fuzzOnnx(rest) : await fuzzEvm(process.argv.slice(2));
