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

/** The world state as the native executor keeps it: a standard Merkle-Patricia trie whose nodes are never thrown away. */

export interface AccountState {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  /** Empty for an account without code. */
  readonly code: Uint8Array;
  /** Value by slot; a zero value is no entry. */
  readonly storage: ReadonlyMap<bigint, bigint>;
}

/** An account of which only this is said: no nonce, ether, code or storage besides. */
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
  /** Reads and writes accounts; `getStateRoot()` writes what is pending to the trie, `setStateRoot()` goes to any root there has been. */
  readonly manager: MerkleStateManager;
  /**
   * RLP of a trie node (of the accounts' trie, or of a storage trie) by its keccak256, as long as the process lives. Nodes under 32 bytes
   * stand inside their parents. Written by the last `getStateRoot()`.
   * @throws Error if there never was such a node.
   */
  readonly nodes: (hash: Uint8Array) => Uint8Array;
  /** Code by its hash; empty for the hash of nothing. @throws Error if there never was such code. */
  readonly codes: (hash: Uint8Array) => Uint8Array;
}

/** What the state manager writes before the hash of a code, so that code cannot pass for a node: "c". */
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
  };
}

/**
 * Keeps what is stored in the cache until the tries are to be written, at a transaction's end. The library writes each store to its trie at
 * once besides, with all the hashes on the way to its root: to one slot, 300 times as slow.
 */
class CachedStorageManager extends MerkleStateManager {
  /** @param value at most 32 bytes, big-endian. @throws Error if there is no such account. */
  override async putStorage(address: Address, key: Uint8Array, value: Uint8Array): Promise<void> {
    if (!(await this.getAccount(address))) throw new InternalError(`a store to ${address}, which is no account`);
    this._caches?.storage?.put(address, key, RLP.encode(unpadBytes(value)));
  }
}

/** Writes accounts as they stand. @returns the state root. */
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
