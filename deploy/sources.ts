import { join } from "node:path";
import { makeFolder, writeWhole } from "@elench/files/files";
import { type BuildInfo, readArtifact, readBuildInfo, type StandardJson } from "./artifacts.ts";
import { contractsOf } from "./inputs.ts";
import { configOf } from "./network.ts";

/** The input that an explorer needs to verify a contract. */
export interface ContractSources {
  readonly contract: string;
  /** Standard JSON input of the compiler. */
  readonly file: string;
  /** Source and contract, in the explorers' notation. */
  readonly identifier: string;
  /** Compiler version in the explorers' notation: 0.8.37+commit.f401782d. */
  readonly compiler: string;
}

/** Writes the compiler's input for each contract of a deployment: its source, all imports, and the settings. @throws UserError */
export async function writeSources(folder: string): Promise<ContractSources[]> {
  const { hre } = await configOf("localhost");
  const { rollupModule } = await import("./modules/Rollup.ts");
  const names = [...new Set(contractsOf(rollupModule(true)).map(({ contractName }) => contractName))];
  const builds = new Map<string, BuildInfo>();
  makeFolder(folder);
  const written: ContractSources[] = [];
  for (const contract of names) {
    const { inputSourceName, buildInfoId } = await readArtifact(hre, contract);
    const build = builds.get(buildInfoId) ?? (await readBuildInfo(hre, buildInfoId));
    builds.set(buildInfoId, build);
    const file = join(folder, `${contract}.json`);
    writeWhole(file, `${JSON.stringify(standardJson(build, inputSourceName, contract), null, 2)}\n`);
    written.push({
      contract,
      file,
      identifier: `${inputSourceName}:${contract}`,
      compiler: build.solcLongVersion,
    });
  }
  return written;
}

/** The compiler's input, reduced to the sources of one contract. The metadata depend only on these sources and settings, so the code is identical, metadata included. */
function standardJson({ input, trees }: BuildInfo, source: string, contract: string): StandardJson {
  const needed = importsOf(trees, source);
  return {
    language: input.language,
    sources: Object.fromEntries(Object.entries(input.sources).filter(([name]) => needed.has(name))),
    settings: {
      ...input.settings,
      outputSelection: { [source]: { [contract]: ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode"] } },
    },
  };
}

/** A source and all its direct and indirect imports. */
function importsOf(trees: BuildInfo["trees"], source: string): ReadonlySet<string> {
  const found = new Set([source]);
  for (const name of found)
    for (const { nodeType, absolutePath } of trees[name]?.nodes ?? [])
      if (nodeType === "ImportDirective" && absolutePath) found.add(absolutePath);
  return found;
}
