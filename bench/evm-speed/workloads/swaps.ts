import type { Hex } from "@elench/bytes/hex";
import { accountOf } from "@elench/evm/reference/state";
import { entryOf } from "../world/mapping.ts";
import { drawnAddress, drawnBelow } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";
import { Exchange, Token } from "./market.ts";

const SWAP_GAS = 93_000;
const SWAPS = 4;
const BALANCE = 10n ** 24n;
/** Slots of Token's mappings. */
const [BALANCE_OF, ALLOWANCE] = [0n, 1n];
/** Slot of Exchange's reserves, two numbers of 112 bits, the first in the lower ones. */
const RESERVES = 2n;

/** Exchanges of two tokens, this way and that, by a constant product. */
export const swaps: Workload = {
  name: "swaps",
  make(seed, gas) {
    const exchange = drawnAddress(seed, "exchange");
    const pair = [drawnAddress(seed, "token", 0), drawnAddress(seed, "token", 1)] as const;
    const count = Math.floor(gas / SWAP_GAS);
    const senders = sendersOf(seed, Math.ceil(count / SWAPS));
    const swaps = Array.from({ length: count }, (_, i) => ({
      given: 10n ** 15n + BigInt(drawnBelow(10 ** 15, seed, "given", i)),
      forward: drawnBelow(2, seed, "forward", i) === 0,
    }));
    const holders = [exchange, ...senders.map(({ address }) => address)];
    const token = (own: Hex) =>
      [
        own,
        accountOf({
          nonce: 1n,
          code: Token.code,
          storage: new Map(
            holders.flatMap((holder) => [
              [entryOf(holder, BALANCE_OF), BALANCE],
              [entryOf(exchange, entryOf(holder, ALLOWANCE)), 2n ** 256n - 1n],
            ]),
          ),
        }),
      ] as const;
    const storage = new Map([
      [0n, BigInt(pair[0])],
      [1n, BigInt(pair[1])],
      [RESERVES, (BALANCE << 112n) | BALANCE],
      // Neither its time nor its two figures of the price are zero.
      [3n, 1_700_000_000n],
      [4n, 1n],
      [5n, 1n],
    ]);
    return {
      accounts: [
        ...senders.map(({ account }) => account),
        ...pair.map(token),
        [exchange, accountOf({ nonce: 1n, code: Exchange.code, storage })],
      ],
      transactions: swaps.map(({ given, forward }, i) => {
        const data = Exchange.call("swap", given, 0n, forward);
        return senders[i % senders.length]!.send({ to: exchange, gasLimit: 200_000, data });
      }),
      succeeds: true,
      check: async ({ storage }) => {
        const [a, b] = reservesAfter(swaps);
        const packed = (await storage(exchange, RESERVES)) & (2n ** 224n - 1n);
        expectEqual("the exchange's reserves", packed, (b << 112n) | a);
        expectEqual("its balance of the first token", await storage(pair[0], entryOf(exchange, BALANCE_OF)), a);
        expectEqual("its balance of the second token", await storage(pair[1], entryOf(exchange, BALANCE_OF)), b);
      },
    };
  },
};

/** The fee is 0.3%. */
function reservesAfter(swaps: readonly { readonly given: bigint; readonly forward: boolean }[]): [bigint, bigint] {
  const reserves: [bigint, bigint] = [BALANCE, BALANCE];
  for (const { given, forward } of swaps) {
    const [from, to] = forward ? ([0, 1] as const) : ([1, 0] as const);
    const taken = (given * 997n * reserves[to]) / (reserves[from] * 1_000n + given * 997n);
    reserves[from] += given;
    reserves[to] -= taken;
  }
  return reserves;
}
