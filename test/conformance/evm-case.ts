import { readFileSync } from "node:fs";
import type { AccountState, PreState } from "@elench/evm/reference/state";
import { keccak256 } from "@elench/merkle/tree";
import { bytesToHex, hexToBigInt, hexToBytes, type PrefixedHexString } from "@ethereumjs/util";

/**
 * The official state tests (GeneralStateTests of github.com/ethereum/tests): a file holds tests, and a test one transaction in several
 * variants, each with the state root that it must lead to, for each fork.
 */

/** One variant of a test under Cancun rules, free of any library's types. */
export interface StateCase {
  readonly name: string;
  readonly pre: PreState;
  readonly block: BlockFields;
  /** The signed transaction as it goes over the wire. */
  readonly transaction: Uint8Array;
  /** What the test says of the transaction in clear. */
  readonly stated: { readonly sender: string; readonly data: string; readonly gas: bigint; readonly value: bigint };
  readonly expected: {
    readonly root: string;
    readonly logsHash: string;
    /** Why the transaction is invalid; undefined if it is valid. */
    readonly exception?: string;
  };
}

export interface BlockFields {
  readonly coinbase: string;
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly gasLimit: bigint;
  readonly baseFee: bigint;
  readonly prevRandao: Uint8Array;
  readonly excessBlobGas: bigint;
}

/** The tests' history: the hash of block n is that of its decimal digits. */
export const testBlockHash = (number: bigint): Uint8Array => keccak256(new TextEncoder().encode(`${number}`));

type Hex = PrefixedHexString;

interface RawTest {
  readonly env: Readonly<Record<string, Hex>>;
  readonly pre: RawAccounts;
  readonly transaction: {
    readonly data: readonly Hex[];
    readonly gasLimit: readonly Hex[];
    readonly value: readonly Hex[];
    readonly sender: string;
  };
  readonly post: Readonly<Record<string, readonly RawVariant[]>>;
}

interface RawVariant {
  readonly hash: Hex;
  readonly logs: Hex;
  readonly indexes: { readonly data: number; readonly gas: number; readonly value: number };
  readonly txbytes: Hex;
  readonly expectException?: string;
}

export type RawAccounts = Readonly<
  Record<string, { nonce: Hex; balance: Hex; code: Hex; storage: Readonly<Record<Hex, Hex>> }>
>;

const FORK = "Cancun";
const BLOB_TRANSACTION = "0x03";

/** A variant before it is worked out: reading a folder's names is cheap. */
export interface CaseReference {
  readonly name: string;
  /** What it needs that the chain does not have; undefined if nothing. */
  readonly unsupported?: string;
  readonly read: () => StateCase;
}

/**
 * The Cancun variants in a file; none if it holds no state tests.
 * @param prefix begins the names.
 */
export function referencesIn(file: string, prefix: string): CaseReference[] {
  const tests = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, RawTest>);
  return tests.flatMap(([test, raw]) => {
    const variants = raw.transaction ? (raw.post?.[FORK] ?? []) : [];
    return variants.map((variant): CaseReference => {
      const { data, gas, value } = variant.indexes;
      const name = `${prefix}/${test.split("::").at(-1)}[d${data},g${gas},v${value}]`;
      const blob = variant.txbytes.startsWith(BLOB_TRANSACTION);
      return {
        name,
        ...(blob && { unsupported: "blob transaction" }),
        read: () => stateCase(name, raw, variant),
      };
    });
  });
}

function stateCase(name: string, { env, pre, transaction }: RawTest, variant: RawVariant): StateCase {
  const { indexes, expectException } = variant;
  const quantity = (field: string): bigint => number(env[field]);
  return {
    name,
    pre: accounts(pre),
    block: {
      coinbase: env.currentCoinbase as string,
      number: quantity("currentNumber"),
      timestamp: quantity("currentTimestamp"),
      gasLimit: quantity("currentGasLimit"),
      baseFee: quantity("currentBaseFee"),
      prevRandao: hexToBytes(env.currentRandom as Hex),
      excessBlobGas: quantity("currentExcessBlobGas"),
    },
    transaction: hexToBytes(variant.txbytes),
    stated: {
      sender: transaction.sender.toLowerCase(),
      data: (transaction.data[indexes.data] as string).toLowerCase(),
      gas: number(transaction.gasLimit[indexes.gas]),
      value: number(transaction.value[indexes.value]),
    },
    expected: {
      root: variant.hash,
      logsHash: variant.logs,
      ...(expectException !== undefined && { exception: expectException }),
    },
  };
}

export const accounts = (raw: RawAccounts): PreState =>
  new Map(
    Object.entries(raw).map(([address, account]): [string, AccountState] => [
      address.toLowerCase(),
      {
        nonce: number(account.nonce),
        balance: number(account.balance),
        code: hexToBytes(account.code),
        storage: new Map(Object.entries(account.storage).map(([slot, value]) => [number(slot), number(value)])),
      },
    ]),
  );

/** Quantities are written with leading zeros, and zero as 0x too. */
export const number = (hex: string | undefined): bigint =>
  hex === undefined || hex === "0x" ? 0n : hexToBigInt(hex as Hex);

/** Of a root or a hash. */
export const hex = (bytes: Uint8Array): string => bytesToHex(bytes);
