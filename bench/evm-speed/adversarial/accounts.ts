import { concat } from "@elench/bytes/concat";
import { type Hex, toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import { type AccountState, accountOf } from "@elench/evm/reference/state";
import { LIMIT } from "@elench/spec/evm/limits";
import { OP } from "@elench/spec/evm/opcodes";
import { times } from "../world/assembly.ts";
import { expectWork, loop } from "../world/loop.ts";
import { drawnAddress, drawnBytes } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import type { Workload } from "../world/workload.ts";
import { attack } from "./attack.ts";

/** Accounts, and the code that they have. Their addresses follow one another; the trie hashes them. */

const COLD = 2_600;
const WARM = 100;
const NEXT = "DUP2 DUP2 ADD";
const CODE_BYTES = LIMIT.CODE_BYTES;

/** The last 8 bytes are free. */
const firstAddress = (seed: string): bigint => BigInt(drawnAddress(seed, "first")) & ~(2n ** 64n - 1n);
const address = (first: bigint, i: number): Hex => toHex(wordBytes(first + BigInt(i)).subarray(12));
const accountsFrom = (first: bigint, count: number, account: (i: number) => AccountState) =>
  Array.from({ length: count }, (_, i) => [address(first, i), account(i)] as const);

/** Code of the largest size that stops at once. Random bytes have every kind of PUSH. */
function largeCode(seed: string, i: number): Uint8Array {
  const words = Array.from({ length: 32 }, (_, j) => drawnBytes(seed, "code", i, j));
  const code = concat(...new Array<Uint8Array>(CODE_BYTES / 1_024).fill(concat(...words)));
  code[0] = OP.STOP;
  return code;
}

/** Accounts with codes of the largest size. A transaction goes once through all. */
const LARGE = 256;

/** @param price gas of the source, which leaves 1 more on the stack */
const throughLarge = (name: string, source: string, price: number): Workload => ({
  name,
  make(seed, gas) {
    const first = firstAddress(seed);
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const gasLimit = Math.min(gas, LARGE * price);
    const visits = Array.from({ length: Math.floor(gas / gasLimit) }, (_, i) => i);
    const code = loop({
      setup: `${first}`,
      body: `${NEXT} ${source} ADD`,
      slot: "0 CALLDATALOAD",
      reserve: 60_000 + price,
    });
    return {
      accounts: [
        sender!.account,
        [contract, accountOf({ nonce: 1n, code })],
        ...accountsFrom(first, LARGE, (i) => accountOf({ nonce: 1n, code: largeCode(seed, i) })),
      ],
      transactions: visits.map((i) => sender!.send({ to: contract, gasLimit, data: wordBytes(i) })),
      succeeds: true,
      check: async ({ gasUsed, storage }) => {
        let tally = 0;
        for (const i of visits) tally += Number(await storage(contract, BigInt(i)));
        expectWork(tally * price, gasUsed);
      },
    };
  },
});

/** A dip into codes of 24 kB, JUMPDESTs alone, that ends for want of gas. */
const DIPPED = 64;
const dips = attack("CALL of 24 kB of JUMPDESTs, with 10 gas", (seed) => {
  const first = firstAddress(seed);
  const code = (i: number) => {
    const bytes = new Uint8Array(CODE_BYTES).fill(OP.JUMPDEST);
    bytes.set(drawnBytes(seed, "code", i), CODE_BYTES - 32);
    return bytes;
  };
  return {
    unit: WARM + 10,
    setup: `${first}`,
    body: times(50, `0 0 0 0 0 DUP6 ${DIPPED - 1} AND DUP8 ADD 10 CALL ISZERO ADD`),
    accounts: accountsFrom(first, DIPPED, (i) => accountOf({ nonce: 1n, code: code(i) })),
  };
});

export const accountAttacks: readonly Workload[] = [
  attack("BALANCE, cold, existing", (seed, gas) => {
    const first = firstAddress(seed);
    return {
      unit: COLD,
      setup: `${first}`,
      body: `${NEXT} BALANCE POP 1 ADD`,
      accounts: accountsFrom(first, Math.ceil(gas / COLD), (i) => accountOf({ balance: BigInt(1 + i) })),
    };
  }),
  attack("BALANCE, cold, absent", (seed) => ({
    unit: COLD,
    setup: `${firstAddress(seed)}`,
    body: `${NEXT} BALANCE POP 1 ADD`,
    absent: true,
  })),
  throughLarge("EXTCODESIZE, cold, 24 kB", "EXTCODESIZE ISZERO ISZERO", COLD),
  throughLarge("EXTCODEHASH, cold, 24 kB", "EXTCODEHASH ISZERO ISZERO", COLD),
  throughLarge("EXTCODECOPY, cold, 24 kB", `${CODE_BYTES} 0 0 DUP4 EXTCODECOPY POP 1`, COLD + (3 * CODE_BYTES) / 32),
  throughLarge("EXTCODECOPY of a byte, cold, 24 kB", "1 0 0 DUP4 EXTCODECOPY POP 1", COLD),
  throughLarge("CALL, cold, 24 kB", "0 0 0 0 0 DUP6 GAS CALL SWAP1 POP", COLD),
  attack("CALL, cold, absent", (seed) => ({
    unit: COLD,
    setup: `${firstAddress(seed)}`,
    body: `0 0 0 0 0 DUP7 DUP7 ADD GAS CALL ADD`,
    absent: true,
  })),
  dips,
];
