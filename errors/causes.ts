/** An error and what caused it, outermost first. */
export function* causesOf(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) yield at;
}

type Class<T> = abstract new (...args: never[]) => T;

/** The outermost error of a class, among an error and its causes: a library may have wrapped ours. */
export function findCause<T extends Error>(error: unknown, kind: Class<T>): T | undefined {
  for (const cause of causesOf(error)) if (cause instanceof kind) return cause;
  return undefined;
}
