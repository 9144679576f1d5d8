import type { PublicClient } from "viem";

/** Milliseconds that slower endpoints get after enough have answered, so that an endpoint that hangs does not delay the others. */
const GRACE = 500;

/**
 * Sends the same request to every endpoint.
 * @param enough number of answers after which the other endpoints get `GRACE`.
 * @returns the answers in the order in which they arrived: at least one.
 * @throws the error of the first endpoint that failed, if no endpoint answers.
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
