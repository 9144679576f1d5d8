import { equalBytes, toBigInt, wordBytes } from "@elench/bytes/words";
import type { Hash } from "@elench/merkle/tree";
import { RLP } from "@ethereumjs/rlp";
import { type Account, EMPTY_CODE_HASH } from "../../structures/layout.ts";
import { EMPTY_TRIE_ROOT } from "../../trie/node.ts";

/** Values in the tries (Yellow Paper, 4.1): RLP of [nonce, balance, storage root, code hash] for an account, of an integer for a slot. */

/** The journal's record of an account just loaded. @param rlp null if the trie has no such account. */
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

/** Whether an account is empty (EIP-161): empty accounts are not in the trie. */
export const isEmptyAccount = ({ nonce, balance, codeHash }: Account): boolean =>
  nonce === 0n && balance === 0n && equalBytes(codeHash, EMPTY_CODE_HASH);

/** A slot's value. @param rlp null if the trie has no such slot: the value is 0. */
export const decodeSlot = (rlp: Uint8Array | null): bigint =>
  rlp === null ? 0n : toBigInt(RLP.decode(rlp) as Uint8Array);

/** RLP of a slot's value; null for 0, because the trie holds no zeros. */
export const encodeSlot = (value: bigint): Uint8Array | null => (value === 0n ? null : RLP.encode(minimal(value)));

/** The number in big-endian, without leading zeros. */
function minimal(value: bigint): Uint8Array {
  const word = wordBytes(value);
  const first = word.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array(0) : word.subarray(first);
}
