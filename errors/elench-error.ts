import { causesOf } from "./causes.ts";

/**
 * Who has to act:
 *  - negative: nobody; the work was done, and the answer is no;
 *  - input: the caller; an argument or a file is wrong;
 *  - environment: the operator; something that is needed is missing;
 *  - refused: the sender; L1 refused a transaction;
 *  - defect: Elench's developers.
 */
export type ErrorKind = "negative" | "input" | "environment" | "refused" | "defect";

export interface ElenchErrorOptions {
  /** What the error is about: a file, a node of a model, a field. */
  readonly where?: string | undefined;
  /** What to do, in the imperative: "raise --max-fee". */
  readonly remedy?: string | undefined;
  /** The page to read on, from the project's root: "docs/operator-guide.md#money". */
  readonly docs?: string | undefined;
  readonly cause?: unknown;
}

/** The base class of all errors of this project. Its message is one line: "where: what; what to do". */
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

  /** The innermost cause; with a condition, the outermost error that meets it, or null. */
  walk(): Error;
  walk(condition: (error: Error) => boolean): Error | null;
  walk(condition?: (error: Error) => boolean): Error | null {
    const causes = [...causesOf(this)];
    if (!condition) return causes.at(-1) ?? this;
    return causes.find(condition) ?? null;
  }
}
