/** A defence: text of a source without which an attack is won by the lie. */
export interface Defence {
  readonly name: string;
  /** The attack that it holds off. */
  readonly attack: string;
  /** The source that holds it. */
  readonly file: string;
  /** The text of the defence: exactly one place of the file. */
  readonly from: string;
  /** What stands there without it. */
  readonly to: string;
  /** The deployed contracts that are compiled from the source; none for TypeScript. */
  readonly contracts: readonly string[];
}

export const DEFENCES: readonly Defence[] = [];
