import { readdirSync, readFileSync } from "node:fs";

/**
 * Processor time of another process, thread by thread, in nanoseconds: the first number of Linux's /proc/PID/task/TID/schedstat. (/proc/PID/stat
 * counts ticks of 10 ms, which is a fifth of what a block of 30M gas takes.)
 */
export type ThreadTimes = ReadonlyMap<string, number>;

export function threadTimes(pid: number): ThreadTimes {
  const folder = `/proc/${pid}/task`;
  return new Map(
    readdirSync(folder).map((thread) => [
      thread,
      Number(readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ", 1)[0]),
    ]),
  );
}

/** Seconds between two readings. A thread that began between them counts whole, one that ended not at all: threads end only when they have long been idle. */
export const secondsBetween = (before: ThreadTimes, after: ThreadTimes): number =>
  [...after].reduce((sum, [thread, time]) => sum + time - (before.get(thread) ?? 0), 0) / 1e9;
