import { accountOf } from "@elench/evm/reference/state";
import { entryOf } from "../world/mapping.ts";
import { drawnAddress, drawnBelow } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";
import { Token } from "./market.ts";

/** Of a transfer: half of the recipients hold some of the token already. */
const TRANSFER_GAS = 43_000;
const TRANSFERS = 8;
const BALANCE = 10n ** 24n;
/** Slot of Token.balanceOf. */
const BALANCE_OF = 0n;

/** Transfers of a token. */
export const tokens: Workload = {
  name: "token transfers",
  make(seed, gas) {
    const count = Math.floor(gas / TRANSFER_GAS);
    const token = drawnAddress(seed, "token");
    const senders = sendersOf(seed, Math.ceil(count / TRANSFERS));
    const gifts = Array.from({ length: count }, (_, i) => ({
      to: drawnAddress(seed, "to", i),
      value: BigInt(1 + drawnBelow(10 ** 9, seed, "value", i)),
      had: i % 2 === 0 ? BALANCE : 0n,
    }));
    const balances = [
      ...senders.map(({ address }) => [entryOf(address, BALANCE_OF), BALANCE] as const),
      ...gifts.map(({ to, had }) => [entryOf(to, BALANCE_OF), had] as const),
    ];
    return {
      accounts: [
        ...senders.map(({ account }) => account),
        [token, accountOf({ nonce: 1n, code: Token.code, storage: new Map(balances) })],
      ],
      transactions: gifts.map(({ to, value }, i) =>
        senders[i % senders.length]!.send({ to: token, gasLimit: 80_000, data: Token.call("transfer", to, value) }),
      ),
      succeeds: true,
      check: async ({ storage }) => {
        for (const { to, value, had } of gifts)
          expectEqual(`the token's balance of ${to}`, await storage(token, entryOf(to, BALANCE_OF)), had + value);
      },
    };
  },
};
