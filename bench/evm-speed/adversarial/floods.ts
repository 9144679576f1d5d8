import { toBytes } from "@elench/bytes/hex";
import { BLOCK_GAS } from "../world/chain.ts";
import { drawnBytes } from "../world/seed.ts";
import { Sender } from "../world/sender.ts";
import type { Workload } from "../world/workload.ts";

/** Batches of some 230 bytes, free of charge, that use all the gas that a batch has: a creation whose initcode is a loop without end. */
const flood = (name: string, initcode: string): Workload => ({
  name,
  make(seed, gas) {
    const sender = new Sender(drawnBytes(seed, "sender"));
    // The whole of a batch where the other attacks take 30 million.
    const gasLimit = Math.min(BLOCK_GAS, Math.floor((gas * BLOCK_GAS) / 30_000_000));
    return {
      accounts: [sender.account],
      transactions: [sender.send({ to: undefined, gasLimit, data: toBytes(initcode), gasPrice: 0n })],
      succeeds: false,
      absent: true,
      check: async ({ gasUsed }) => {
        if (gasUsed !== gasLimit) throw new Error(`${gasUsed} gas used, and not all of ${gasLimit}`);
      },
    };
  },
});

export const floods: readonly Workload[] = [
  // JUMPDEST, STATICCALL of its own address, which has no code yet, with all its gas; JUMP to the beginning.
  flood("flood of calls", "0x5b5f5f5f5f305afa505f56"),
  // JUMPDEST, PUSH0, JUMP.
  flood("flood of jumps", "0x5b5f56"),
];
