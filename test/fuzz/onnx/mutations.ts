import { mkdirSync, writeFileSync } from "node:fs";
import { HelperProcess } from "../../../cli/compare/helper-process.ts";
import { mutatedModel } from "./mutate.ts";

/** Imports damaged model files: each is refused by a ModelError or taken, within bounds of time and memory. */

export interface ImportQuestion {
  readonly model: Uint8Array;
}

export interface ImportAnswer {
  /** "defect": an error that is no ModelError. */
  readonly kind: "imported" | "refused" | "defect";
  readonly why: string;
  /** Processor time. */
  readonly milliseconds: number;
  /** Bytes by which the process grew, at most. */
  readonly growth: number;
}

/** Bounds for any small file. */
const MILLISECONDS = 2000;
const GROWTH = 200e6;
/** Milliseconds after which a process hangs. */
const PATIENCE = 30_000;

export interface MutationReport {
  readonly mutations: number;
  readonly imported: number;
  readonly refused: number;
  readonly wrong: readonly { readonly mutation: number; readonly why: string; readonly file: string }[];
  readonly slowest: { readonly mutation: number; readonly milliseconds: number };
  readonly largest: { readonly mutation: number; readonly growth: number };
}

const importProcess = (): Importer =>
  new HelperProcess<ImportQuestion, ImportAnswer>(new URL("mutation-process.ts", import.meta.url), PATIENCE);

type Importer = Pick<HelperProcess<ImportQuestion, ImportAnswer>, "ask" | "close">;

export interface MutationsOptions {
  readonly series: number;
  readonly count: number;
  /** Where the files of wrong ones are left. */
  readonly folder: string;
  /** Closed at the end. */
  readonly importer?: Importer;
}

export async function runMutations(
  { series, count, folder, importer = importProcess() }: MutationsOptions,
  progress: (done: number, wrong: number) => void = () => {},
): Promise<MutationReport> {
  const counts = { imported: 0, refused: 0 };
  const wrong: { mutation: number; why: string; file: string }[] = [];
  let slowest = { mutation: 0, milliseconds: 0 };
  let largest = { mutation: 0, growth: 0 };
  for (let mutation = 0; mutation < count; mutation++) {
    const model = mutatedModel(series, mutation);
    const answer = await importer.ask({ model });
    if ("kind" in answer && answer.kind !== "defect") counts[answer.kind]++;
    if ("kind" in answer && answer.milliseconds > slowest.milliseconds) slowest = { mutation, ...pickTime(answer) };
    if ("kind" in answer && answer.growth > largest.growth) largest = { mutation, growth: answer.growth };
    const why = faultOf(answer);
    if (why !== "") {
      mkdirSync(folder, { recursive: true });
      const file = `${folder}/mutation-${series}-${mutation}.onnx`;
      writeFileSync(file, model);
      wrong.push({ mutation, why, file });
    }
    progress(mutation + 1, wrong.length);
  }
  importer.close();
  return { mutations: count, ...counts, wrong, slowest, largest };
}

const pickTime = ({ milliseconds }: ImportAnswer) => ({ milliseconds });

/** What is wrong with an answer, or "". */
function faultOf(answer: ImportAnswer | { readonly died: string }): string {
  if ("died" in answer) return `the import hung or crashed: ${answer.died}`;
  if (answer.kind === "defect") return answer.why;
  if (answer.milliseconds > MILLISECONDS) return `${answer.kind} after ${Math.round(answer.milliseconds)} ms`;
  if (answer.growth > GROWTH) return `${answer.kind} after growing by ${Math.round(answer.growth / 1e6)} MB`;
  return "";
}
