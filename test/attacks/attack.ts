import type { HDAccount } from "viem/accounts";
import type { L2Stage } from "../e2e/l2-stage.ts";

/** Who got what it wanted, as the contracts on L1 say. */
export type Winner = "truth" | "lie";

/** The local L1 of an attack, with the contracts, a registered model and an L2 chain on it, and its two sides. Every attack begins on the same chain. */
export interface Field extends L2Stage {
  /** Honest accounts: what they pay, stake and win is counted together. */
  readonly honest: { readonly watcher: HDAccount; readonly proposer: HDAccount; readonly user: HDAccount };
  /** The attacker's accounts: what they pay and lose is counted together. */
  readonly attackers: readonly [HDAccount, HDAccount, HDAccount];
}

/** A known attack on a deployment with an honest, funded, running watchtower. */
export interface Attack {
  /** In kebab case: `npm run attacks -- NAME`. */
  readonly name: string;
  /** What the attacker does, and what it would win. */
  readonly about: string;
  /** What a later part of the system closes it; until then the lie may win. Null: the truth must win. */
  readonly closedBy: "flood" | "endpoint" | null;
  /** Plays it with real processes, to the end of all games. */
  readonly play: (field: Field) => Promise<Winner>;
}

/** What an attack cost both sides, in wei. */
export interface Result {
  readonly name: string;
  readonly winner: Winner;
  readonly closedBy: Attack["closedBy"];
  /** `paid`: gas. `lost`: bonds, prepayments and fees that it does not get back; negative if it gained. */
  readonly attacker: { readonly paid: bigint; readonly lost: bigint };
  /** `paid`: gas. `locked`: all that it staked. `won`: bonds, prepayments and fees beyond what it staked; negative if it lost. */
  readonly honest: { readonly paid: bigint; readonly locked: bigint; readonly won: bigint };
  readonly ms: number;
}
