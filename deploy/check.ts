import { existsSync } from "node:fs";
import { InternalError } from "@elench/errors/internal-error";
import { UserError } from "@elench/errors/user-error";
import { type Address, bytesToHex, getAddress, type Hex, hexToBytes, isAddressEqual, type PublicClient } from "viem";
import { type Artifact, immutableNames, readArtifact, readBuildInfo } from "./artifacts.ts";
import { masked, splitCode, valueAt } from "./bytecode.ts";
import { type Deployment, readDeployment } from "./deployment.ts";
import { type Expectation, expectedOf, type Intended, timelocksOf } from "./expected.ts";
import type { Finding } from "./finding.ts";
import { type ChainBeginning, defaultParameters, type InputFiles, readChain } from "./inputs.ts";
import { configOf, type Hre, openEndpoint } from "./network.ts";
import { readParameters } from "./parameters.ts";
import { type At, holderFindings, machineFindings, timelockFindings, unlessRefused } from "./powers.ts";
import { explainReading } from "./refusals.ts";

/** Options of a check. The default genesis file is the one in the record. */
export interface CheckOptions extends InputFiles {
  /** File with the deployment record. */
  readonly record: string;
}

export interface CheckReport {
  readonly ok: boolean;
  readonly chainId: number;
  readonly findings: readonly Finding[];
}

/**
 * Compares a deployment with a build of this checkout, a parameters file and a genesis file. Roles and parameters are read from the runtime code, into which the
 * compiler writes immutable variables, because a malicious contract's getters could return anything. Roles and machines that contracts keep in storage are read
 * after their code was found right.
 * @throws UserError
 */
export async function check(options: CheckOptions): Promise<CheckReport> {
  const { network } = options;
  if (!existsSync(options.record))
    throw new UserError(
      `--check: there is no file ${options.record}; elench deploy writes the record after all contracts are deployed`,
    );
  const { hre } = await configOf(network);
  const parameters = readParameters(options.parameters ?? (await defaultParameters(network)));
  try {
    const { client, chainId } = await openEndpoint(network);
    const record = readDeployment(chainId, options.record);
    const chain = await genesisOf(record, options.genesis);
    const intended = { record, parameters, chain };
    const checker = new Checker(hre, client, expectedOf(intended));
    for (const [contract, address] of topContracts(record)) await checker.contract(contract, address);
    await checker.powers(intended);
    await checker.startBlock(record);
    return { ok: checker.findings.every(({ ok }) => ok), chainId, findings: checker.findings };
  } catch (error) {
    throw explainReading(error, network);
  }
}

/** @throws UserError if the genesis file is missing or invalid */
async function genesisOf({ rollup }: Deployment, given: string | undefined): Promise<ChainBeginning | undefined> {
  if (!rollup) {
    if (given !== undefined) throw new UserError("--genesis: the record has no L2 chain");
    return undefined;
  }
  const file = given ?? rollup.genesis;
  if (!existsSync(file))
    throw new UserError(`the genesis file ${file}, which the record names, is missing: give it with --genesis FILE`);
  return readChain(file);
}

/** The contracts in a record. */
const topContracts = (record: Deployment) => {
  const { guardian, guardianTimelock, rollup } = record;
  return [
    ["TensorVerifier", record.tensorVerifier],
    ["ModelRegistry", record.modelRegistry],
    ["DisputeGame", record.disputeGame],
    ["InferenceOracle", record.inferenceOracle],
    ...(guardian ? ([["Guardian", guardian]] as const) : []),
    ...(guardianTimelock ? ([["TimelockController", guardianTimelock]] as const) : []),
    ...(rollup
      ? ([
          ["EvmVerifier", rollup.evmVerifier],
          ["SpanVerifier", rollup.spanVerifier],
          ["Inbox", rollup.inbox],
          ["Outputs", rollup.outputs],
          ["TimelockController", rollup.timelock],
        ] as const)
      : []),
  ] as const;
};

class Checker {
  readonly findings: Finding[] = [];
  readonly #hre: Hre;
  readonly #client: PublicClient;
  readonly #expected: ReturnType<typeof expectedOf>;
  readonly #seen = new Set<string>();
  readonly #names = new Map<string, ReadonlyMap<string, string>>();

  constructor(hre: Hre, client: PublicClient, expected: ReturnType<typeof expectedOf>) {
    this.#hre = hre;
    this.#client = client;
    this.#expected = expected;
  }

  /** Checks a contract, and the contracts that belong to it. */
  async contract(contract: string, address: Address): Promise<void> {
    if (this.#seen.has(`${contract} ${address}`)) return;
    this.#seen.add(`${contract} ${address}`);
    const artifact = await readArtifact(this.#hre, contract);
    const code = hexToBytes((await this.#client.getCode({ address })) ?? "0x");
    const { ok, says } = compareCode(artifact, code);
    this.findings.push({ ok, kind: "code", contract, address, what: "code", says });
    // If the code differs, the positions of its immutable variables are unknown.
    if (!ok) return;
    const names = await this.#immutableNames(artifact.buildInfoId);
    const expected = this.#expected[contract] ?? {};
    for (const [id, ranges] of Object.entries(artifact.immutableReferences ?? {})) {
      const name = names.get(id) ?? id;
      const expectation = expected[name];
      // INVARIANT: every immutable variable is checked: a new one must be named in expected.ts.
      if (!expectation) throw new InternalError(`deploy/expected.ts does not say what ${contract}.${name} must hold`);
      const value = valueAt(code, ranges);
      if (expectation.kind === "part") await this.#part(contract, address, name, expectation.contract, value);
      else this.findings.push({ contract, address, what: name, ...compareValue(expectation, value) });
    }
  }

  async #part(contract: string, address: Address, what: string, part: string, value: Uint8Array | undefined) {
    if (value) return this.contract(part, getAddress(bytesToHex(value.subarray(12))));
    this.findings.push({ ok: false, kind: "link", contract, address, what, says: SEVERAL });
  }

  /** Checks who can change the deployment, where a contract keeps that in its storage. Of a contract whose code differs, nothing more is believed. */
  async powers(intended: Intended): Promise<void> {
    const { record, parameters } = intended;
    const { block, guardian, rollup } = record;
    const at: At = { client: this.#client, blockNumber: await this.#client.getBlockNumber() };
    for (const timelock of timelocksOf(intended))
      if (this.#isGenuine(timelock.address))
        this.findings.push(...(await timelockFindings(at, timelock, BigInt(block))));
    if (guardian && this.#isGenuine(guardian))
      this.findings.push(...(await holderFindings(at, guardian, parameters.guardian)));
    if (!guardian && parameters.appointer !== undefined) {
      const says = "the parameters name an appointer, but the record has no Guardian contract";
      const of = { kind: "record", contract: "DisputeGame", address: record.disputeGame, what: "guardian" } as const;
      this.findings.push({ ...of, ok: false, says });
    }
    if (rollup && this.#isGenuine(rollup.outputs)) this.findings.push(...(await machineFindings(at, rollup)));
  }

  #isGenuine(address: Address): boolean {
    const code = this.findings.filter((finding) => finding.kind === "code" && isAddressEqual(finding.address, address));
    return code.every(({ ok }) => ok);
  }

  /** Events are read from the record's block on, so no contract may exist before it. */
  async startBlock(record: Deployment): Promise<void> {
    const { block, disputeGame: address } = record;
    const finding = { kind: "record", contract: "DisputeGame", address, what: "block" } as const;
    if (block === 0) return void this.findings.push({ ...finding, ok: true, says: "0: all events are read" });
    const found = await unlessRefused(
      `the state of block ${block - 1}, which an archive node has`,
      finding,
      async () => {
        const code = await this.#client.getCode({ address, blockNumber: BigInt(block) - 1n });
        const says = code
          ? `${block}, but the contract existed at block ${block - 1}: games opened earlier would be missed`
          : `${block}: the contract did not exist before`;
        return [{ ...finding, ok: !code, says }];
      },
    );
    this.findings.push(...found);
  }

  async #immutableNames(buildInfoId: string): Promise<ReadonlyMap<string, string>> {
    const known = this.#names.get(buildInfoId) ?? immutableNames(await readBuildInfo(this.#hre, buildInfoId));
    this.#names.set(buildInfoId, known);
    return known;
  }
}

/** Compares instructions and metadata. Metadata differ if comments, file names or unused sources differ; execution does not. */
function compareCode(
  { deployedBytecode, immutableReferences = {} }: Artifact,
  code: Uint8Array,
): Pick<Finding, "ok" | "says"> {
  if (code.length === 0) return { ok: false, says: "no contract at this address" };
  const ranges = Object.values(immutableReferences).flat();
  const [there, here] = [splitCode(code), splitCode(hexToBytes(deployedBytecode))];
  const [run, built] = [there, here].map(({ instructions }) => Buffer.from(masked(instructions, ranges))) as [
    Buffer,
    Buffer,
  ];
  if (run.length !== built.length)
    return { ok: false, says: `${run.length} bytes, but this build has ${built.length}: another contract or version` };
  const first = run.findIndex((byte, i) => byte !== built[i]);
  if (first !== -1) return { ok: false, says: `differs from this build, first at byte ${first}` };
  const same = `the same ${built.length} bytes as this build`;
  if (Buffer.from(there.metadata).equals(here.metadata)) return { ok: true, says: `${same}, and the same metadata` };
  const how =
    there.metadata.length === 0 ? "without metadata" : "with other metadata: the sources differ in comments or names";
  return { ok: true, says: `${same}, ${how}` };
}

const SEVERAL = "the code holds different values of it at different places";

function compareValue(
  { kind, value: expected }: Exclude<Expectation, { kind: "part" }>,
  value: Uint8Array | undefined,
): Pick<Finding, "ok" | "kind" | "says"> {
  if (value === undefined) return { ok: false, kind, says: SEVERAL };
  const found = bytesToHex(value);
  const ok = found === expected;
  return { ok, kind, says: ok ? shown(found, kind) : `${shown(found, kind)}, but should be ${shown(expected, kind)}` };
}

/** A word for display: an address, a number, or a hash. */
function shown(word: Hex, kind: Finding["kind"]): string {
  if (kind === "role" || kind === "link") return getAddress(`0x${word.slice(26)}`);
  return BigInt(word) < 2n ** 200n ? BigInt(word).toString() : word;
}
