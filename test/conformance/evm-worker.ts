import { parentPort, workerData } from "node:worker_threads";
import { referencesIn } from "./evm-case.ts";
import { type Judged, judge } from "./evm-judge.ts";
import type { SuiteOptions } from "./report.ts";

/** A file's cases that a thread is to judge. */
export interface Work {
  readonly file: string;
  readonly prefix: string;
  readonly names: readonly string[];
}

const options = workerData as SuiteOptions;

parentPort?.on("message", async ({ file, prefix, names }: Work) => {
  const wanted = new Set(names);
  const cases: Judged[] = [];
  for (const reference of referencesIn(file, prefix))
    if (wanted.has(reference.name)) cases.push(await judge(reference, options));
  parentPort?.postMessage(cases);
});
