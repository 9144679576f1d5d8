import type { WatchEvent } from "./watchtower.ts";

/**
 * Runs work of which one piece may fail without keeping the next from being done. A trouble that goes on, round after round, is reported once; when its
 * numbers alone change (a fee, a block), it is the same.
 */
export class Troubles {
  readonly #report: (event: WatchEvent) => void;
  /** By where they are. */
  readonly #known = new Map<string, string>();

  constructor(report: (event: WatchEvent) => void) {
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
    if (this.isNews(where, String(error))) this.#report({ kind: "trouble", where, error });
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
  }
}
