import type { Deployment } from "@elench/deploy/deployment";
import { UserError } from "@elench/errors/user-error";
import type { PublicClient } from "viem";

/** The contracts whose logs are read. */
export const followedContracts = ({ disputeGame, inferenceOracle, rollup }: Deployment) => [
  disputeGame,
  inferenceOracle,
  ...(rollup ? [rollup.inbox, rollup.outputs] : []),
];

/**
 * Checks that the record's block precedes the contracts' creation: games opened before that block would never be seen.
 * @returns the reason if it could not be checked: only archive nodes know the code at old blocks
 * @throws UserError if the record's block is too late
 */
export async function checkStartBlock(client: PublicClient, deployment: Deployment): Promise<Error | undefined> {
  if (deployment.block === 0) return undefined;
  const blockNumber = BigInt(deployment.block) - 1n;
  for (const address of followedContracts(deployment)) {
    let code: string | undefined;
    try {
      code = await client.getCode({ address, blockNumber });
    } catch (error) {
      return error as Error;
    }
    if (code)
      throw new UserError(
        `the deployment record starts at block ${deployment.block}, but ${address} existed at block ${blockNumber}: games opened earlier would be missed. Set "block" in the record to the block before the contracts' creation`,
      );
  }
  return undefined;
}
