/** What each tarball holds. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildForBrowsers } from "./browser.ts";
import { compile } from "./compile.ts";
import { copy, importsOf, write } from "./stage.ts";
import { ROOT, readManifest, versionOf } from "./workspaces.ts";

export interface Package {
  readonly name: string;
  /** The folder of the workspace that gives the version. */
  readonly workspace: string;
  readonly description: string;
  /** Fills an empty folder. @returns what package.json says besides the common fields */
  readonly stage: (folder: string) => Promise<object> | object;
}

/** The engines in WebAssembly, and the addon for linux-x64: elsewhere it does not load, and WebAssembly computes the same bits. */
const TENSOR_FILES = [
  "ml-vm/softfloat/softfloat.wasm",
  "ml-vm/native/engine-*.wasm",
  "ml-vm/native/build/Release/elench.node",
];

const EVM_FILES = ["evm/native/engine.wasm", "evm/native/build/Release/elench_evm.node"];

/** What `elench deploy` needs besides, in the user's project: large, and not needed by the other commands. */
const TO_DEPLOY = ["hardhat", "@nomicfoundation/hardhat-toolbox-mocha-ethers", "solc"];

const artifactsOf = (path: string): string[] => globSync(`artifacts/contracts/${path}`, { cwd: ROOT });

const contracts: Package = {
  name: "@elench/contracts",
  workspace: "contracts",
  description:
    "Calls AI models from Solidity: AILib, interfaces, a client of the oracle, mocks for Foundry and Hardhat",
  stage: (folder) => {
    copy(["**/*.sol"], folder, { from: "contracts", except: ["test/**", "**/*.t.sol"] });
    for (const path of artifactsOf("{game,l2,oracle,registry,rollup}/I*.sol/I*.json"))
      write(folder, `abi/${basename(path)}`, `${JSON.stringify(readArtifact(path).abi, null, 2)}\n`);
    compile(["contracts/hardhat/index.ts"], folder, { declaration: true, from: "contracts" });
    write(folder, "hardhat/bytecode.js", mockBytecode());
    const folders = globSync("*/**/*.sol", { cwd: folder }).map((path) => path.slice(0, path.indexOf("/")));
    return {
      exports: {
        "./hardhat": { types: "./hardhat/index.d.ts", default: "./hardhat/index.js" },
        "./abi/*.json": "./abi/*.json",
        // Hardhat finds a source by a pattern that names its folder alone (HHE902).
        ...Object.fromEntries([...new Set(folders)].sort().map((part) => [`./${part}/*.sol`, `./${part}/*.sol`])),
      },
      dependencies: { "@openzeppelin/contracts": versionOf("@openzeppelin/contracts") },
    };
  },
};

const tensor: Package = {
  name: "@elench/tensor",
  workspace: "ml-vm",
  description: "Runs ONNX models with the same bits on every machine, in Node and in browsers",
  stage: async (folder) => {
    compile(["ml-vm/index.ts"], folder, { declaration: true });
    copy(TENSOR_FILES, folder);
    await buildForBrowsers("ml-vm/index.ts", join(folder, "browser/tensor.js"));
    return {
      exports: {
        ".": { types: "./ml-vm/index.d.ts", node: "./ml-vm/index.js", default: "./browser/tensor.js" },
        "./browser": { types: "./ml-vm/index.d.ts", default: "./browser/tensor.js" },
      },
      dependencies: importsOf(folder),
    };
  },
};

const game: Package = {
  name: "@elench/game",
  workspace: "challenger",
  description: "The dispute game's honest strategy, as pure functions: events in, moves out",
  stage: (folder) => {
    compile(["challenger/strategy/index.ts"], folder, { declaration: true });
    return {
      exports: { ".": { types: "./challenger/strategy/index.d.ts", default: "./challenger/strategy/index.js" } },
      dependencies: importsOf(folder),
    };
  },
};

const elench: Package = {
  name: "elench",
  workspace: "cli",
  description: "Optimistic fraud proofs for an AI rollup: the command line",
  stage: (folder) => {
    compile(["cli/main.ts", "hardhat.config.ts"], folder, { declaration: false });
    copy([...TENSOR_FILES, ...EVM_FILES, "deploy/parameters/*.json"], folder);
    // The command reads its version there.
    write(folder, "cli/package.json", JSON.stringify({ type: "module", version: readManifest("cli").version }));
    copy(["artifacts/contracts/**/*.json", "artifacts/@openzeppelin/**/*.json"], folder, {
      except: ["artifacts/contracts/{test,examples,mock,foundry}/**"],
    });
    const { dependencies, peerDependencies } = parted(importsOf(folder));
    return {
      bin: { elench: "cli/main.js" },
      dependencies,
      peerDependencies,
      peerDependenciesMeta: Object.fromEntries(TO_DEPLOY.map((name) => [name, { optional: true }])),
    };
  },
};

/** Dependencies that are always installed, and those that are the user's choice. */
function parted(imports: Readonly<Record<string, string>>) {
  const always = Object.entries(imports).filter(([name]) => !TO_DEPLOY.includes(name));
  return {
    dependencies: Object.fromEntries(always),
    peerDependencies: Object.fromEntries(TO_DEPLOY.map((name) => [name, versionOf(name)])),
  };
}

const readArtifact = (path: string) =>
  JSON.parse(readFileSync(join(ROOT, path), "utf8")) as { abi: unknown; deployedBytecode: string };

/** contracts/hardhat/bytecode.ts as constants. */
function mockBytecode(): string {
  const codeOf = (name: string) => readArtifact(`artifacts/contracts/mock/${name}.sol/${name}.json`).deployedBytecode;
  return `/** The code of the mocks, for \`hardhat_setCode\`. */
export const MOCK_INFERENCE = "${codeOf("MockInference")}";
export const MOCK_MODEL_DIRECTORY = "${codeOf("MockModelDirectory")}";
`;
}

export const PACKAGES: readonly Package[] = [contracts, tensor, game, elench];
