import { type Hex, toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import { type AccountState, accountOf, type PreState } from "@elench/evm/reference/state";
import type { Reader, Signed } from "../contenders/contender.ts";

/** A kind of block. */
export interface Workload {
  readonly name: string;
  /**
   * @param seed of all keys, addresses, slots and inputs: two seeds have none in common.
   * @param gas that the block should take, about.
   */
  make(seed: string, gas: number): Scenario;
}

/** A block, and the accounts that it needs. */
export interface Scenario {
  readonly accounts: Iterable<readonly [Hex, AccountState]>;
  readonly transactions: readonly Signed[];
  /** Whether every transaction is to succeed; else every one is to fail. */
  readonly succeeds: boolean;
  /** Whether it reads or deletes accounts or slots, so that they do not exist at the end. Anvil counts them as empty ones, and its state root is wrong. */
  readonly absent?: boolean;
  /** Whether the block's work was done. @throws Error that says what is missing. */
  check(after: After): Promise<void>;
}

/** The state after a block, and what the block used. */
export interface After extends Reader {
  readonly gasUsed: number;
}

/** The precompiles' accounts hold a wei, as on the main net: anvil's state root would be wrong after the call of an account that does not exist. */
const PRECOMPILES = Array.from(
  { length: 10 },
  (_, i) => [toHex(wordBytes(i + 1).subarray(12)), accountOf({ balance: 1n })] as const,
);

/** One world for several blocks. */
export const worldOf = (scenarios: readonly Scenario[]): PreState =>
  new Map([...PRECOMPILES, ...scenarios.flatMap(({ accounts }) => [...accounts])]);

/** @throws Error unless they are equal. */
export function expectEqual(what: string, found: bigint, expected: bigint): void {
  if (found !== expected) throw new Error(`${what} is ${found}, and should be ${expected}`);
}
