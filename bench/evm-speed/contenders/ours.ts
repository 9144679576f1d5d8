import { batchInput, type ChainState } from "@elench/evm/batch/claim";
import { NO_HISTORY } from "@elench/evm/batch/history";
import { ordinary } from "@elench/evm/batch/record";
import type { Backend } from "@elench/evm/engine/backend";
import { Engine, recoverSenders } from "@elench/evm/engine/engine";
import { createState, type PreState, putAccounts } from "@elench/evm/reference/state";
import { nativeCommon } from "@elench/evm/reference/vm";
import { CHAIN_ID } from "../world/chain.ts";
import type { Batch, Contender, Receipt, Run } from "./contender.ts";
import { timed } from "./processor-time.ts";

/** The engine, on one thread. */
export class Ours implements Contender {
  readonly name: string;
  readonly #backend: Backend;
  #world: { readonly engine: Engine; readonly last: ChainState } | undefined;

  constructor(backend: Backend) {
    this.name = `elench, ${backend.name}`;
    this.#backend = backend;
  }

  async load(accounts: PreState): Promise<void> {
    const state = createState(nativeCommon(CHAIN_ID));
    const last = { number: 0n, stateRoot: await putAccounts(state, accounts), history: NO_HISTORY };
    this.#world = { engine: new Engine({ store: state.store, backend: this.#backend }), last };
  }

  async run({ bytes }: Batch): Promise<Run> {
    if (!this.#world) throw new Error("no world is loaded");
    const { engine, last } = this.#world;
    const input = batchInput(ordinary(CHAIN_ID), last, bytes);
    const [senders, recovery] = await timed(() => recoverSenders(input, this.#backend));
    const [batch, whole] = await timed(async () => engine.execute(input, senders));
    this.#world = { engine, last: batch.next };
    return {
      cpuSeconds: whole.cpu,
      wallSeconds: whole.wall,
      receipts: batch.transactions.flatMap(({ receipt }): Receipt[] =>
        receipt ? [{ success: receipt.success, gasUsed: Number(receipt.gasUsed) }] : [],
      ),
      stateRoot: batch.next.stateRoot,
      parts: { recover: recovery.cpu },
    };
  }

  async close(): Promise<void> {
    this.#world = undefined;
  }
}
