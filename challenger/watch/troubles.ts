import { errorText } from "../l1/failure.ts";

/** What goes wrong, and that it is over. */
export type TroubleEvent =
  | { readonly kind: "trouble"; readonly where: string; readonly error: unknown }
  | { readonly kind: "recovered"; readonly where: string };

/**
 * Runs work of which one piece may fail without keeping the next from being done. A trouble that goes on, round after round, is reported once, and
 * once when it is over; when its numbers alone change (a fee, a block), it is the same.
 */
export class Troubles {
  readonly #report: (event: TroubleEvent) => void;
  /** By where they are. */
  readonly #known = new Map<string, string>();
  /** Where a trouble was reported that is not over. */
  readonly #reported = new Set<string>();

  constructor(report: (event: TroubleEvent) => void) {
    this.#report = report;
  }

  /** Does the work. What it throws is reported, and not thrown. */
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

  /** Whether this was not what was known to be wrong there; from now on it is. */
  isNews(where: string, what: string): boolean {
    const text = what.replace(/0x[0-9a-f]+|\d+(\.\d+)?/gi, "#");
    if (this.#known.get(where) === text) return false;
    this.#known.set(where, text);
    return true;
  }

  /** It goes well there: the next trouble is news again. */
  over(where: string): void {
    this.#known.delete(where);
    if (this.#reported.delete(where)) this.#report({ kind: "recovered", where });
  }

  /** Of the places of one kind, exactly these are in trouble. */
  replace(kind: RegExp, troubles: ReadonlyMap<string, Error>): void {
    for (const where of [...this.#known.keys()]) if (kind.test(where) && !troubles.has(where)) this.over(where);
    for (const [where, error] of troubles) this.tell(where, error);
  }
}
