import { toHex } from "@elench/bytes/hex";
import type { SealedBlock } from "../../devnet/chain.ts";
import type { Sequencer } from "../../devnet/sequencer.ts";
import { blockAt } from "../blocks.ts";
import { CODE, RpcError } from "../errors.ts";
import { type FormattedLog, formatLogs, quantityHex } from "../format.ts";
import { data, fields, hash, list } from "../params.ts";
import type { Methods } from "../server.ts";

/** Methods about logs. */
export function logMethods({ chain }: Sequencer): Methods {
  const blocksOf = (filter: Readonly<Record<string, unknown>>): SealedBlock[] => {
    const { blockHash, fromBlock, toBlock } = filter;
    if (blockHash !== undefined) {
      const block = chain.blockOfHash(hash("blockHash", blockHash));
      if (!block) throw new RpcError(CODE.server, `unknown block ${String(blockHash)}`);
      return [block];
    }
    const first = blockAt(chain, fromBlock).number;
    // The end of a range can be above the latest block.
    const wanted =
      typeof toBlock === "string" && toBlock.startsWith("0x") ? BigInt(toBlock) : blockAt(chain, toBlock).number;
    const last = wanted < chain.latest.number ? wanted : chain.latest.number;
    const count = last < first ? 0 : Number(last - first) + 1;
    return Array.from({ length: count }, (_, i) => blockAt(chain, quantityHex(first + BigInt(i))));
  };
  return {
    eth_getLogs: ([value]) => {
      const filter = fields("the filter", value);
      const matches = matcher(filter);
      return blocksOf(filter).flatMap((block) =>
        block.transactions.flatMap((transaction) => formatLogs(transaction, block).filter(matches)),
      );
    },
  };
}

function matcher({ address: of, topics }: Readonly<Record<string, unknown>>): (log: FormattedLog) => boolean {
  const addresses = anyOf("address", of, 20);
  const positions =
    topics === undefined || topics === null ? [] : list("topics", topics).map((t) => anyOf("topics", t, 32));
  return (log) =>
    (addresses?.has(log.address) ?? true) &&
    positions.every((wanted, i) => wanted === null || wanted.has(log.topics[i] ?? ""));
}

/** One value or a list of values; null matches any. */
function anyOf(name: string, value: unknown, size: number): ReadonlySet<string> | null {
  if (value === undefined || value === null) return null;
  return new Set((Array.isArray(value) ? value : [value]).map((one) => toHex(data(name, one, size))));
}
