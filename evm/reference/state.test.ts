import assert from "node:assert/strict";
import { test } from "node:test";
import { wordBytes } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { Caches, MerkleStateManager } from "@ethereumjs/statemanager";
import { type Address, createAccount, createAddressFromString, KECCAK256_NULL, KECCAK256_RLP } from "@ethereumjs/util";
import { seededRandom } from "../trie/fixtures/random.ts";
import { createState, putAccounts } from "./state.ts";
import { nativeCommon } from "./vm.ts";

const address = (number: number): string => `0x${number.toString(16).padStart(40, "0")}`;
const common = nativeCommon(1n);

const accounts = new Map(
  Array.from({ length: 40 }, (_, i) => [
    address(i + 1),
    { nonce: 1n, balance: BigInt(i), code: Uint8Array.of(i), storage: new Map([[1n, BigInt(i)]]) },
  ]),
);

test("every past state root can be read and proven", async () => {
  const state = createState(common);
  const first = await putAccounts(state, accounts);
  const changed = createAddressFromString(address(7));
  await state.manager.putAccount(changed, createAccount({ nonce: 9n, balance: 10n ** 18n }));
  const second = await state.manager.getStateRoot();
  assert.notDeepEqual(first, second);
  assert.equal(keccak256(state.nodes(first)).toString(), first.toString());
  assert.equal(keccak256(state.nodes(second)).toString(), second.toString());

  await state.manager.setStateRoot(first);
  assert.equal((await state.manager.getAccount(changed))?.balance, 6n);
  assert.deepEqual(
    await state.manager.getStorage(
      changed,
      Uint8Array.from({ length: 32 }, (_, i) => +(i === 31)),
    ),
    Uint8Array.of(6),
  );
});

test("codes are found by hash; unknown hashes throw", async () => {
  const state = createState(common);
  await putAccounts(state, accounts);
  assert.deepEqual(state.codes(keccak256(Uint8Array.of(3))), Uint8Array.of(3));
  assert.deepEqual(state.codes(KECCAK256_NULL), new Uint8Array());
  assert.throws(() => state.codes(new Uint8Array(32)), /no code 0x00/);
  assert.throws(() => state.nodes(new Uint8Array(32)), /no trie node 0x00/);
});

test("a listed empty account is in the trie, a zero slot is not", async () => {
  const empty = { nonce: 0n, balance: 0n, code: new Uint8Array(), storage: new Map<bigint, bigint>() };
  const root = (list: typeof accounts) => putAccounts(createState(common), list);
  const without = await root(new Map());
  assert.notDeepEqual(await root(new Map([[address(1), empty]])), without);
  assert.deepEqual(
    await root(new Map([[address(1), { ...empty, storage: new Map([[5n, 0n]]) }]])),
    await root(new Map([[address(1), empty]])),
  );
});

/** Creates an account as the EVM does; the address can have existed before. */
async function createUnlessThere(manager: MerkleStateManager, contract: Address): Promise<void> {
  if (await manager.getAccount(contract)) return;
  await manager.putAccount(contract, createAccount({}));
  await manager.clearStorage(contract);
}

test("stores reach the tries at the end of the outermost checkpoint, and the roots equal the library's", async () => {
  const random = seededRandom(8);
  const ours = createState(common);
  const theirs = new MerkleStateManager({
    common,
    trie: new MerklePatriciaTrie({ useKeyHashing: true, common }),
    caches: new Caches(),
  });
  const managers = [ours.manager, theirs];
  const each = async (change: (manager: MerkleStateManager) => Promise<unknown>): Promise<void> => {
    for (const manager of managers) await change(manager);
  };
  const contracts = [1, 2, 3].map((number) => createAddressFromString(address(number)));
  let destroyed = 0;
  for (let transaction = 0; transaction < 60; transaction++) {
    for (const contract of contracts) await each((m) => createUnlessThere(m, contract));
    await each((m) => m.checkpoint());
    let depth = 1;
    for (let i = 0; i < 20; i++) {
      const [what, contract] = [random(10), contracts[random(3)] as Address];
      const [slot, value] = [wordBytes(random(4)), Uint8Array.from({ length: random(3) }, () => random(3))];
      if (what < 6) await each((m) => m.putStorage(contract, slot, value));
      else if (what < 8) await each((m) => m.checkpoint()).then(() => depth++);
      else if (depth > 1) await each((m) => (what === 8 ? m.commit() : m.revert())).then(() => depth--);
      assert.deepEqual(await ours.manager.getStorage(contract, slot), await theirs.getStorage(contract, slot));
    }
    // As a transaction does with destroyed accounts.
    if (random(4) === 0) {
      await each((m) => m.deleteAccount(contracts[destroyed % 3] as Address));
      destroyed++;
    }
    while (depth-- > 0) await each((m) => m.commit());
    assert.deepEqual(await ours.manager.getStateRoot(), await theirs.getStateRoot(), `transaction ${transaction}`);
  }
});

test("a store alone does not write the trie", async () => {
  const { manager } = createState(common);
  const contract = createAddressFromString(address(1));
  await manager.putAccount(contract, createAccount({ nonce: 1n }));
  await manager.checkpoint();
  await manager.putStorage(contract, wordBytes(1), Uint8Array.of(5));
  assert.deepEqual((await manager.getAccount(contract))?.storageRoot, KECCAK256_RLP);
  assert.deepEqual(await manager.getStorage(contract, wordBytes(1)), Uint8Array.of(5));
  await manager.commit();
  assert.notDeepEqual((await manager.getAccount(contract))?.storageRoot, KECCAK256_RLP);
  const nobody = createAddressFromString(address(2));
  await assert.rejects(manager.putStorage(nobody, wordBytes(1), Uint8Array.of(5)), /no such account/);
});
