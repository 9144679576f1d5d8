import { drawnAddress, drawnBelow } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

const TRANSFER_GAS = 21_000;
/** Each sends so many. */
const TRANSFERS = 8;

/** Ether, to accounts that do not exist yet. */
export const transfers: Workload = {
  name: "ether transfers",
  make(seed, gas) {
    const count = Math.floor(gas / TRANSFER_GAS);
    const senders = sendersOf(seed, Math.ceil(count / TRANSFERS));
    const gifts = Array.from({ length: count }, (_, i) => ({
      to: drawnAddress(seed, "to", i),
      value: BigInt(1 + drawnBelow(10 ** 9, seed, "value", i)),
    }));
    return {
      accounts: senders.map(({ account }) => account),
      transactions: gifts.map((gift, i) => senders[i % senders.length]!.send({ ...gift, gasLimit: TRANSFER_GAS })),
      succeeds: true,
      check: async ({ balance }) => {
        for (const { to, value } of gifts) expectEqual(`the balance of ${to}`, await balance(to), value);
      },
    };
  },
};
