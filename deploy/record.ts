import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { writeWhole } from "@elench/files/files";
import { type Deployment, type Rollup, readDeployment } from "./deployment.ts";

/** The addresses of a deployment's contracts, by their name in the record. */
export type Addresses = Omit<Deployment, "chainId" | "block" | "rollup"> & Partial<Omit<Rollup, "genesis">>;

/** Reads a record; null if the file does not exist. @throws UserError if it is not a record, or is one of another chain */
export const recordIn = (file: string, chainId: number): Deployment | null =>
  existsSync(file) ? readDeployment(chainId, file) : null;

/** The result of a deployment: the contracts' addresses and the first block. */
export interface Deployed {
  readonly chainId: number;
  readonly block: number;
  readonly addresses: Addresses;
  /** Text of the L2 chain's genesis file; undefined if no L2 chain was requested. */
  readonly genesis: Uint8Array | undefined;
  /** The L2 chain that the deployment already has. */
  readonly rollup: Rollup | undefined;
}

/** Writes the genesis file and then the record, each atomically. */
export function writeRecord(file: string, { chainId, block, addresses, genesis, rollup }: Deployed): void {
  const { evmVerifier, spanVerifier, inbox, outputs, timelock, ...inference } = addresses;
  const folder = dirname(file);
  const name = `${basename(file, ".json")}.genesis.json`;
  if (genesis) writeWhole(join(folder, name), genesis);
  const kept = rollup && { ...rollup, genesis: relative(folder, rollup.genesis) };
  const chain = genesis ? { evmVerifier, spanVerifier, inbox, outputs, timelock, genesis: name } : kept;
  writeWhole(file, `${JSON.stringify({ chainId, block, ...inference, ...(chain && { rollup: chain }) }, null, 2)}\n`);
}
