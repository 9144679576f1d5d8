import { referencesIn } from "./evm-case.ts";
import { type Judged, judge } from "./evm-judge.ts";
import type { SuiteOptions } from "./report.ts";

/** A file's cases that a process is to judge. */
export interface Work {
  readonly file: string;
  readonly prefix: string;
  readonly names: readonly string[];
}

const options = JSON.parse(process.argv[2] as string) as SuiteOptions;

process.on("message", async ({ file, prefix, names }: Work) => {
  const wanted = new Set(names);
  const cases: Judged[] = [];
  for (const reference of referencesIn(file, prefix))
    if (wanted.has(reference.name)) cases.push(await judge(reference, options));
  process.send?.(cases);
});
