import type { Intent } from "../l1/transactions.ts";

/** The next call that settles or delivers something; or why none is due. */
export type Due =
  | {
      readonly intent: Intent;
      /** The contract's function. */
      readonly call: "settle" | "discard" | "deliver" | "multicall";
      /** For messages, such as "the settlement of batch 3". */
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
