import { toBytes, toHex } from "@elench/bytes/hex";
import { wordBytes } from "@elench/bytes/words";
import type { PreState } from "@elench/evm/reference/state";
import { medianOf } from "../statistics.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import type { Batch, Contender, Reader, Receipt, Run } from "./contender.ts";
import { secondsBetween, threadTimes } from "./thread-times.ts";

/**
 * revm, in anvil. Anvil recovers and checks a sender when it is given the transaction, which is not measured, and executes when it mines. It
 * records each call, and after every block computes the root of its whole state anew and copies the state: `parts.root` is what a block
 * without transactions costs on the same state.
 */
export class Revm implements Contender {
  readonly name = "revm (anvil)";
  readonly countsAbsent = true;
  readonly reader: Reader = {
    balance: async (address) => BigInt((await this.#running.call("eth_getBalance", address, "latest")) as string),
    storage: async (address, slot) =>
      BigInt((await this.#running.call("eth_getStorageAt", address, toHex(wordBytes(slot)), "latest")) as string),
    code: async (address) => toBytes((await this.#running.call("eth_getCode", address, "latest")) as string),
  };
  #anvil: Anvil | undefined;

  async load(accounts: PreState): Promise<void> {
    await this.close();
    this.#anvil = await startAnvil(accounts);
  }

  async run({ timestamp, transactions }: Batch): Promise<Run> {
    const anvil = this.#running;
    // One after the other: anvil answers the calls of one request in any order.
    for (const { bytes } of transactions) await anvil.call("eth_sendRawTransaction", toHex(bytes));
    await anvil.call("evm_setNextBlockTimestamp", Number(timestamp));
    const whole = await mine(anvil);
    const [{ stateRoot }, receipts] = (await Promise.all([
      anvil.call("eth_getBlockByNumber", "latest", false),
      anvil.call("eth_getBlockReceipts", "latest"),
    ])) as [{ stateRoot: string }, { status: string; gasUsed: string }[]];
    const empty = medianOf(await mineEmpty(anvil, Number(timestamp)));
    return {
      cpuSeconds: whole.cpu,
      wallSeconds: whole.wall,
      receipts: receipts.map(
        ({ status, gasUsed }): Receipt => ({ success: status === "0x1", gasUsed: Number(gasUsed) }),
      ),
      stateRoot: toBytes(stateRoot),
      parts: { execute: whole.cpu - empty, root: empty },
    };
  }

  async close(): Promise<void> {
    await this.#anvil?.stop();
    this.#anvil = undefined;
  }

  get #running(): Anvil {
    if (!this.#anvil) throw new Error("no world is loaded");
    return this.#anvil;
  }
}

const EMPTY_BLOCKS = 3;

/** Mines blocks without transactions after one of that time. @returns what each took, in seconds of processor time. */
async function mineEmpty(anvil: Anvil, timestamp: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 1; i <= EMPTY_BLOCKS; i++) {
    await anvil.call("evm_setNextBlockTimestamp", timestamp + i);
    seconds.push((await mine(anvil)).cpu);
  }
  return seconds;
}

/** Seconds. */
async function mine(anvil: Anvil): Promise<{ readonly cpu: number; readonly wall: number }> {
  const [times, wall] = [threadTimes(anvil.pid), performance.now()];
  await anvil.call("evm_mine");
  return { wall: (performance.now() - wall) / 1e3, cpu: secondsBetween(times, threadTimes(anvil.pid)) };
}
