import { causesOf } from "./causes.ts";

/**
 * Whose turn it is:
 *  - negative: nobody's; the work was done, and the answer is no;
 *  - input: the caller's, who gave something wrong;
 *  - environment: the operator's; something that is needed is not there;
 *  - refused: whoever sent what L1 refused;
 *  - defect: ours.
 */
export type ErrorKind = "negative" | "input" | "environment" | "refused" | "defect";

export interface ElenchErrorOptions {
  /** What the error is about: a file, a node of a model, a field. */
  readonly where?: string | undefined;
  /** What to do about it, as an order: "raise --max-fee". */
  readonly remedy?: string | undefined;
  /** The page to read on, from the project's root: "docs/operator-guide.md#fees". */
  readonly docs?: string | undefined;
  readonly cause?: unknown;
}

/** The root of all errors of this project. Its message says it all in one line: "where: what; what to do". */
export abstract class ElenchError extends Error {
  abstract override readonly name: string;
  abstract readonly kind: ErrorKind;
  /** What is wrong, without the place and the remedy. */
  readonly what: string;
  readonly where: string | undefined;
  readonly remedy: string | undefined;
  readonly docs: string | undefined;

  constructor(what: string, { where, remedy, docs, cause }: ElenchErrorOptions = {}) {
    const message = `${where === undefined ? "" : `${where}: `}${what}${remedy === undefined ? "" : `; ${remedy}`}`;
    super(message, cause === undefined ? undefined : { cause });
    this.what = what;
    this.where = where;
    this.remedy = remedy;
    this.docs = docs;
  }

  /** The innermost cause; or the first error, from this one inwards, for which a condition holds, null if there is none. */
  walk(): Error;
  walk(condition: (error: Error) => boolean): Error | null;
  walk(condition?: (error: Error) => boolean): Error | null {
    const causes = [...causesOf(this)];
    if (!condition) return causes.at(-1) ?? this;
    return causes.find(condition) ?? null;
  }
}
