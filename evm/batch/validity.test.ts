/** Validity and intrinsic gas equal those of @ethereumjs/vm and @ethereumjs/tx. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createBlock } from "@ethereumjs/block";
import { createTx, createTxFromRLP, type TypedTransaction, type TypedTxData } from "@ethereumjs/tx";
import { Account, createAddressFromString } from "@ethereumjs/util";
import { createVM, runTx, type VM } from "@ethereumjs/vm";
import { type Block, EMPTY_CODE_HASH } from "../structures/layout.ts";
import { seededRandom } from "../trie/fixtures/random.ts";
import { common, KEYS, randomTransaction, senderOf } from "./fixtures/batches.ts";
import { countAccessList, decodeTransaction } from "./transaction.ts";
import { accessListGas, baseGas, dataGas, isPayable, isTakable } from "./validity.ts";

const KEY = KEYS[0] as Uint8Array;
const SENDER = createAddressFromString(senderOf(KEY));
const BLOCK_GAS = 1_000_000n;
const BASE_FEE = 7n;

let vm: VM;
before(async () => {
  vm = await createVM({ common });
});

/** Intrinsic gas, as native execution adds it up. */
function intrinsicOf(bytes: Uint8Array): bigint {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const d = decodeTransaction(read, 0, bytes.length, common.chainId()) ?? assert.fail("decodes");
  const list = countAccessList(read, d.accessList, d.accessEnd) ?? assert.fail("has an access list");
  return baseGas(d.creates, d.dataLength) + dataGas(read(d.dataOffset, d.dataLength)) + accessListGas(list);
}

test("intrinsic gas is the library's, for random transactions of every type", () => {
  const random = seededRandom(51);
  for (let i = 0; i < 80; i++) {
    const bytes = randomTransaction(random, 0n, KEY);
    assert.equal(intrinsicOf(bytes), createTxFromRLP(bytes, { common }).getIntrinsicGas());
  }
});

interface Case {
  readonly data: TypedTxData;
  readonly account: Partial<{ nonce: bigint; balance: bigint; code: boolean }>;
}

/** By the chain's rules: the checks of VALIDATE on the fields from DECODE. */
function ours({ data, account }: Case): boolean {
  const bytes = createTx(data, { common, freeze: false }).sign(KEY).serialize();
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const decoded = decodeTransaction(read, 0, bytes.length, common.chainId());
  if (!decoded) return false;
  const offer = { ...decoded, intrinsic: intrinsicOf(bytes) };
  const block = { baseFee: BASE_FEE, gasLimit: BLOCK_GAS, gasUsed: 0n, batch: { gasLeft: 2n ** 64n } } as Block;
  const codeHash = account.code ? new Uint8Array(32).fill(1) : EMPTY_CODE_HASH;
  return (
    isTakable(offer, block) &&
    isPayable(offer, { nonce: account.nonce ?? 0n, balance: account.balance ?? 0n, codeHash })
  );
}

/** By the library, which executes the transaction: null if it refuses it. */
async function theirs({ data, account }: Case): Promise<boolean> {
  await vm.stateManager.checkpoint();
  try {
    await vm.stateManager.putAccount(SENDER, new Account(account.nonce ?? 0n, account.balance ?? 0n));
    if (account.code) await vm.stateManager.putCode(SENDER, Uint8Array.of(0));
    const tx: TypedTransaction = createTx(data, { common, freeze: false }).sign(KEY);
    if (!tx.isValid()) return false;
    const header = { number: 1n, gasLimit: BLOCK_GAS, baseFeePerGas: BASE_FEE };
    const block = createBlock({ header }, { common, skipConsensusFormatValidation: true, freeze: false });
    await runTx(vm, { tx, block });
    return true;
  } catch {
    return false;
  } finally {
    await vm.stateManager.revert();
  }
}

const TO = `0x${"00".repeat(19)}aa` as const;
const base = { type: 2, to: TO, nonce: 0n, gasLimit: 21_000n, maxFeePerGas: 10n, maxPriorityFeePerGas: 2n, value: 5n };
const PRICE = 21_000n * 10n + 5n;
const typed = (fields: object): TypedTxData => ({ ...base, chainId: common.chainId(), ...fields }) as TypedTxData;

test("at the edge of each rule, a transaction is valid exactly if the library executes it", async () => {
  const paid = { balance: PRICE };
  const rich = { balance: 10n ** 30n };
  const cases: Readonly<Record<string, readonly [Case, boolean]>> = {
    "exactly enough ether": [{ data: typed({}), account: paid }, true],
    "a wei too little": [{ data: typed({}), account: { balance: PRICE - 1n } }, false],
    "no account at all": [{ data: typed({}), account: {} }, false],
    "its highest price counts, not the effective one": [{ data: typed({ maxFeePerGas: 11n }), account: paid }, false],
    "a nonce too high": [{ data: typed({ nonce: 1n }), account: paid }, false],
    "a nonce too low": [{ data: typed({}), account: { ...paid, nonce: 1n } }, false],
    "the nonce of the account": [{ data: typed({ nonce: 9n }), account: { ...paid, nonce: 9n } }, true],
    "the highest nonce but one (EIP-2681)": [
      { data: typed({ nonce: 2n ** 64n - 2n }), account: { ...paid, nonce: 2n ** 64n - 2n } },
      true,
    ],
    "a sender with code (EIP-3607)": [{ data: typed({}), account: { ...paid, code: true } }, false],
    "gas below the intrinsic": [{ data: typed({ gasLimit: 20_999n }), account: rich }, false],
    "gas for a byte of data that is missing": [
      { data: typed({ data: Uint8Array.of(1), gasLimit: 21_015n }), account: rich },
      false,
    ],
    "gas for a byte of data": [{ data: typed({ data: Uint8Array.of(1), gasLimit: 21_016n }), account: rich }, true],
    "gas for a zero byte": [{ data: typed({ data: Uint8Array.of(0), gasLimit: 21_004n }), account: rich }, true],
    "all the block's gas": [{ data: typed({ gasLimit: BLOCK_GAS }), account: rich }, true],
    "more than the block's gas": [{ data: typed({ gasLimit: BLOCK_GAS + 1n }), account: rich }, false],
    "a fee of the base fee": [
      { data: typed({ maxFeePerGas: BASE_FEE, maxPriorityFeePerGas: 0n }), account: rich },
      true,
    ],
    "a fee below the base fee": [
      { data: typed({ maxFeePerGas: BASE_FEE - 1n, maxPriorityFeePerGas: 0n }), account: rich },
      false,
    ],
    "a value that does not fit beside the price": [
      { data: typed({ value: 2n ** 256n - 1n }), account: { balance: 2n ** 256n - 1n } },
      false,
    ],
    "a creation with initcode of 49,152 bytes (EIP-3860)": [
      { data: typed({ to: undefined, data: new Uint8Array(49_152), gasLimit: 900_000n }), account: rich },
      true,
    ],
  };
  for (const [name, [what, expected]] of Object.entries(cases)) {
    assert.equal(await theirs(what), expected, `the library: ${name}`);
    assert.equal(ours(what), expected, name);
  }
});

test("a price over 2^256 is refused; the library does not decode it", () => {
  const data = typed({ maxFeePerGas: 2n ** 255n, gasLimit: 30_000n });
  assert.throws(() => createTx(data, { common }), /cannot exceed MAX_INTEGER/);
  const offer = { ...base, gasLimit: 30_000n, maxFee: 2n ** 255n, maxPriority: 0n, intrinsic: 21_000n };
  const richest = { nonce: 0n, balance: 2n ** 256n - 1n, codeHash: EMPTY_CODE_HASH };
  assert.equal(isPayable(offer, richest), false);
});

test("random transactions of random accounts are valid exactly if the library executes them", async () => {
  const random = seededRandom(52);
  const seen = { valid: 0, refused: 0 };
  const near = (value: bigint): bigint => {
    const moved = value + BigInt(random(3) - 1);
    return moved < 0n ? 0n : moved;
  };
  for (let i = 0; i < 300; i++) {
    const maxFeePerGas = near(BASE_FEE + BigInt(random(3)));
    const [gasLimit, value] = [near(21_000n) + BigInt(random(2)), BigInt(random(3))];
    const nonce = BigInt(random(2));
    const data = typed({
      nonce,
      gasLimit,
      value,
      maxFeePerGas,
      maxPriorityFeePerGas: maxFeePerGas - BigInt(random(2)),
    });
    const account = {
      nonce: BigInt(random(5) === 0 ? 1 : Number(nonce)),
      balance: near(gasLimit * maxFeePerGas + value),
    };
    const valid = ours({ data, account });
    seen[valid ? "valid" : "refused"]++;
    assert.equal(valid, await theirs({ data, account }), `case ${i}`);
  }
  assert.ok(seen.valid > 30 && seen.refused > 60, JSON.stringify(seen));
});
