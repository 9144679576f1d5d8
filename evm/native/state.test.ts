import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createAddressFromString, KECCAK256_NULL } from "@ethereumjs/util";
import { keccak256 } from "../../merkle/tree.ts";
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

test("every root that there has been can be read and proved, whatever came after", async () => {
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

test("codes are found by hash, and nothing is made up", async () => {
  const state = createState(common);
  await putAccounts(state, accounts);
  assert.deepEqual(state.codes(keccak256(Uint8Array.of(3))), Uint8Array.of(3));
  assert.deepEqual(state.codes(KECCAK256_NULL), new Uint8Array());
  assert.throws(() => state.codes(new Uint8Array(32)), /no code 0x00/);
  assert.throws(() => state.nodes(new Uint8Array(32)), /no trie node 0x00/);
});

test("an empty account that is listed is in the trie, a zero slot is not", async () => {
  const empty = { nonce: 0n, balance: 0n, code: new Uint8Array(), storage: new Map<bigint, bigint>() };
  const root = (list: typeof accounts) => putAccounts(createState(common), list);
  const without = await root(new Map());
  assert.notDeepEqual(await root(new Map([[address(1), empty]])), without);
  assert.deepEqual(
    await root(new Map([[address(1), { ...empty, storage: new Map([[5n, 0n]]) }]])),
    await root(new Map([[address(1), empty]])),
  );
});
