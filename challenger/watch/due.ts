import type { Intent } from "../l1/transactions.ts";

/** The next call that settles, delivers or proposes something; or why none is due. */
export type Due =
  | {
      readonly intent: Intent;
      /** The contract's function. */
      readonly call: string;
      /** For messages, such as "the settlement of the output after batch 3". */
      readonly what: string;
    }
  | {
      /** Why nothing is due. */
      readonly waits: string;
      /** Earliest time at which a call can be due, in seconds since 1970; undefined if it depends on other accounts, or if nothing follows. */
      readonly until?: number;
    };

/** Which settlements and deliveries a watchtower pays for (docs/operator-guide.md). */
export interface SettlingOptions {
  /** Everything that is due and true, also if another account earns it. */
  readonly all: boolean;
}
