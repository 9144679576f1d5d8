import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { EXIT, UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { type Address, isAddress } from "viem";
import { deployFolder } from "./folder.ts";

/** A deployment record: the contracts' addresses on one chain. `elench deploy` writes it; every other command reads it. */
export interface Deployment {
  readonly chainId: number;
  /** The block before which none of the contracts existed. */
  readonly block: number;
  readonly disputeGame: Address;
  readonly tensorVerifier: Address;
  readonly modelRegistry: Address;
  readonly inferenceOracle: Address;
  /** The contract that is the guardian of all others, and the timelock that replaces its holder. Missing if the guardian is an account. */
  readonly guardian?: Address;
  readonly guardianTimelock?: Address;
  /** Missing if there is no L2 chain. */
  readonly rollup?: Rollup;
}

/** The L1 contracts of an L2 chain (docs/rollup.md). */
export interface Rollup {
  readonly evmVerifier: Address;
  readonly spanVerifier: Address;
  readonly inbox: Address;
  readonly outputs: Address;
  /** Owns the upgrades of the machines. */
  readonly timelock: Address;
  /** The chain's genesis file. In the record, the path may be relative to the record. */
  readonly genesis: string;
}

const CONTRACTS = ["disputeGame", "tensorVerifier", "modelRegistry", "inferenceOracle"] as const;
const GUARDIAN_CONTRACTS = ["guardian", "guardianTimelock"] as const;
const ROLLUP_CONTRACTS = ["evmVerifier", "spanVerifier", "inbox", "outputs", "timelock"] as const;

/** `deploy/<chain id>.json`. */
export const deploymentFile = (chainId: number): string => join(deployFolder(), `${chainId}.json`);

/** @throws UserError if the file is missing, is not a deployment, or is another chain's. */
export function readDeployment(chainId: number, file = deploymentFile(chainId)): Deployment {
  const path = isAbsolute(file) ? file : join(process.cwd(), file);
  if (!existsSync(path))
    throw new UserError(
      `no deployment is recorded for chain ${chainId}: ${path} is missing; run elench deploy, or name a record with --deployment`,
      EXIT.environment,
    );
  const record = parse(new TextDecoder().decode(readWhole(path)), path);
  requireAddresses(record, CONTRACTS, path);
  if (GUARDIAN_CONTRACTS.some((name) => record[name] !== undefined)) requireAddresses(record, GUARDIAN_CONTRACTS, path);
  if (record.chainId !== chainId)
    throw new UserError(`${path} records chain ${record.chainId}, but the endpoint serves chain ${chainId}`);
  if (!Number.isSafeInteger(record.block) || (record.block as number) < 0)
    throw new UserError(`${path} gives no block to look for events from; it should be a file that elench deploy wrote`);
  return { ...(record as Deployment), ...(record.rollup && { rollup: rollupOf(record.rollup, path) }) };
}

function parse(text: string, path: string): Partial<Deployment> {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (typeof record === "object" && record !== null) return record;
  throw new UserError(`${path} holds no deployment record; it should be a file that elench deploy wrote`);
}

function rollupOf(rollup: Partial<Rollup>, path: string): Rollup {
  requireAddresses(rollup, ROLLUP_CONTRACTS, path);
  if (typeof rollup.genesis !== "string")
    throw new UserError(`${path} names no genesis file for its rollup; it should be a file that elench deploy wrote`);
  return { ...(rollup as Rollup), genesis: resolve(dirname(path), rollup.genesis) };
}

function requireAddresses<Name extends string>(
  record: Partial<Record<Name, string>>,
  names: readonly Name[],
  path: string,
): void {
  for (const name of names) {
    if (!isAddress(String(record[name])))
      throw new UserError(`${path} gives no address for ${name}; it should be a file that elench deploy wrote`);
  }
}
