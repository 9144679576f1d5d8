import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { keccak256 } from "@elench/merkle/tree";
import { drawnAddress, drawnWord } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { compile } from "../world/solidity.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

const { Sorting } = compile<"Sorting">(new URL("../contracts/Sorting.sol", import.meta.url));

/** Numbers of a transaction, and what sorting them takes. */
const [COUNT, SORT_GAS] = [400, 1_330_000];

/** Arrays in memory. */
export const sorting: Workload = {
  name: "sorting",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const inputs = Array.from({ length: Math.ceil(gas / SORT_GAS) }, (_, i) => drawnWord(seed, "input", i));
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code: Sorting.code })]],
      transactions: inputs.map((input) =>
        sender!.send({ to: contract, gasLimit: 2 * SORT_GAS, data: Sorting.call("sort", input, COUNT) }),
      ),
      succeeds: true,
      check: async ({ storage }) => {
        for (const input of inputs) {
          const slot = toBigInt(keccak256(concat(wordBytes(input), wordBytes(0))));
          expectEqual("the hash of the sorted numbers", await storage(contract, slot), sortedHash(input));
        }
      },
    };
  },
};

function sortedHash(input: bigint): bigint {
  const numbers = Array.from({ length: COUNT }, (_, i) => keccak256(concat(wordBytes(input), wordBytes(i))));
  return toBigInt(keccak256(concat(...numbers.sort(Buffer.compare))));
}
