import { concat } from "@elench/bytes/concat";
import type { Hex } from "@elench/bytes/hex";
import { type AccountState, accountOf } from "@elench/evm/reference/state";
import { expectTally, type Loop, loop } from "../world/loop.ts";
import { drawnAddress } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import type { Workload } from "../world/workload.ts";

/** A block of one transaction that does one thing for as long as its gas lasts. */
export interface Attack extends Loop {
  readonly name: string;
  /** Gas of one unit of the tally. */
  readonly unit: number;
  /** Bytes behind the code, which it may copy. */
  readonly tail?: Uint8Array;
  readonly data?: Uint8Array;
  /** The code's storage in the genesis. */
  readonly storage?: ReadonlyMap<bigint, bigint>;
  /** Accounts besides. */
  readonly accounts?: Iterable<readonly [Hex, AccountState]>;
  /** See Scenario. */
  readonly absent?: boolean;
}

/** @param make the attack of a seed, on a block of so much gas */
export const attack = (name: string, make: (seed: string, gas: number) => Omit<Attack, "name">): Workload => ({
  name,
  make(seed, gas) {
    const { unit, tail = new Uint8Array(), data, storage, accounts = [], absent = false, ...parts } = make(seed, gas);
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const account = accountOf({ nonce: 1n, code: concat(loop(parts), tail), ...(storage && { storage }) });
    return {
      accounts: [sender!.account, [contract, account], ...accounts],
      transactions: [sender!.send({ to: contract, gasLimit: gas, ...(data && { data }) })],
      succeeds: true,
      absent,
      check: (after) => expectTally(after, contract, unit),
    };
  },
});
