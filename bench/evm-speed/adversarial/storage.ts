import { times } from "../world/assembly.ts";
import { drawnWord } from "../world/seed.ts";
import type { Workload } from "../world/workload.ts";
import { attack } from "./attack.ts";

/** Storage, and transient storage. Slots follow one another; the trie hashes their numbers. */

const COLD_LOAD = 2_100;
const WARM = 100;

/** From a stack of the first slot and the tally, the slot that is next. */
const NEXT = "DUP2 DUP2 ADD";

const slotsFrom = (first: bigint, count: number, value: (i: number) => bigint): Map<bigint, bigint> =>
  new Map(Array.from({ length: count }, (_, i) => [first + BigInt(i), value(i)]));

export const storageAttacks: readonly Workload[] = [
  attack("SLOAD, cold, existing", (seed, gas) => {
    const first = drawnWord(seed, "first");
    return {
      unit: COLD_LOAD,
      setup: `${first}`,
      body: `${NEXT} SLOAD POP 1 ADD`,
      storage: slotsFrom(first, Math.ceil(gas / COLD_LOAD), (i) => drawnWord(seed, "value", i)),
    };
  }),
  attack("SLOAD, cold, absent", (seed) => ({
    unit: COLD_LOAD,
    setup: `${drawnWord(seed, "first")}`,
    body: `${NEXT} SLOAD POP 1 ADD`,
    absent: true,
  })),
  attack("SLOAD, warm", (seed) => {
    const first = drawnWord(seed, "first");
    return {
      unit: WARM,
      setup: `${first}`,
      body: times(50, `DUP2 DUP2 255 AND ADD SLOAD POP 1 ADD`),
      storage: slotsFrom(first, 256, () => 1n),
    };
  }),
  attack("SSTORE, cold, 1 to 0 to 1", (seed, gas) => {
    const first = drawnWord(seed, "first");
    return {
      // 5,000 and 100, less the refund (EIP-3529), which is at most a fifth.
      unit: 4_000,
      setup: `${first}`,
      body: `${NEXT} 0 DUP2 SSTORE 1 SWAP1 SSTORE 1 ADD`,
      storage: slotsFrom(first, Math.ceil(gas / 4_000), () => 1n),
    };
  }),
  attack("SSTORE, cold, 1 to 0", (seed, gas) => {
    const first = drawnWord(seed, "first");
    return {
      unit: 4_000,
      setup: `${first}`,
      body: `${NEXT} 0 SWAP1 SSTORE 1 ADD`,
      storage: slotsFrom(first, Math.ceil(gas / 4_000), () => 1n),
      absent: true,
    };
  }),
  attack("SSTORE, warm, 1 to 0 to 1", (seed) => {
    const slot = drawnWord(seed, "slot");
    return {
      // 2,900 and 100, less the refund.
      unit: 2_400,
      setup: `${slot}`,
      body: `${times(10, "0 DUP3 SSTORE 1 DUP3 SSTORE")} 10 ADD`,
      storage: slotsFrom(slot, 1, () => 1n),
      reserve: 100_000,
    };
  }),
  attack("SSTORE, warm, 2 to 3 to 2", (seed) => {
    const slot = drawnWord(seed, "slot");
    return {
      unit: 2 * WARM,
      setup: `${slot}`,
      body: `${times(100, "3 DUP3 SSTORE 2 DUP3 SSTORE")} 100 ADD`,
      storage: slotsFrom(slot, 1, () => 1n),
    };
  }),
  attack("TSTORE, many keys", (seed) => ({
    unit: WARM,
    setup: `${drawnWord(seed, "first")}`,
    body: times(50, `DUP1 DUP3 DUP3 ADD TSTORE 1 ADD`),
  })),
  attack("TLOAD, many keys", (seed) => ({
    unit: WARM,
    setup: `${drawnWord(seed, "first")}`,
    body: times(50, `${NEXT} TLOAD POP 1 ADD`),
  })),
];
