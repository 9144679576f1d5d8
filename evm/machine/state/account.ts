import { equalBytes, toBigInt, wordBytes } from "@elench/bytes/words";
import type { Hash } from "@elench/merkle/tree";
import { RLP } from "@ethereumjs/rlp";
import { type Account, EMPTY_CODE_HASH } from "../../structures/layout.ts";
import { EMPTY_TRIE_ROOT } from "../../trie/node.ts";

/** What the tries hold (Yellow Paper, 4.1): RLP of [nonce, balance, storage root, code hash] for an account, of an integer for a slot. */

/** The journal's record of an account that was just brought in. @param rlp null where the trie has none. */
export function decodeAccount(address: bigint, rlp: Uint8Array | null): Account {
  const fresh = { address, slots: null, transient: null, flags: 0 };
  if (rlp === null) return { nonce: 0n, balance: 0n, codeHash: EMPTY_CODE_HASH, storage: EMPTY_TRIE_ROOT, ...fresh };
  const [nonce, balance, storage, codeHash] = RLP.decode(rlp) as [Uint8Array, Uint8Array, Hash, Hash];
  return { nonce: toBigInt(nonce), balance: toBigInt(balance), storage, codeHash, ...fresh };
}

export const encodeAccount = ({
  nonce,
  balance,
  storage,
  codeHash,
}: Pick<Account, "nonce" | "balance" | "storage" | "codeHash">): Uint8Array =>
  RLP.encode([minimal(nonce), minimal(balance), storage, codeHash]);

/** An account that is in no trie (EIP-161). */
export const isEmptyAccount = ({ nonce, balance, codeHash }: Account): boolean =>
  nonce === 0n && balance === 0n && equalBytes(codeHash, EMPTY_CODE_HASH);

/** A slot's value. @param rlp null where the trie has none: 0. */
export const decodeSlot = (rlp: Uint8Array | null): bigint =>
  rlp === null ? 0n : toBigInt(RLP.decode(rlp) as Uint8Array);

/** null for 0, which the trie does not hold. */
export const encodeSlot = (value: bigint): Uint8Array | null => (value === 0n ? null : RLP.encode(minimal(value)));

/** Big-endian, without leading zeros. */
function minimal(value: bigint): Uint8Array {
  const word = wordBytes(value);
  const first = word.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array(0) : word.subarray(first);
}
