import { concat } from "@elench/bytes/concat";
import { toBytes, toHex } from "@elench/bytes/hex";
import { equalBytes, wordBytes } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { generateAddress } from "@ethereumjs/util";
import { assemble } from "../world/assembly.ts";
import { expectWork, loop } from "../world/loop.ts";
import { drawnAddress, drawnBelow, drawnBytes, drawnWord } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import type { Workload } from "../world/workload.ts";

/** Of a byte of deployed code, and of a creation without it (Yellow Paper, appendix G). */
const [BYTE_GAS, CREATE_GAS] = [200, 32_000];
/** Of half of the transactions, which create one contract, of so many bytes. */
const [SMALLEST, LARGEST] = [1_000, 4_000];
/** Of the other half: gas, and bytes of each contract that it creates. */
const [FACTORY_GAS, SMALL] = [600_000, 96];
/** Of a transaction of each half, on average. */
const PAIR_GAS = 1_070_000;

/** Initcode that deploys what stands behind it. @param size bytes. */
const deploying = (size: number): Uint8Array => {
  const initcode = (offset: number) => assemble(`${size} DUP1 ${offset} 0 CODECOPY 0 RETURN`);
  return initcode(initcode(0).length + 1);
};

/** CREATE and CREATE2 in turn. The contracts differ in their last word. */
function factory(seed: string): Uint8Array {
  const initcode = concat(deploying(SMALL), codeOf(SMALL, seed));
  const { length } = initcode;
  const code = loop({
    setup: `${length} ${length} CODESIZE SUB 0 CODECOPY 0 CALLDATALOAD`,
    body: `
      DUP2 DUP2 XOR DUP1 ${length - 32} MSTORE
      ${length} 0 0 CREATE2 ISZERO ISZERO ADD
      ${length} 0 0 CREATE ISZERO ISZERO ADD`,
    slot: "1 DUP3 SUB",
    reserve: 180_000,
  });
  return concat(code, initcode);
}

/** Its first instruction is STOP. */
function codeOf(size: number, ...seed: readonly (string | number)[]): Uint8Array {
  const words = Array.from({ length: Math.ceil(size / 32) }, (_, i) => drawnBytes(...seed, "code", i));
  const code = concat(...words).subarray(0, size);
  code[0] = 0;
  return code;
}

/** Contracts that transactions create, and contracts that contracts create. */
export const deployments: Workload = {
  name: "deployments",
  make(seed, gas) {
    const maker = drawnAddress(seed, "factory");
    const [sender] = sendersOf(seed, 1);
    const count = Math.max(1, Math.round(gas / PAIR_GAS));
    const created = Array.from({ length: count }, (_, i) =>
      codeOf(SMALLEST + drawnBelow(LARGEST - SMALLEST, seed, "size", i), seed, i),
    );
    const salts = Array.from({ length: count }, (_, i) => drawnWord(seed, "salt", i));
    return {
      accounts: [sender!.account, [maker, accountOf({ nonce: 1n, code: factory(seed) })]],
      transactions: created.flatMap((code, i) => [
        sender!.send({ to: undefined, gasLimit: 2_000_000, data: concat(deploying(code.length), code) }),
        sender!.send({ to: maker, gasLimit: FACTORY_GAS, data: wordBytes(salts[i]!) }),
      ]),
      succeeds: true,
      check: async ({ gasUsed, code: codeAt, storage }) => {
        for (const [i, code] of created.entries()) {
          const nonce = i === 0 ? new Uint8Array() : wordBytes(2 * i).subarray(2 * i < 256 ? 31 : 30);
          const address = toHex(generateAddress(toBytes(sender!.address), nonce));
          if (!equalBytes(await codeAt(address), code)) throw new Error(`no code of contract ${i} at ${address}`);
        }
        let small = 0;
        for (const salt of salts) small += Number(await storage(maker, salt - 1n));
        const bytes = created.reduce((sum, { length }) => sum + length, small * SMALL);
        expectWork(bytes * BYTE_GAS + (count + small) * CREATE_GAS, gasUsed);
      },
    };
  },
};
