import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { writeWhole } from "@elench/files/files";
import { type Deployment, type Rollup, readDeployment } from "./deployment.ts";

/** The addresses of a deployment's contracts, by their name in the record. */
export type Addresses = Pick<Deployment, "disputeGame" | "tensorVerifier" | "modelRegistry" | "inferenceOracle"> &
  Partial<Omit<Rollup, "genesis">>;

/** What a file records; null if there is no such file. @throws UserError if it is no record, or one of another chain */
export const recordIn = (file: string, chainId: number): Deployment | null =>
  existsSync(file) ? readDeployment(chainId, file) : null;

/** What becomes of a deployment on L1: where its contracts are, and since when. */
export interface Deployed {
  readonly chainId: number;
  readonly block: number;
  readonly addresses: Addresses;
  /** The L2 chain's genesis file as it stands; undefined where the deployment was not asked for one. */
  readonly genesis: Uint8Array | undefined;
  /** The L2 chain that the same deployment has already. */
  readonly rollup: Rollup | undefined;
}

/** Writes the record, and the genesis beside it under a name of its own: each file whole, the record last. */
export function writeRecord(file: string, { chainId, block, addresses, genesis, rollup }: Deployed): void {
  const { evmVerifier, inbox, outputs, ...inference } = addresses;
  const folder = dirname(file);
  const name = `${basename(file, ".json")}.genesis.json`;
  if (genesis) writeWhole(join(folder, name), genesis);
  const kept = rollup && { ...rollup, genesis: relative(folder, rollup.genesis) };
  const chain = genesis ? { evmVerifier, inbox, outputs, genesis: name } : kept;
  writeWhole(file, `${JSON.stringify({ chainId, block, ...inference, ...(chain && { rollup: chain }) }, null, 2)}\n`);
}
