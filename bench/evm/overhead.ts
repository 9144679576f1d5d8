import { toBigInt, wordBytes } from "@elench/bytes/words";
import { decodeHeader } from "@elench/evm/batch/encoding";
import { createNativeVm } from "@elench/evm/reference/vm";
import { BLOCK_HEADER_BYTES, TRANSACTION_LENGTH_BYTES } from "@elench/spec/evm/batch";
import { createBlock } from "@ethereumjs/block";
import { createTxFromRLP } from "@ethereumjs/tx";
import { createAddressFromBigInt } from "@ethereumjs/util";
import { runTx } from "@ethereumjs/vm";
import { type Times, timed } from "./timed.ts";
import type { Workload } from "./workload.ts";

/** What executing a batch so that it could be disputed costs beside executing its transactions: the node's way and plain @ethereumjs/vm, in turn. */

const PAIRS = 15;

export async function measureOverhead(workload: Workload) {
  const { chain, bytes } = workload;
  const plain = await plainRun(workload);
  const node = async (): Promise<Uint8Array> => {
    const { native } = await chain.append(bytes);
    chain.truncate(0);
    return native.next.stateRoot;
  };
  if (Buffer.compare(await plain(), await node()) !== 0) throw new Error("the two executors do not agree");
  const time = async (run: () => Promise<unknown>): Promise<Times> => (await timed(run))[1];
  const pairs: { node: Times; plain: Times }[] = [];
  // Whoever is second meets the other's garbage: each is first in turn.
  for (let i = 0; i < PAIRS; i++) {
    const first = await time(i % 2 === 0 ? node : plain);
    const second = await time(i % 2 === 0 ? plain : node);
    pairs.push(i % 2 === 0 ? { node: first, plain: second } : { node: second, plain: first });
  }
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
  const ratios = pairs.map((pair) => Number((pair.node.cpu / pair.plain.cpu).toFixed(3)));
  return {
    pairs: PAIRS,
    nodeCpuMs: median(pairs.map(({ node }) => node.cpu)),
    plainCpuMs: median(pairs.map(({ plain }) => plain.cpu)),
    ratio: median(ratios),
    wallRatio: median(pairs.map((pair) => pair.node.wall / pair.plain.wall)),
    ratios,
  };
}

/** The transactions of the batch's one block, one after the other, on the same state; the root at the end. */
async function plainRun({ chain, bytes }: Workload): Promise<() => Promise<Uint8Array>> {
  const { chainId } = chain.genesis;
  const blockHash = () => new Uint8Array(32);
  return async () => {
    const { state } = chain;
    await state.manager.setStateRoot(chain.before(0).stateRoot);
    const { vm } = await createNativeVm({ ...chain.options, chainId, blockHash });
    const { timestamp, gasLimit, baseFee, coinbase, prevRandao, count } = decodeHeader(bytes);
    const header = {
      number: 1n,
      timestamp,
      gasLimit,
      baseFeePerGas: baseFee,
      coinbase: createAddressFromBigInt(coinbase),
      mixHash: wordBytes(prevRandao),
    };
    const block = createBlock({ header }, { common: vm.common, skipConsensusFormatValidation: true });
    let position = BLOCK_HEADER_BYTES;
    for (let i = 0; i < count; i++) {
      const start = position + TRANSACTION_LENGTH_BYTES;
      position = start + Number(toBigInt(bytes.subarray(position, start)));
      await runTx(vm, { tx: createTxFromRLP(bytes.slice(start, position), { common: vm.common }), block });
    }
    return state.manager.getStateRoot();
  };
}
