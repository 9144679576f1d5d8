import { setTimeout as sleep } from "node:timers/promises";

/** Polls until there is an answer. @throws Error after 60 s, with the name of what is missing */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 1_200; tries++) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(50);
  }
  throw new Error(`timed out after 60 s: ${what}`);
}
