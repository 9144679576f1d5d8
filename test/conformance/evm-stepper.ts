import { toBigInt, wordBytes } from "@elench/bytes/words";
import type { Machine } from "@elench/evm/machine/state/machine";
import { createState, putAccounts } from "@elench/evm/reference/state";
import { nativeCommon } from "@elench/evm/reference/vm";
import { PHASE } from "@elench/evm/structures/layout";
import { createBlockHeader } from "@ethereumjs/block";
import { stepTransaction } from "../../evm/machine/run.ts";
import { addressBytes } from "../../evm/machine/state/keys.ts";
import { hostOf } from "../../prover/host.ts";
import { hex, type StateCase } from "./evm-case.ts";
import type { Outcome } from "./evm-executors.ts";
import { type Figures, mostSteps } from "./evm-figures.ts";
import { historyBefore } from "./evm-history.ts";
import { logsHash } from "./evm-reference.ts";

/** Runs state tests by the stepper: a batch of one block of one transaction, without the chain's own bounds. */

const CHAIN_ID = 1n;
const common = nativeCommon(CHAIN_ID);

export const runStepper = (test: StateCase): Promise<Outcome> => stepThrough(test, () => {});

/**
 * @param each is called before each step.
 * @throws Error if the transaction takes more steps than it can have.
 */
export async function stepThrough(test: StateCase, each: (m: Machine) => void): Promise<Outcome> {
  let steps = 0;
  let gas = 0n;
  const counting = (m: Machine): void => {
    steps++;
    if (m.phase === PHASE.settle && m.tx?.envelope) gas = m.tx.envelope.gasLimit - m.gas;
    each(m);
  };
  const outcome = await run(test, counting);
  const most = mostSteps(gas, BLOCK_BYTES + test.transaction.length);
  if (BigInt(steps) > most) throw new Error(`takes ${steps} steps: a transaction of ${gas} gas takes at most ${most}`);
  const figures: Figures = { steps, gas: Number(gas), kinds: new Map() };
  return { ...outcome, figures };
}

/** Of a block's header, and of a transaction's length. */
const BLOCK_BYTES = 136 + 4;

async function run(test: StateCase, each: (m: Machine) => void): Promise<Outcome> {
  const state = createState(common);
  const stateRoot = await putAccounts(state, test.pre);
  const { number, timestamp, gasLimit, baseFee, coinbase, prevRandao, excessBlobGas } = test.block;
  const transaction = stepTransaction({
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
    stateRoot,
    history: historyBefore(number),
    host: hostOf({ state, l1Bounds: false }),
    each,
  });
  if (!transaction.valid) return { status: "rejected", why: "the stepper drops the transaction" };
  const logs = transaction.logs.map(({ address, topics, data }): [Uint8Array, Uint8Array[], Uint8Array] => [
    addressBytes(address),
    topics.map(wordBytes),
    data,
  ]);
  return { status: "executed", root: hex(transaction.stateRoot), logsHash: hex(logsHash(logs)) };
}
