import { readFileSync } from "node:fs";

/** The code of the mocks, for `hardhat_setCode`, as compiled in the repository. The tarball has a module of constants in this one's place. */
const deployedBytecode = (name: string): string => {
  const artifact = new URL(`../../artifacts/contracts/mock/${name}.sol/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(artifact, "utf8")) as { deployedBytecode: string }).deployedBytecode;
};

export const MOCK_INFERENCE = deployedBytecode("MockInference");
export const MOCK_MODEL_DIRECTORY = deployedBytecode("MockModelDirectory");
