import { wordBytes } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { assemble } from "../world/assembly.ts";
import { expectWork, loop } from "../world/loop.ts";
import { drawnAddress } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import type { Workload } from "../world/workload.ts";

/** Of the tree of calls: each contract above the lowest calls three. */
const DEPTH = 5;
const CALLS = (3 ** (DEPTH + 1) - 1) / 2;
/** What a call takes, with the code that it runs. */
const CALL_GAS = 170;

/** Three contracts that call one another, in each of three ways, and return how many calls there were. */
export const calls: Workload = {
  name: "calls",
  make(seed, gas) {
    const root = drawnAddress(seed, "root");
    const nodes = [0, 1, 2].map((i) => drawnAddress(seed, "node", i));
    const [sender] = sendersOf(seed, 1);
    const [called, delegated, asked] = nodes;
    // Each callee's answer counts if the call succeeded.
    const node = assemble(`
      0 CALLDATALOAD DUP1 @inner JUMPI
      1 0 MSTORE 32 0 RETURN
      inner: 1 SWAP1 SUB 0 MSTORE 1
      32 32 32 0 0 ${called} GAS CALL 32 MLOAD MUL ADD
      32 32 32 0 ${delegated} GAS DELEGATECALL 32 MLOAD MUL ADD
      32 32 32 0 ${asked} GAS STATICCALL 32 MLOAD MUL ADD
      0 MSTORE 32 0 RETURN`);
    const code = loop({
      setup: "0 CALLDATALOAD 0 MSTORE",
      body: `32 32 32 0 0 ${called} GAS CALL 32 MLOAD MUL ADD`,
      reserve: 300_000,
    });
    return {
      accounts: [
        sender!.account,
        [root, accountOf({ nonce: 1n, code })],
        ...nodes.map((address) => [address, accountOf({ nonce: 1n, code: node })] as const),
      ],
      transactions: [sender!.send({ to: root, gasLimit: gas, data: wordBytes(DEPTH) })],
      succeeds: true,
      check: async ({ gasUsed, storage }) => {
        const made = Number(await storage(root, 0n));
        if (made % CALLS !== 0) throw new Error(`${made} calls, not trees of ${CALLS}`);
        expectWork(made * CALL_GAS, gasUsed);
      },
    };
  },
};
