/** The EVM machine's verifier in a simulator, as Hardhat compiled it, for steps in ten thousands. */
import { fileURLToPath } from "node:url";
import { hardhatArtifacts } from "@elench/prover/verifier";
import { bytesToHex, hexToBytes } from "@ethereumjs/util";
import type { AbiParameter, Hex } from "viem";
import { build } from "./build.ts";
import { type Simulated, type Simulator, startSimulator } from "./simulator.ts";

/** What a step is claimed from. */
export interface Claim {
  readonly pre: Uint8Array;
  readonly witness: Uint8Array;
}

export interface Verdict {
  /** Hash of the next state, null where the witness is refused. */
  readonly post: Uint8Array | null;
  /** Of the execution, all contracts being warm. */
  readonly gas: number;
}

export interface EvmVerifier {
  /** By claim. @param part takes the steps; by default, whoever the dispatcher chooses. */
  verdicts(claims: readonly Claim[], part?: string): Promise<Verdict[]>;
  /** By claim: hash of the next state, null where the witness is refused. */
  steps(claims: readonly Claim[], part?: string): Promise<(Uint8Array | null)[]>;
  /** Names of the contracts that take the steps. */
  readonly parts: readonly string[];
  close(): Promise<void>;
}

/** Of one call. */
const MOST_CLAIMS = 100;
const MOST_BYTES = 100_000;

const artifacts = hardhatArtifacts(fileURLToPath(new URL("../../artifacts/contracts", import.meta.url)));

export async function startEvmVerifier(): Promise<EvmVerifier> {
  const simulator = await startSimulator();
  const deployed = new Map<string, Simulated>();
  const verifier = await deploy(simulator, "EvmVerifier", deployed);
  const { abi } = artifacts("EvmVerifier");
  const getters = abi.flatMap((item) => (item.type === "function" && item.inputs.length === 0 ? item.name : []));
  const many = await simulator.deploy(build(["contracts/test/ManySteps.sol"]).get("ManySteps")!);

  const call = async (to: Hex, claims: readonly Claim[]): Promise<Verdict[]> => {
    const verdicts: Verdict[] = [];
    while (verdicts.length < claims.length) {
      const some = claims.slice(verdicts.length, verdicts.length + fitting(claims, verdicts.length));
      const [pres, witnesses] = [
        some.map(({ pre }) => bytesToHex(pre)),
        some.map(({ witness }) => bytesToHex(witness)),
      ];
      const [posts, spent, count] = (await many.call("step", to, pres, witnesses)) as [
        readonly Hex[],
        readonly bigint[],
        bigint,
      ];
      if (count === 0n) throw new Error("the simulator gives a call less gas than a step may need");
      for (const [i, post] of posts.slice(0, Number(count)).entries())
        verdicts.push({ post: BigInt(post) === 0n ? null : hexToBytes(post), gas: Number(spent[i]) });
    }
    return verdicts;
  };

  const verdicts = async (claims: readonly Claim[], part?: string): Promise<Verdict[]> => {
    const contract = part === undefined ? verifier : deployed.get(part);
    if (!contract) throw new Error(`no part ${part}`);
    return call(contract.address, claims);
  };

  return {
    parts: getters.map(contractOf),
    verdicts,
    steps: async (claims, part) => (await verdicts(claims, part)).map(({ post }) => post),
    close: () => simulator.close(),
  };
}

/** How many claims go into one call. */
function fitting(claims: readonly Claim[], from: number): number {
  let [count, bytes] = [0, 0];
  while (count < MOST_CLAIMS && bytes < MOST_BYTES && from + count < claims.length) {
    bytes += claims[from + count]?.witness.length ?? 0;
    count++;
  }
  return count;
}

/** Deploys a contract, and first those whose addresses its constructor takes: a parameter is named after its contract. */
async function deploy(simulator: Simulator, name: string, deployed: Map<string, Simulated>): Promise<Simulated> {
  const { abi, bytecode } = artifacts(name);
  const inputs = abi.find((item) => item.type === "constructor")?.inputs ?? [];
  const args: unknown[] = [];
  for (const input of inputs) args.push(await argument(simulator, input, deployed));
  const contract = await simulator.deploy({ abi, creation: hexToBytes(bytecode), size: 0 }, ...args);
  deployed.set(name, contract);
  return contract;
}

async function argument(simulator: Simulator, input: AbiParameter, deployed: Map<string, Simulated>): Promise<unknown> {
  if (!("components" in input)) return (await deploy(simulator, contractOf(input.name ?? ""), deployed)).address;
  const members: Record<string, unknown> = {};
  for (const member of input.components) members[member.name ?? ""] = await argument(simulator, member, deployed);
  return members;
}

/** `hashes_` and `hashes` are addresses of a `Hashes`. */
const contractOf = (parameter: string): string =>
  parameter.charAt(0).toUpperCase() + parameter.slice(1).replace(/_$/, "");
