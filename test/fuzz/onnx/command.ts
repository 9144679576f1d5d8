import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openPeer } from "../../../cli/compare/onnxruntime.ts";
import { type MutationReport, runMutations } from "./mutations.ts";
import { GENERATORS } from "./operators/all.ts";
import { judgeSeeds, type SeedsReport } from "./seeds.ts";

/** `npm run fuzz -- onnx`: random models here and in onnxruntime, and damaged model files. */

export const ONNX_USAGE = `npm run fuzz -- onnx [--seeds A..B] [--only OPERATOR|chain] [--json]
  --seeds A..B   random models, by their numbers (default: 0..999); each is run here and in onnxruntime
  --only NAME    all of them of this operator, or chains of operators
  --json         print the result as JSON
npm run fuzz -- onnx --mutations N [--seed S] [--json]
  --mutations N  damaged model files, which must be refused or imported in little time and memory
  --seed S       another series of them (default: 0)
Exit codes: 0 all agree; 1 something is wrong; 2 wrong arguments; 3 onnxruntime-node is not there.`;

type Arguments = { readonly json: boolean } & (
  | { readonly first: number; readonly last: number; readonly only?: string }
  | { readonly mutations: number; readonly series: number }
);

/** @throws Error with what is wrong. */
function parse(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string" },
      only: { type: "string" },
      mutations: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { seeds = "0..999", only, mutations, seed = "0", json, help } = values;
  if (help) throw new Error(ONNX_USAGE);
  if (mutations !== undefined) {
    if (values.seeds !== undefined || only !== undefined)
      throw new Error(`--mutations goes with neither --seeds nor --only\n${ONNX_USAGE}`);
    return { json, mutations: whole("--mutations", mutations), series: whole("--seed", seed) };
  }
  if (values.seed !== undefined) throw new Error(`--seed goes with --mutations\n${ONNX_USAGE}`);
  if (only !== undefined && only !== "chain" && !(only in GENERATORS))
    throw new Error(`--only ${only}: neither "chain" nor an operator that is supported\n${ONNX_USAGE}`);
  const [, first, last = first] = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(seeds) ?? [];
  if (first === undefined) throw new Error(`--seeds ${seeds}: not a number, nor two as A..B\n${ONNX_USAGE}`);
  if (Number(last) < Number(first)) throw new Error(`--seeds ${seeds}: ${last} is before ${first}\n${ONNX_USAGE}`);
  return { json, first: Number(first), last: Number(last), ...(only !== undefined && { only }) };
}

function whole(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} ${text}: not a whole number\n${ONNX_USAGE}`);
  return Number(text);
}

const say = (message: string): void => void process.stderr.write(`${message}\n`);

/** Says every so often how far it is. */
const progress =
  (every: number, what: string) =>
  (done: number, wrong: number): void => {
    if (done % every === 0) say(`${done} ${what}, ${wrong} wrong`);
  };

/** @returns the exit code. */
export async function fuzzOnnx(args: readonly string[]): Promise<number> {
  let options: Arguments;
  try {
    options = parse(args);
  } catch (error) {
    say((error as Error).message);
    return 2;
  }
  const report = "mutations" in options ? await mutate(options) : await compare(options);
  if (!report) return 3;
  for (const { why, ...where } of report.wrong) say(`${JSON.stringify(where)}: ${why}`);
  process.stdout.write(`${options.json ? JSON.stringify(report) : summary(report)}\n`);
  return report.wrong.length > 0 ? 1 : 0;
}

const mutate = ({ mutations, series }: { mutations: number; series: number }): Promise<MutationReport> => {
  const folder = fileURLToPath(new URL("../../../.elench/fuzz", import.meta.url));
  return runMutations({ series, count: mutations, folder }, progress(1000, "mutations"));
};

async function compare(options: { first: number; last: number; only?: string }): Promise<SeedsReport | undefined> {
  try {
    const peer = await openPeer();
    const report = await judgeSeeds(options, peer, progress(500, "models"));
    peer.close();
    return report;
  } catch (error) {
    say((error as Error).message);
    return undefined;
  }
}

function summary(report: SeedsReport | MutationReport): string {
  if ("mutations" in report) {
    const { mutations, imported, refused, wrong, slowest, largest } = report;
    return `${mutations} damaged files: ${imported} imported, ${refused} refused, ${wrong.length} wrong; slowest ${Math.round(slowest.milliseconds)} ms (mutation ${slowest.mutation}), most memory ${Math.round(largest.growth / 1e6)} MB (mutation ${largest.mutation})`;
  }
  const { seeds, distinct, compared, agreed, wrong, refused, refusals, notComparable, reasons } = report;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([reason, count]) => `  ${`${count}`.padStart(5)}  ${reason}`);
  return [
    `refused here, run by onnxruntime:`,
    ...list(refusals),
    `not comparable:`,
    ...list(reasons),
    `${seeds} models (${distinct} different): ${compared} compared, ${agreed} agree, ${wrong.length} wrong; ${refused} refused, ${notComparable} not comparable`,
  ].join("\n");
}
