import type { Deployment } from "@elench/deploy/deployment";
import { UserError } from "@elench/errors/user-error";
import type { PublicClient } from "viem";

/** Contracts whose logs are read. */
export const followedContracts = ({ disputeGame, inferenceOracle, rollup }: Deployment) => [
  disputeGame,
  inferenceOracle,
  ...(rollup ? [rollup.inbox, rollup.outputs] : []),
];

/**
 * Makes sure that logs are read from before the contracts were made: games opened before the record's block would never be seen.
 * @returns why it could not be found out, where it could not: nodes without an archive do not know code of old blocks
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
        `the deployment record says that no contract existed before block ${deployment.block}, and ${address} was there in block ${blockNumber}: games that were opened earlier would be missed. Set "block" in the record to the block before the contracts' creation`,
      );
  }
  return undefined;
}
