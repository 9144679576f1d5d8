import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import { deployFolder } from "./deploy/folder.ts";

const solcPath = createRequire(import.meta.url).resolve("solc/soljson.js");

/** The compiler for one file, or for all: viaIR, for cheap execution rather than small code. L1 has Osaka's rules, the AI EVM Cancun's. */
const compiler = (evmVersion: "osaka" | "cancun" = "osaka") => ({
  version: "0.8.37",
  path: solcPath,
  settings: {
    evmVersion,
    viaIR: true,
    optimizer: { enabled: true, runs: 1_000_000 },
    // On L1 the code ends in the hash of its metadata, so that explorers can show that these sources, and no others, were compiled.
    // On L2 it does not: the directory's code is part of every genesis, which a comment in its source must not change.
    metadata: evmVersion === "osaka" ? { bytecodeHash: "ipfs" } : { bytecodeHash: "none", appendCBOR: false },
  },
});

const build = {
  compilers: [compiler()],
  // By source: what is deployed on L2, and what stands in for it in tests of any hard fork since.
  overrides: Object.fromEntries(
    [
      "l2/ModelDirectory",
      "mock/MockInference",
      "mock/MockModelDirectory",
      "examples/MeterReader",
      "test/AILibHarness",
    ].map((name) => [`contracts/${name}.sol`, compiler("cancun")]),
  ),
  isolated: false,
};

export default defineConfig({
  plugins: [toolbox],
  solidity: {
    // Hardhat tests with `default` and deploys with `production`: both the same, so that what was tested is deployed.
    profiles: { default: build, production: build },
    npmFilesToBuild: ["@openzeppelin/contracts/governance/TimelockController.sol"],
    splitTestsCompilation: true,
  },
  paths: {
    sources: "contracts",
    tests: { mocha: "test/hardhat", solidity: "test/contracts" },
    ignition: deployFolder(),
  },
  typechain: { dontOverrideCompile: true },
  networks: {
    default: { type: "edr-simulated", chainType: "l1", hardfork: "osaka" },
    localhost: { type: "http", chainType: "l1", url: process.env.ELENCH_LOCAL_URL ?? "http://127.0.0.1:8545" },
    l1: {
      type: "http",
      chainType: "l1",
      url: configVariable("ELENCH_L1_URL"),
      accounts: [configVariable("ELENCH_KEY")],
    },
  },
  verify: { etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") } },
  test: {
    solidity: { blockGasLimit: false, transactionGasCap: false, fuzz: { runs: 256, seed: "0x656c656e6368" } },
  },
});
