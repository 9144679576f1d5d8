import { ElenchError, type ElenchErrorOptions, type ErrorKind } from "./elench-error.ts";

/** Exit codes of the command line by kind of error; 0 is success. */
export const EXIT = {
  /** The work was done, and the answer is no: an unsupported model, steps that disagree, a lost dispute. */
  negative: 1,
  /** Wrong input: a flag, a file, a shape, a key. */
  input: 2,
  /** Something that the command needs is missing: an L1 endpoint, a compiled contract, an engine. */
  environment: 3,
  /** L1 refused a transaction. */
  refused: 4,
  /** A defect of Elench: never the user's fault. */
  defect: 70,
} as const satisfies Record<ErrorKind, number>;

const KINDS = new Map(Object.entries(EXIT).map(([kind, code]) => [code as number, kind as ErrorKind]));

/** An error for the user: what is wrong, where, and what to do. */
export class UserError extends ElenchError {
  override readonly name = "UserError";
  override readonly kind: ErrorKind;
  readonly exitCode: number;

  /** @param exitCode one of `EXIT` */
  constructor(message: string, exitCode: number = EXIT.input, options: ElenchErrorOptions = {}) {
    super(message, options);
    this.kind = KINDS.get(exitCode) ?? "input";
    this.exitCode = exitCode;
  }
}
