import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EXIT, UserError } from "@elench/errors/user-error";
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";

const ARTIFACT = fileURLToPath(
  new URL("../../artifacts/contracts/l2/ModelDirectory.sol/ModelDirectory.json", import.meta.url),
);

/** Runtime code of the model directory. @throws UserError if the contracts are not compiled. */
export function directoryCode(): Uint8Array {
  if (!existsSync(ARTIFACT))
    throw new UserError(
      `the compiled model directory ${ARTIFACT} is missing: compile the contracts with npx hardhat build --no-tests`,
      EXIT.environment,
    );
  const { deployedBytecode } = JSON.parse(readFileSync(ARTIFACT, "utf8")) as { deployedBytecode: PrefixedHexString };
  return hexToBytes(deployedBytecode);
}
