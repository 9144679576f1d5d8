import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import type { Hash } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { CONFIG, CONFIG_VERSION, RECORD } from "@elench/spec/rollup/records";

/** What L1 keeps of a batch, and the rules that batches are executed by: docs/evm-machine.md, "Batches, blocks, transactions". */

/** The rules of a chain. Version 1 reads only the chain id. */
export type Config = Readonly<Record<(typeof CONFIG)[number]["name"], bigint>>;

/** A batch's record, except its bytes: the rules, and what its poster declares. */
export interface Declaration {
  readonly config: Config;
  readonly kind: bigint;
  readonly gas: bigint;
  /** In seconds since 1970. */
  readonly time: bigint;
  readonly source: bigint;
}

/** A batch as the machines read it: seven words. */
export interface BatchRecord extends Omit<Declaration, "config"> {
  readonly config: Hash;
  /** Data root of the batch's bytes. */
  readonly root: Hash;
  /** Number of its bytes. */
  readonly size: number;
}

export const configWords = (config: Config): Word[] => CONFIG.map(({ name }) => config[name]);

export const configHash = (config: Config): Hash => hashWords(configWords(config));

export const recordWords = (record: BatchRecord): Word[] => RECORD.map(({ name }) => record[name]);

export const recordHash = (record: BatchRecord): Hash => hashWords(recordWords(record));

/** The rules of version 1, which name the chain. */
export const configOf = (chainId: bigint): Config => ({
  version: BigInt(CONFIG_VERSION),
  chainId,
  blockGas: LIMIT.BATCH_GAS,
  minimumFee: 0n,
  target: 0n,
  inertia: 0n,
  transactionGas: 0n,
  headGas: 0n,
  vault: 0n,
});

/** What the inbox declares for every batch under version 1 of the rules. */
export const ordinary = (chainId: bigint, gas: bigint = LIMIT.BATCH_GAS): Declaration => ({
  config: configOf(chainId),
  kind: 0n,
  gas,
  time: 0n,
  source: 0n,
});
