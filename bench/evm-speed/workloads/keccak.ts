import { toBigInt } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { keccak256 } from "@elench/merkle/tree";
import { expectTally, loop } from "../world/loop.ts";
import { drawnAddress, drawnBytes } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

/** Bytes. */
const SIZES = [32, 64, 256, 1_024, 4_096];
/** Of one hash of each size (Yellow Paper, appendix G). */
const TURN_GAS = SIZES.reduce((sum, size) => sum + 30 + (6 * size) / 32, 0);

/** Hashes of memory, each written to its beginning. */
export const keccak: Workload = {
  name: "keccak256",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const data = drawnBytes(seed, "data");
    const code = loop({
      setup: "0 CALLDATALOAD 0 MSTORE",
      body: `${SIZES.map((size) => `${size} 0 KECCAK256 0 MSTORE`).join(" ")} 1 ADD`,
      after: "0 MLOAD 1 SSTORE",
    });
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code })]],
      transactions: [sender!.send({ to: contract, gasLimit: gas, data })],
      succeeds: true,
      check: async (after) => {
        await expectTally(after, contract, TURN_GAS);
        const memory = new Uint8Array(Math.max(...SIZES));
        memory.set(data);
        for (let turns = await after.storage(contract, 0n); turns > 0n; turns--)
          for (const size of SIZES) memory.set(keccak256(memory.subarray(0, size)));
        expectEqual("the last hash", await after.storage(contract, 1n), toBigInt(memory.subarray(0, 32)));
      },
    };
  },
};
