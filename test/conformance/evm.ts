import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { referencesIn } from "./evm-case.ts";
import { type Figures, type Worst, worstOf } from "./evm-figures.ts";
import { chosen, type Judged } from "./evm-judge.ts";
import type { Work } from "./evm-worker.ts";
import type { Report, SuiteOptions } from "./report.ts";
import { reportOf } from "./report.ts";

/** Judges the EVM's executors by the official state tests, Cancun variants, in any layout of folders below `dir`. */

const PROGRESS_MS = 5000;

/** @throws Error if there is no Cancun variant, or none is selected: no vectors is not a pass. */
export async function conformanceEvm(dir: string, options: SuiteOptions): Promise<Report & { readonly worst: Worst }> {
  chosen(options);
  const work = select(findWork(dir), options);
  if (work.length === 0) throw new Error(`no state tests with Cancun variants under ${dir}, or none that is asked for`);
  const processes = Math.min(options.jobs ?? availableParallelism(), work.length);
  const judged = await runPool(work, processes, options);
  const measured = judged.flatMap(({ verdict, figures }): [string, Figures][] =>
    figures ? [[verdict.name, figures]] : [],
  );
  return { ...reportOf(judged.map(({ verdict }) => verdict)), worst: worstOf(measured) };
}

/** JSON files below a folder, in order. */
export const jsonFiles = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".json"))
        .sort()
        .map((file) => join(dir, file))
    : [];

const findWork = (dir: string): Work[] =>
  jsonFiles(dir).map((file) => {
    const prefix = relative(dir, file).slice(0, -".json".length);
    return { file, prefix, names: referencesIn(file, prefix).map(({ name }) => name) };
  });

/** Filter, then every k-th, then the first n. */
function select(work: readonly Work[], { filter = "", sample = 1, limit = Number.POSITIVE_INFINITY }: SuiteOptions) {
  let seen = 0;
  const wanted = (name: string): boolean => {
    if (!name.includes(filter)) return false;
    const index = seen++;
    return index % sample === 0 && index / sample < limit;
  };
  return work.map((item) => ({ ...item, names: item.names.filter(wanted) })).filter(({ names }) => names.length > 0);
}

/** Files are handed to whichever process is free. */
async function runPool(work: readonly Work[], processes: number, options: SuiteOptions): Promise<Judged[]> {
  const total = work.reduce((sum, { names }) => sum + names.length, 0);
  const results = new Map<Work, readonly Judged[]>();
  const queue = [...work];
  let [done, failed] = [0, 0];
  const report = (): boolean => process.stderr.write(`evm: ${done} of ${total}, ${failed} failed\n`);
  const progress = setInterval(report, PROGRESS_MS);
  const drain = async (): Promise<void> => {
    // A process, and no thread: the simulator that verifies steps can be started once in each.
    const worker = fork(new URL("evm-worker.ts", import.meta.url), [JSON.stringify(options)], {
      serialization: "advanced",
    });
    try {
      for (let item = queue.shift(); item; item = queue.shift()) {
        const cases = await ask(worker, item);
        results.set(item, cases);
        done += cases.length;
        failed += cases.filter(({ verdict }) => verdict.status === "failed").length;
      }
    } finally {
      worker.kill();
    }
  };
  try {
    await Promise.all(Array.from({ length: processes }, drain));
  } finally {
    clearInterval(progress);
  }
  return work.flatMap((item) => results.get(item) ?? []);
}

const ask = async (worker: ChildProcess, work: Work): Promise<Judged[]> => {
  worker.send(work);
  const done = new AbortController();
  const options = { signal: done.signal };
  const ended = once(worker, "exit", options).then(([code]) => {
    throw new Error(`a process ended at ${work.file} with code ${code}`);
  });
  try {
    const [cases] = await Promise.race([once(worker, "message", options), ended]);
    return cases as Judged[];
  } finally {
    ended.catch(() => {});
    done.abort();
  }
};
