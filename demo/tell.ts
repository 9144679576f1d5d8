/** Whether the demo is run for a program. */
export const json = process.argv.includes("--json");

const started = performance.now();

/** Tells what happens, with the seconds since the start: to people on stdout, beside --json on stderr. */
export function tell(text: string): void {
  const line = `${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`;
  (json ? process.stderr : process.stdout).write(line);
}
