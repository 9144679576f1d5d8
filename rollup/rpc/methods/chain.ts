import type { Sequencer } from "../../devnet/sequencer.ts";
import { blockAt, findBlock } from "../blocks.ts";
import { formatBlock, quantityHex } from "../format.ts";
import { flag, hash, list, quantity } from "../params.ts";
import type { Methods } from "../server.ts";

/** Maximum number of blocks in `eth_feeHistory`. */
const MAX_FEE_HISTORY = 1_024n;

/** Methods about the chain and its blocks. */
export function chainMethods({ chain }: Sequencer): Methods {
  const { chainId } = chain.chain.genesis;
  const countOf = (block: ReturnType<typeof findBlock>) => block && quantityHex(block.transactions.length);
  return {
    web3_clientVersion: () => "elench/0.1.0",
    net_version: () => chainId.toString(),
    net_listening: () => true,
    eth_chainId: () => quantityHex(chainId),
    eth_syncing: () => false,
    eth_blockNumber: () => quantityHex(chain.latest.number),
    eth_getBlockByNumber: ([number, full]) => {
      const block = findBlock(chain, number);
      return block && formatBlock(block, flag("full", full), chainId);
    },
    eth_getBlockByHash: ([value, full]) => {
      const block = chain.blockOfHash(hash("the block's hash", value));
      return block && formatBlock(block, flag("full", full), chainId);
    },
    eth_getBlockTransactionCountByNumber: ([number]) => countOf(findBlock(chain, number)),
    eth_getBlockTransactionCountByHash: ([value]) =>
      countOf(chain.blockOfHash(hash("the block's hash", value)) ?? null),
    eth_gasPrice: () => quantityHex(chain.rules.baseFee),
    eth_maxPriorityFeePerGas: () => "0x0",
    eth_feeHistory: ([count, newest, percentiles]) => {
      const last = blockAt(chain, newest).number;
      const asked = quantity("the number of blocks", count);
      const wanted = [asked, last + 1n, MAX_FEE_HISTORY].reduce((least, n) => (n < least ? n : least));
      const first = last - wanted + 1n;
      const blocks = Array.from({ length: Number(wanted) }, (_, i) => blockAt(chain, quantityHex(first + BigInt(i))));
      const rewards = list("the percentiles", percentiles ?? []).map(() => "0x0");
      return {
        oldestBlock: quantityHex(first),
        baseFeePerGas: [...blocks, chain.rules].map(({ baseFee }) => quantityHex(baseFee)),
        gasUsedRatio: blocks.map(({ gasUsed, gasLimit }) => Number(gasUsed) / Number(gasLimit)),
        ...(rewards.length > 0 && { reward: blocks.map(() => rewards) }),
      };
    },
  };
}
