import { UserError } from "@elench/errors/user-error";
import { DEVELOPMENT_MNEMONIC } from "@elench/spec/evm/development";
import { isAddressEqual } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { hoodi, mainnet, sepolia } from "viem/chains";
import type { DeployParameters } from "./parameters.ts";

const PUBLIC_CHAINS = new Set<number>([mainnet.id, sepolia.id, hoodi.id]);

/** @throws UserError if a role on a public chain is given to a development account, whose key is public */
export function requireOwnKeys({ guardian, sequencer }: DeployParameters, chainId: number): void {
  if (!PUBLIC_CHAINS.has(chainId)) return;
  for (let addressIndex = 0; addressIndex < 20; addressIndex++) {
    const { address } = mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex });
    for (const [role, account] of Object.entries({ guardian, sequencer })) {
      if (account && isAddressEqual(account, address))
        throw new UserError(
          `${role} ${account} is a development account of anvil and Hardhat, whose key is public: use another account on chain ${chainId}`,
        );
    }
  }
}
