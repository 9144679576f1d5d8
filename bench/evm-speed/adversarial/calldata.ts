import { accountOf } from "@elench/evm/reference/state";
import { assemble } from "../world/assembly.ts";
import { drawnAddress, drawnBytes } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

/** Of a byte that is zero (EIP-2028). */
const ZERO_GAS = 4;

/** Bytes that must be read, hashed and counted, and cost little. */
export const calldata: Workload = {
  name: "calldata of zeros",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const data = new Uint8Array(Math.floor((gas - 100_000) / ZERO_GAS));
    data.set(drawnBytes(seed, "data"));
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code: assemble("CALLDATASIZE 0 SSTORE STOP") })]],
      transactions: [sender!.send({ to: contract, gasLimit: gas, data })],
      succeeds: true,
      check: async ({ storage }) =>
        expectEqual("the size of the calldata", await storage(contract, 0n), BigInt(data.length)),
    };
  },
};
