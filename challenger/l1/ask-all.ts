import type { PublicClient } from "viem";

/** Milliseconds that slower endpoints get once enough have answered: one that hangs does not hold up what others serve. */
const GRACE = 500;

/**
 * Asks every endpoint the same.
 * @param enough answers after which the others get `GRACE`.
 * @returns the answers of those that answer, in the order in which they came: at least one.
 * @throws what the first one to fail threw, if none answers.
 */
export function askAll<T>(
  clients: readonly PublicClient[],
  enough: number,
  ask: (client: PublicClient) => Promise<T>,
): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const answers: T[] = [];
    const failures: unknown[] = [];
    let grace: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(grace);
      if (answers.length > 0) resolve(answers);
      else reject(failures[0]);
    };
    const count = (): void => {
      if (answers.length + failures.length === clients.length) end();
      else if (answers.length >= enough) grace ??= setTimeout(end, GRACE);
    };
    for (const client of clients) {
      ask(client).then(
        (answer) => {
          answers.push(answer);
          count();
        },
        (error: unknown) => {
          failures.push(error);
          count();
        },
      );
    }
  });
}
