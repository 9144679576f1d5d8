import type { DevChain, SealedBlock } from "../devnet/chain.ts";
import { CODE, invalid, RpcError } from "./errors.ts";
import { type Fields, hash, quantity } from "./params.ts";

/** Tags of the latest block: a development chain has no reorganisations, so every block is final. */
const LATEST = new Set(["latest", "pending", "safe", "finalized"]);

/** The block that a parameter names: a number, a tag, or an EIP-1898 object; null if it does not exist. */
export function findBlock(chain: DevChain, value: unknown): SealedBlock | null {
  if (value === undefined || value === null || LATEST.has(value as string)) return chain.latest;
  if (value === "earliest") return chain.block(0n) ?? null;
  if (typeof value === "object") {
    const { blockHash, blockNumber } = value as Fields;
    if (blockHash !== undefined) return chain.blockOfHash(hash("blockHash", blockHash)) ?? null;
    return findBlock(chain, blockNumber);
  }
  if (typeof value !== "string" || !value.startsWith("0x"))
    throw invalid("the block", "a number (0x…), latest, earliest, pending, safe or finalized", value);
  return chain.block(quantity("the block", value)) ?? null;
}

/** @throws RpcError if the block does not exist. */
export function blockAt(chain: DevChain, value: unknown): SealedBlock {
  const block = findBlock(chain, value);
  if (!block) throw new RpcError(CODE.server, `header not found: the chain has no block ${JSON.stringify(value)}`);
  return block;
}
