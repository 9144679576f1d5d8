import { UserError } from "@elench/errors/user-error";
import { DEVELOPMENT_MNEMONIC } from "@elench/spec/evm/development";
import { isAddressEqual } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { hoodi, mainnet, sepolia } from "viem/chains";
import type { DeployParameters } from "./parameters.ts";

const PUBLIC_CHAINS = new Set<number>([mainnet.id, sepolia.id, hoodi.id]);

/** @throws UserError if a public chain cannot have these parameters: they are for tests alone, or a development account, whose key is public, has a role */
export function requireFitForPublicChain(parameters: DeployParameters, chainId: number): void {
  if (!PUBLIC_CHAINS.has(chainId)) return;
  const { guardian, appointer, sequencer, upgrader, testsOnly } = parameters;
  if (testsOnly)
    throw new UserError(
      `these parameters are for tests alone (testsOnly), and chain ${chainId} is public: start from deploy/parameters/mainnet.json or sepolia.json (docs/economics.md gives the bounds)`,
    );
  for (let addressIndex = 0; addressIndex < 20; addressIndex++) {
    const { address } = mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex });
    for (const [role, account] of Object.entries({ guardian, appointer, sequencer, upgrader })) {
      if (account && isAddressEqual(account, address))
        throw new UserError(
          `${role} ${account} is a development account of anvil and Hardhat, whose key is public: use another account on chain ${chainId}`,
        );
    }
  }
}
