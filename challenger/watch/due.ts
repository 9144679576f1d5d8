import type { Intent } from "../l1/transactions.ts";

/** The next call that brings something to its end; or why there is none now. */
export type Due =
  | {
      readonly intent: Intent;
      /** The contract's function. */
      readonly call: "settle" | "discard" | "deliver" | "multicall";
      /** Names it, as "the settlement of batch 3". */
      readonly what: string;
    }
  | {
      /** Why nothing is due. */
      readonly waits: string;
      /** When something may be, in seconds since 1970; undefined where that depends on others, or on nothing. */
      readonly until?: number;
    };

/** Under what circumstances a watchtower pays for settlements and deliveries (docs/operator-guide.md). */
export interface SettlingOptions {
  /** Whatever is due and true, whoever earns it. */
  readonly all: boolean;
}
