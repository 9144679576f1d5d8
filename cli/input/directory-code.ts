import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EXIT, UserError } from "@elench/errors/user-error";
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";

const ARTIFACT = fileURLToPath(
  new URL("../../artifacts/contracts/l2/ModelDirectory.sol/ModelDirectory.json", import.meta.url),
);

/** What stands at the directory's address, for contracts to call. @throws UserError if the contracts are not compiled. */
export function directoryCode(): Uint8Array {
  if (!existsSync(ARTIFACT))
    throw new UserError(
      `the compiled directory of models, ${ARTIFACT}, is not there: compile the contracts with npx hardhat build, or start elench by npm run`,
      EXIT.environment,
    );
  const { deployedBytecode } = JSON.parse(readFileSync(ARTIFACT, "utf8")) as { deployedBytecode: PrefixedHexString };
  return hexToBytes(deployedBytecode);
}
