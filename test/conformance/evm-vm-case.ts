import { readFileSync } from "node:fs";
import { nativeCommon } from "@elench/evm/reference/vm";
import { keccak256 } from "@elench/merkle/tree";
import { createLegacyTx } from "@ethereumjs/tx";
import { createAddressFromString, hexToBytes, type PrefixedHexString, setLengthLeft } from "@ethereumjs/util";
import { accounts, number, type RawAccounts, type StateCase } from "./evm-case.ts";

/**
 * The classic VM tests (VMTests of github.com/ethereum/legacytests): one code run by itself, under the rules of Ethereum's first release.
 */
export interface VmTest {
  readonly env: Readonly<Record<string, PrefixedHexString>>;
  readonly exec: Readonly<Record<string, PrefixedHexString>>;
  readonly pre: RawAccounts;
  /** What is left of it all; missing where the run fails. */
  readonly post?: RawAccounts;
  readonly gas?: PrefixedHexString;
  readonly logs?: PrefixedHexString;
  readonly out?: PrefixedHexString;
}

/** The tests of a file by name; none if it holds no VM tests. */
export const vmTestsIn = (file: string): [name: string, test: VmTest][] =>
  Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, VmTest>).filter(([, { exec }]) => exec);

const BASE_FEE = 10n;
const SENDER_KEY = keccak256(new TextEncoder().encode("sender of the classic VM tests"));

/**
 * The same code in today's terms, for executors that know transactions and Cancun rules only: a transaction of an account of ours calls it,
 * with the test's gas on top of the intrinsic gas. Its expected outcome is still to be filled in.
 */
export function asTransaction(name: string, { env, exec, pre }: VmTest): Omit<StateCase, "expected"> {
  const common = nativeCommon(1n);
  const { address, code, data, value } = exec as Record<"address" | "code" | "data" | "value", PrefixedHexString>;
  const fields = {
    to: createAddressFromString(address),
    data: hexToBytes(data),
    value: number(value),
    gasPrice: BASE_FEE,
  };
  const intrinsic = createLegacyTx({ ...fields, gasLimit: 2n ** 60n }, { common }).getIntrinsicGas();
  const gasLimit = number(exec.gas) + intrinsic;
  const tx = createLegacyTx({ ...fields, gasLimit }, { common }).sign(SENDER_KEY);
  const sender = tx.getSenderAddress().toString();
  const world = new Map(accounts(pre));
  const callee = world.get(address.toLowerCase());
  world.set(address.toLowerCase(), { nonce: 0n, balance: 0n, storage: new Map(), ...callee, code: hexToBytes(code) });
  world.set(sender, { nonce: 0n, balance: 2n ** 200n, code: new Uint8Array(), storage: new Map() });
  return {
    name,
    pre: world,
    block: {
      coinbase: env.currentCoinbase as string,
      number: number(env.currentNumber),
      timestamp: number(env.currentTimestamp),
      gasLimit: 2n ** 63n - 1n,
      baseFee: BASE_FEE,
      prevRandao: setLengthLeft(hexToBytes(env.currentDifficulty as PrefixedHexString), 32),
      excessBlobGas: 0n,
    },
    transaction: tx.serialize(),
    stated: { sender, data, gas: gasLimit, value: fields.value },
  };
}
