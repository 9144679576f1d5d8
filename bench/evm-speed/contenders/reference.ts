import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { batchInput, type ChainState } from "@elench/evm/batch/claim";
import { NO_HISTORY } from "@elench/evm/batch/history";
import { ordinary } from "@elench/evm/batch/record";
import { signer } from "@elench/evm/batch/signer";
import { decodeTransaction } from "@elench/evm/batch/transaction";
import { runReferenceBatch } from "@elench/evm/reference/batch";
import { createState, type NativeState, type PreState, putAccounts } from "@elench/evm/reference/state";
import { nativeCommon } from "@elench/evm/reference/vm";
import { keccak256 } from "@elench/merkle/tree";
import { createAddressFromString } from "@ethereumjs/util";
import { CHAIN_ID } from "../world/chain.ts";
import type { Batch, Contender, Reader, Receipt, Run, Signed } from "./contender.ts";
import { timed } from "./processor-time.ts";

/** @ethereumjs/vm, as evm/reference/ runs it. */
export class Reference implements Contender {
  readonly name = "@ethereumjs/vm";
  readonly reader: Reader = {
    balance: async (address) => (await this.#manager.getAccount(createAddressFromString(address)))?.balance ?? 0n,
    storage: async (address, slot) =>
      toBigInt(await this.#manager.getStorage(createAddressFromString(address), wordBytes(slot))),
    code: (address) => this.#manager.getCode(createAddressFromString(address)),
  };
  #world: World | undefined;

  async load(accounts: PreState): Promise<void> {
    const state = createState(nativeCommon(CHAIN_ID));
    this.#world = { state, last: { number: 0n, stateRoot: await putAccounts(state, accounts), history: NO_HISTORY } };
  }

  async run({ bytes, transactions }: Batch): Promise<Run> {
    const { state, last } = this.#loaded();
    const recovery = Math.min(await recoveryTime(transactions), await recoveryTime(transactions));
    const input = batchInput(ordinary(CHAIN_ID), last, bytes);
    const [native, whole] = await timed(() => runReferenceBatch(input, { state }));
    this.#world = { state, last: native.next };
    // The reference recovers the senders itself.
    const given = Math.max(0, 1 - recovery / whole.cpu);
    return {
      cpuSeconds: given * whole.cpu,
      wallSeconds: given * whole.wall,
      receipts: native.transactions.flatMap(({ receipt }): Receipt[] =>
        receipt ? [{ success: receipt.success, gasUsed: Number(receipt.gasUsed) }] : [],
      ),
      stateRoot: native.next.stateRoot,
      parts: { recover: recovery },
    };
  }

  async close(): Promise<void> {
    this.#world = undefined;
  }

  get #manager() {
    return this.#loaded().state.manager;
  }

  #loaded(): World {
    if (!this.#world) throw new Error("no world is loaded");
    return this.#world;
  }
}

interface World {
  readonly state: NativeState;
  readonly last: ChainState;
}

/** In seconds of processor time. */
async function recoveryTime(transactions: readonly Signed[]): Promise<number> {
  const [, { cpu }] = await timed(() => transactions.forEach(recover));
  return cpu;
}

/** As the reference does it. */
function recover({ bytes }: Signed): bigint | null {
  const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
  const decoded = decodeTransaction(read, 0, bytes.length, CHAIN_ID);
  if (!decoded) throw new Error("the benchmark made a malformed transaction");
  const { prefix, offset, length, suffix } = decoded.signed;
  return signer(decoded.signature, keccak256(concat(prefix, read(offset, length), suffix)));
}
