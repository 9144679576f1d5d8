import { InternalError } from "@elench/errors/internal-error";
import { keccak256 } from "@elench/merkle/tree";
import type { Common } from "@ethereumjs/common";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { Caches, MerkleStateManager } from "@ethereumjs/statemanager";
import {
  type Address,
  bigIntToBytes,
  bytesToHex,
  bytesToUnprefixedHex,
  createAccount,
  createAddressFromString,
  MapDB,
  setLengthLeft,
  unpadBytes,
  ValueEncoding,
} from "@ethereumjs/util";

import type { NodeStore } from "../structures/node-store.ts";

/** The world state of the native executor: a standard Merkle-Patricia trie whose nodes are never deleted. */

export interface AccountState {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  /** Empty if the account has no code. */
  readonly code: Uint8Array;
  /** Value by slot; zero values are ignored. */
  readonly storage: ReadonlyMap<bigint, bigint>;
}

/** An account with the given fields; nonce, balance, code and storage default to empty. */
export const accountOf = (fields: Partial<AccountState>): AccountState => ({
  nonce: 0n,
  balance: 0n,
  code: new Uint8Array(),
  storage: new Map(),
  ...fields,
});

/** Accounts by address: 0x and 40 lower-case digits. An account that is listed exists, even if it is empty. */
export type PreState = ReadonlyMap<string, AccountState>;

export interface NativeState {
  /** Reads and writes accounts; `getStateRoot()` writes pending changes to the trie, `setStateRoot()` restores any past root. */
  readonly manager: MerkleStateManager;
  /**
   * RLP of a trie node (of the accounts' trie, or of a storage trie) by its keccak256, as long as the process lives. Nodes under 32 bytes
   * are embedded in their parents. `getStateRoot()` writes the nodes.
   * @throws Error if no such node was ever written.
   */
  readonly nodes: (hash: Uint8Array) => Uint8Array;
  /** Code by its hash; empty for the empty code hash. @throws Error if no such code was ever written. */
  readonly codes: (hash: Uint8Array) => Uint8Array;
  /** The same nodes and codes, for the native engine to read and to add to. */
  readonly store: NodeStore;
}

/** The state manager's key prefix for codes, "c". It keeps codes and nodes apart. */
const CODE_PREFIX = "63";
const NO_CODE = bytesToUnprefixedHex(keccak256(new Uint8Array()));

/** A state of no accounts. */
export function createState(common: Common): NativeState {
  const entries = new Map<string, Uint8Array>();
  const trie = new MerklePatriciaTrie({
    db: new MapDB<string, Uint8Array>(entries),
    useKeyHashing: true,
    valueEncoding: ValueEncoding.Bytes,
    common,
  });
  const manager = new CachedStorageManager({ common, trie, caches: new Caches() });
  const entry = (what: string, key: string, hash: Uint8Array): Uint8Array => {
    const found = entries.get(key);
    if (!found)
      throw new InternalError(`no ${what} ${bytesToHex(hash)} in this state; roots are written by getStateRoot()`);
    return found;
  };
  return {
    manager,
    nodes: (hash) => entry("trie node", bytesToUnprefixedHex(hash), hash),
    codes: (hash) => {
      const key = bytesToUnprefixedHex(hash);
      return key === NO_CODE ? new Uint8Array() : entry("code", CODE_PREFIX + key, hash);
    },
    store: {
      node: (hash) => entries.get(hexOf(hash)),
      code: (hash) => entries.get(CODE_PREFIX + hexOf(hash)),
      keepNode: (hash, rlp) => entries.set(hexOf(hash), rlp),
      keepCode: (hash, code) => entries.set(CODE_PREFIX + hexOf(hash), code),
    },
  };
}

/** The library's own is several times as slow. */
const hexOf = (hash: Uint8Array): string => Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString("hex");

/**
 * Keeps stores in the cache until the tries are written at the transaction's end. The library would also write each store to its trie at
 * once and hash the path to its root, which makes repeated writes of one slot 300 times as slow.
 */
class CachedStorageManager extends MerkleStateManager {
  /** @param value at most 32 bytes, big-endian. @throws Error if there is no such account. */
  override async putStorage(address: Address, key: Uint8Array, value: Uint8Array): Promise<void> {
    if (!(await this.getAccount(address))) throw new InternalError(`store to ${address}: there is no such account`);
    this._caches?.storage?.put(address, key, RLP.encode(unpadBytes(value)));
  }
}

/** Writes the accounts unchanged. @returns the state root. */
export async function putAccounts({ manager }: NativeState, accounts: PreState): Promise<Uint8Array> {
  for (const [hex, { nonce, balance, code, storage }] of accounts) {
    const address = createAddressFromString(hex);
    await manager.putAccount(address, createAccount({ nonce, balance }));
    if (code.length > 0) await manager.putCode(address, code);
    for (const [slot, value] of storage) {
      if (value !== 0n) await manager.putStorage(address, word(slot), bigIntToBytes(value));
    }
  }
  return manager.getStateRoot();
}

const word = (value: bigint): Uint8Array => setLengthLeft(bigIntToBytes(value), 32);
