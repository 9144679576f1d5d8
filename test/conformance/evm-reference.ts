import assert, { AssertionError } from "node:assert/strict";
import { createState, type PreState, putAccounts } from "@elench/evm/reference/state";
import { createNativeVm, nativeCommon } from "@elench/evm/reference/vm";
import { keccak256 } from "@elench/merkle/tree";
import { createBlock } from "@ethereumjs/block";
import type { Log } from "@ethereumjs/evm";
import { RLP } from "@ethereumjs/rlp";
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { createAddressFromString } from "@ethereumjs/util";
import { runTx } from "@ethereumjs/vm";
import { hex, type StateCase, testBlockHash } from "./evm-case.ts";
import type { Outcome } from "./evm-executors.ts";

/** Runs state tests by the reference, without the chain's own bounds, which Ethereum does not have. */

const CHAIN_ID = 1n;
const common = nativeCommon(CHAIN_ID);

export async function runReference(test: StateCase): Promise<Outcome> {
  const state = createState(common);
  await putAccounts(state, test.pre);
  const { vm } = await createNativeVm({ chainId: CHAIN_ID, blockHash: testBlockHash, l1Bounds: false, state });
  const run = async (): Promise<readonly Log[]> => {
    const tx = createTxFromRLP(test.transaction, { common });
    checkStated(test, tx);
    return (await runTx(vm, { tx, block: blockOf(test) })).execResult.logs ?? [];
  };
  try {
    const hash = hex(logsHash(await run()));
    return { status: "executed", root: hex(await state.manager.getStateRoot()), logsHash: hash };
  } catch (error) {
    if (error instanceof AssertionError || error instanceof TypeError) throw error;
    return { status: "rejected", why: (error as Error).message };
  }
}

/** Root of a state in which nothing has run. */
export const rootOf = async (accounts: PreState): Promise<string> =>
  hex(await putAccounts(createState(common), accounts));

/** Hash of a transaction's logs, as the tests have it. */
export const logsHash = (logs: readonly Log[]): Uint8Array => keccak256(RLP.encode(logs as Log[]));

function blockOf({ block }: StateCase) {
  const { coinbase, number, timestamp, gasLimit, baseFee, prevRandao, excessBlobGas } = block;
  const header = {
    coinbase: createAddressFromString(coinbase),
    number,
    timestamp,
    gasLimit,
    baseFeePerGas: baseFee,
    mixHash: prevRandao,
    excessBlobGas,
  };
  return createBlock({ header }, { common, skipConsensusFormatValidation: true });
}

/** The tests give the transaction twice: in clear, and signed. */
function checkStated({ name, stated }: StateCase, tx: TypedTransaction): void {
  const same =
    tx.getSenderAddress().toString() === stated.sender &&
    hex(tx.data) === stated.data &&
    tx.gasLimit === stated.gas &&
    tx.value === stated.value;
  assert(same, `${name}: the signed transaction is not the one that the test states`);
}
