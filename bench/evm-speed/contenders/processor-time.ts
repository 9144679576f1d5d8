/** Time that a piece of work takes in this process, in seconds. */
export interface Times {
  /** Of all threads. Other processes' load tells less in it than in `wall`. */
  readonly cpu: number;
  readonly wall: number;
}

export async function timed<T>(work: () => T | Promise<T>): Promise<[T, Times]> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return [result, { cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1e3 }];
}
