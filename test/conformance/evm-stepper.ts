import { createBlockHeader } from "@ethereumjs/block";
import { HISTORY_LENGTH, historyIndex, NO_HISTORY } from "../../evm/batch/history.ts";
import { addressBytes, type Machine } from "../../evm/machine/machine.ts";
import { keeping } from "../../evm/machine/outside.ts";
import { stepTransaction } from "../../evm/machine/run.ts";
import { toBigInt, wordBytes } from "../../evm/machine/words.ts";
import { createState, putAccounts } from "../../evm/native/state.ts";
import { nativeCommon } from "../../evm/native/vm.ts";
import { hex, type StateCase, testBlockHash } from "./evm-case.ts";
import type { Outcome } from "./evm-executors.ts";
import { logsHash } from "./evm-native.ts";

/** Runs state tests by the stepper: a batch of one block of one transaction, without the chain's own bounds. */

const CHAIN_ID = 1n;
const common = nativeCommon(CHAIN_ID);

/** @param each is called before each step. */
export async function runStepper(test: StateCase, each?: (m: Machine) => void): Promise<Outcome> {
  const state = createState(common);
  const world = await putAccounts(state, test.pre);
  const { number, timestamp, gasLimit, baseFee, coinbase, prevRandao, excessBlobGas } = test.block;
  const run = stepTransaction({
    chainId: CHAIN_ID,
    header: {
      number,
      timestamp,
      gasLimit,
      baseFee,
      blobBaseFee: createBlockHeader({ excessBlobGas }, { common }).getBlobGasPrice(),
      coinbase: BigInt(coinbase),
      prevRandao: toBigInt(prevRandao),
    },
    txBytes: test.transaction,
    world,
    history: historyBefore(number),
    outside: keeping({ node: state.nodes, code: state.codes, infer: noModels, bounded: false }),
    ...(each && { each }),
  });
  if (!run.valid) return { status: "rejected", why: "the stepper drops the transaction" };
  const logs = run.logs.map(({ address, topics, data }): [Uint8Array, Uint8Array[], Uint8Array] => [
    addressBytes(address),
    topics.map(wordBytes),
    data,
  ]);
  return { status: "executed", root: hex(run.world), logsHash: hex(logsHash(logs)) };
}

function noModels(): never {
  throw new Error("a state test asked for a model");
}

/** Hashes of the last 256 blocks before one. */
function historyBefore(number: bigint): Uint8Array[] {
  const history = [...NO_HISTORY];
  const first = number > BigInt(HISTORY_LENGTH) ? number - BigInt(HISTORY_LENGTH) : 0n;
  for (let n = first; n < number; n++) history[historyIndex(n)] = testBlockHash(n);
  return history;
}
