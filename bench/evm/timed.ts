/** Milliseconds: of the clock, and of this process's threads on all processors, which other processes' load tells less of. */
export interface Times {
  readonly wall: number;
  readonly cpu: number;
}

export async function timed<T>(run: () => Promise<T>): Promise<[T, Times]> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await run();
  const { user, system } = process.cpuUsage(cpu);
  return [result, { wall: Math.round(performance.now() - wall), cpu: Math.round((user + system) / 1000) }];
}
