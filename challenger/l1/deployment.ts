import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Address, isAddress } from "viem";
import { EXIT, UserError } from "../errors.ts";

/** Where the contracts are on one chain: what `elench deploy` writes and every other command reads. */
export interface Deployment {
  readonly chainId: number;
  /** The block before which none of the contracts existed. */
  readonly block: number;
  readonly disputeGame: Address;
  readonly tensorVerifier: Address;
  readonly modelRegistry: Address;
  readonly inferenceOracle: Address;
}

const CONTRACTS = ["disputeGame", "tensorVerifier", "modelRegistry", "inferenceOracle"] as const;

/** `deploy/<chain id>.json` of this project. */
export const deploymentFile = (chainId: number): string =>
  join(fileURLToPath(new URL("../../deploy/", import.meta.url)), `${chainId}.json`);

/** @throws UserError if the file is missing, is not a deployment, or is another chain's. */
export function readDeployment(chainId: number, file = deploymentFile(chainId)): Deployment {
  const path = isAbsolute(file) ? file : join(process.cwd(), file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new UserError(
      `no deployment is recorded for chain ${chainId}: ${path} is missing; run elench deploy, or name a record with --deployment`,
      EXIT.environment,
    );
  }
  let record: Partial<Deployment>;
  try {
    record = JSON.parse(text) as Partial<Deployment>;
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`);
  }
  for (const name of CONTRACTS) {
    if (!isAddress(record[name] ?? ""))
      throw new UserError(`${path} gives no address for ${name}; it should be a file that elench deploy wrote`);
  }
  if (record.chainId !== chainId)
    throw new UserError(`${path} is about chain ${record.chainId}, and the endpoint serves chain ${chainId}`);
  return record as Deployment;
}
