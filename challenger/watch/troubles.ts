import { errorText } from "../l1/failure.ts";

/** A failure, or the end of one. */
export type TroubleEvent =
  | { readonly kind: "trouble"; readonly where: string; readonly error: unknown }
  | { readonly kind: "recovered"; readonly where: string };

/**
 * Runs pieces of work of which one may fail without stopping the others. A failure that lasts several rounds is reported once, and
 * once when it is over. Two messages that differ only in numbers (a fee, a block) count as the same failure.
 */
export class Troubles {
  readonly #report: (event: TroubleEvent) => void;
  /** Messages by place. */
  readonly #known = new Map<string, string>();
  /** Places with a reported failure that is not over. */
  readonly #reported = new Set<string>();

  constructor(report: (event: TroubleEvent) => void) {
    this.#report = report;
  }

  /** Runs the work. Its errors are reported, not thrown. */
  async attempt(where: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.over(where);
    } catch (error) {
      this.tell(where, error);
    }
  }

  tell(where: string, error: unknown): void {
    if (!this.isNews(where, errorText(error))) return;
    this.#reported.add(where);
    this.#report({ kind: "trouble", where, error });
  }

  /** Records a failure at a place. @returns whether it differs from the last one there */
  isNews(where: string, what: string): boolean {
    const text = what.replace(/0x[0-9a-f]+|\d+(\.\d+)?/gi, "#");
    if (this.#known.get(where) === text) return false;
    this.#known.set(where, text);
    return true;
  }

  /** Records success at a place: the next failure is reported again. */
  over(where: string): void {
    this.#known.delete(where);
    if (this.#reported.delete(where)) this.#report({ kind: "recovered", where });
  }

  /** Sets the places of one kind that fail; all others of that kind recover. */
  replace(kind: RegExp, troubles: ReadonlyMap<string, Error>): void {
    for (const where of [...this.#known.keys()]) if (kind.test(where) && !troubles.has(where)) this.over(where);
    for (const [where, error] of troubles) this.tell(where, error);
  }
}
