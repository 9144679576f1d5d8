/** What the command line exits with; 0 is success. */
export const EXIT = {
  /** The work was done, and the answer is no: an unsupported model, steps that disagree, a lost dispute. */
  negative: 1,
  /** What the user gave is wrong: a flag, a file, a shape, a key. */
  input: 2,
  /** What the command needs from elsewhere is not there: an L1 endpoint, a compiled contract, an engine. */
  environment: 3,
  /** L1 refused a transaction. */
  refused: 4,
  /** A defect of Elench: never the user's fault. */
  defect: 70,
} as const;

/** An error for the person at the keyboard: what is wrong, where, and what to do about it. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.input, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
