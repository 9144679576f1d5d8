import { toBigInt } from "@elench/bytes/words";
import { batchInput } from "@elench/evm/batch/claim";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { ordinary } from "@elench/evm/batch/record";
import type { Backend } from "@elench/evm/engine/backend";
import { defaultBackend, Engine } from "@elench/evm/engine/engine";
import { wasmBackend } from "@elench/evm/engine/wasm";
import { createState, putAccounts } from "@elench/evm/reference/state";
import { nativeCommon } from "@elench/evm/reference/vm";
import { createBlockHeader } from "@ethereumjs/block";
import { hex, type StateCase } from "./evm-case.ts";
import type { Outcome } from "./evm-executors.ts";
import { historyBefore } from "./evm-history.ts";
import { logsHash } from "./evm-reference.ts";

/** Runs state tests by the native engine: a batch of one block of one transaction, without the chain's own bounds. */

const CHAIN_ID = 1n;
const common = nativeCommon(CHAIN_ID);
/** The most that the engine takes. */
const PLENTY = 2n ** 63n - 1n;

export const runNative = (test: StateCase): Promise<Outcome> => runBy(defaultBackend(), test);

let wasm: Backend | undefined;

/** The same engine in WebAssembly. */
export function runWasm(test: StateCase): Promise<Outcome> {
  wasm ??= wasmBackend();
  return runBy(wasm, test);
}

async function runBy(backend: Backend, test: StateCase): Promise<Outcome> {
  const state = createState(common);
  const stateRoot = await putAccounts(state, test.pre);
  const { number, timestamp, gasLimit, baseFee, coinbase, prevRandao, excessBlobGas } = test.block;
  const header = {
    timestamp,
    gasLimit,
    baseFee,
    blobBaseFee: createBlockHeader({ excessBlobGas }, { common }).getBlobGasPrice(),
    coinbase: BigInt(coinbase),
    prevRandao: toBigInt(prevRandao),
  };
  const bytes = encodeBatch([{ ...header, transactions: [test.transaction] }]);
  const previous = { number: number - 1n, stateRoot, history: historyBefore(number) };
  const input = batchInput({ ...ordinary(CHAIN_ID), gas: PLENTY }, previous, bytes);
  const engine = new Engine({ store: state.store, l1Bounds: false, backend });
  const { transactions, next } = await engine.run(input);
  engine.close();
  const receipt = transactions[0]?.receipt;
  if (!receipt) return { status: "rejected", why: "the engine drops the transaction" };
  return { status: "executed", root: hex(next.stateRoot), logsHash: hex(logsHash(receipt.logs)) };
}
