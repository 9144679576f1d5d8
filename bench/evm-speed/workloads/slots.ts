import { wordBytes } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { expectWork, loop } from "../world/loop.ts";
import { drawnAddress, drawnWord } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

/** Of a transaction. */
const MOST_GAS = 3_000_000;
/** Of a cold SSTORE from zero, and of a cold SLOAD (EIP-2929). */
const [STORE_GAS, LOAD_GAS] = [22_100, 2_100];

/** Transactions that share the block's gas, and the first of the slots that each of them uses. */
const shares = (seed: string, gas: number) => {
  const count = Math.ceil(gas / MOST_GAS);
  return {
    gasLimit: Math.floor(gas / count),
    bases: Array.from({ length: count }, (_, i) => drawnWord(seed, "base", i)),
  };
};

/** SSTOREs to slots that are zero. A transaction stores how many there were before the first of them. */
export const newSlots: Workload = {
  name: "new slots",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const { gasLimit, bases } = shares(seed, gas);
    const code = loop({
      setup: "0 CALLDATALOAD",
      body: "DUP2 DUP2 ADD DUP1 SSTORE 1 ADD",
      slot: "1 DUP3 SUB",
    });
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code })]],
      transactions: bases.map((base) => sender!.send({ to: contract, gasLimit, data: wordBytes(base) })),
      succeeds: true,
      check: async ({ gasUsed, storage }) => {
        let stores = 0;
        for (const base of bases) {
          const count = Number(await storage(contract, base - 1n));
          for (let slot = base; slot < base + BigInt(count); slot++)
            expectEqual("a new slot", await storage(contract, slot), slot);
          stores += count;
        }
        expectWork(stores * STORE_GAS, gasUsed);
      },
    };
  },
};

/** SLOADs, each of another slot. A transaction stores how many there were, and their sum. */
export const coldReads: Workload = {
  name: "cold reads",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const { gasLimit, bases } = shares(seed, gas);
    const value = (base: bigint, i: number) => drawnWord(seed, "value", String(base), i);
    const length = Math.ceil(gasLimit / LOAD_GAS);
    const slots = bases.flatMap((base) =>
      Array.from({ length }, (_, i) => [base + BigInt(i), value(base, i)] as const),
    );
    const code = loop({
      setup: "0 CALLDATALOAD 0",
      body: "DUP3 DUP2 ADD SLOAD SWAP1 SWAP2 ADD SWAP1 1 ADD",
      after: "SWAP1 1 DUP4 SUB SSTORE",
      slot: "2 DUP3 SUB",
    });
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code, storage: new Map(slots) })]],
      transactions: bases.map((base) => sender!.send({ to: contract, gasLimit, data: wordBytes(base) })),
      succeeds: true,
      check: async ({ gasUsed, storage }) => {
        let loads = 0;
        for (const base of bases) {
          const count = Number(await storage(contract, base - 2n));
          const sum = Array.from({ length: count }, (_, i) => value(base, i)).reduce((a, b) => a + b, 0n);
          expectEqual("the sum of the slots", await storage(contract, base - 1n), sum % 2n ** 256n);
          loads += count;
        }
        expectWork(loads * LOAD_GAS, gasUsed);
      },
    };
  },
};
