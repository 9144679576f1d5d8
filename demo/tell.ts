/** Whether the demo prints JSON. */
export const json = process.argv.includes("--json");

const started = performance.now();

/** Prints an event with the seconds since the start: to stdout, or with --json to stderr. */
export function tell(text: string): void {
  const line = `${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`;
  (json ? process.stderr : process.stdout).write(line);
}
