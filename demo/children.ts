import type { ChildProcess } from "node:child_process";

const children = new Set<ChildProcess>();

/** Ends all of them, without waiting for their end. */
export function endChildren(): void {
  for (const child of children) child.kill("SIGTERM");
}

process.once("exit", endChildren);
for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

/** Ends a process when the demo ends, also after an error or a signal. */
export function endWithUs(child: ChildProcess): void {
  children.add(child);
  child.once("exit", () => children.delete(child));
}
