import { setTimeout as sleep } from "node:timers/promises";

/** Asks until there is an answer. @throws Error after a minute, naming what was waited for */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 1_200; tries++) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(50);
  }
  throw new Error(`waited a minute in vain: ${what}`);
}
