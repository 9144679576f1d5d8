import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { concat } from "@elench/bytes/concat";
import { ElenchError } from "@elench/errors/elench-error";
import { InternalError } from "@elench/errors/internal-error";
import { pointEvaluationPrecompile } from "@elench/evm/crypto/point-evaluation";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { type Address, bytesToHex, createZeroAddress, hexToBytes } from "@ethereumjs/util";
import {
  type Abi,
  type AbiParameter,
  decodeErrorResult,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
} from "viem";

/** The Solidity verifier in this process, under L1's rules: it executes a step as the contract would, without a chain. */

/** The part of a compiled contract's artifact used here. */
export interface Artifact {
  readonly abi: Abi;
  /** Creation code. */
  readonly bytecode: Hex;
}

export interface Verdict {
  /** Hash of the next state. */
  readonly post: Hash;
  /** Gas of the execution: without the transaction's 21,000 and its calldata. */
  readonly gas: bigint;
}

/** The verifier refuses a witness: it does not open the state. */
export class WitnessRefused extends ElenchError {
  override readonly name = "WitnessRefused";
  override readonly kind = "negative";
}

/** A contract is not compiled. */
export class MissingArtifact extends ElenchError {
  override readonly name = "MissingArtifact";
  override readonly kind = "environment";
}

const GAS_LIMIT = 1n << 32n;

export class SolidityVerifier {
  readonly #evm: EVM;
  readonly #abi: Abi;
  readonly #address: Address;
  /** Identifies the build: keccak256 of the creation codes of its contracts, in deployment order. */
  readonly codeHash: Hash;

  private constructor(evm: EVM, { abi, address, codes }: Deployed) {
    this.#evm = evm;
    this.#abi = abi;
    this.#address = address;
    this.codeHash = keccak256(concat(...codes));
  }

  /**
   * Deploys a machine's verifier and its part contracts.
   * @param artifacts a contract by name; `hardhatArtifacts` reads them from a folder.
   */
  static async deploy(
    artifacts: (name: string) => Artifact,
    contract: "TensorVerifier" | "EvmVerifier" = "TensorVerifier",
  ): Promise<SolidityVerifier> {
    const evm = await createEVM({
      common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }),
      customPrecompiles: [pointEvaluationPrecompile],
    });
    return new SolidityVerifier(evm, await deploy(evm, contract, artifacts));
  }

  /**
   * Executes one step in the contract.
   * @throws WitnessRefused if the witness does not open the state.
   */
  verifyStep(pre: Hash, witness: Uint8Array): Promise<Verdict> {
    return this.#call("step", [bytesToHex(pre), bytesToHex(witness)]);
  }

  /**
   * The state after a step that delegates to another machine, given that machine's output root `answer`.
   * @throws WitnessRefused if the witness does not open the state, or the step does not delegate.
   */
  verifyAnswer(pre: Hash, witness: Uint8Array, answer: Hash): Promise<Verdict> {
    return this.#call("resume", [bytesToHex(pre), bytesToHex(witness), bytesToHex(answer)]);
  }

  async #call(functionName: string, args: readonly Hex[]): Promise<Verdict> {
    const data = hexToBytes(encodeFunctionData({ abi: this.#abi, functionName, args }));
    const { execResult } = await call(this.#evm, data, this.#address);
    const { exceptionError, returnValue, executionGasUsed } = execResult;
    if (exceptionError)
      throw new WitnessRefused(
        `the verifier refuses the witness: ${reason(this.#abi, returnValue, exceptionError.error)}`,
      );
    return { post: returnValue, gas: executionGasUsed };
  }
}

/** Runs as a separate transaction: only the contract is warm. */
async function call(evm: EVM, data: Uint8Array, to?: Address) {
  await evm.journal.cleanup();
  if (to) evm.journal.addAlwaysWarmAddress(to.toString().slice(2));
  return evm.runCall({ ...(to && { to }), caller: createZeroAddress(), data, gasLimit: GAS_LIMIT, skipBalance: true });
}

interface Deployed {
  readonly abi: Abi;
  readonly address: Address;
  /** Creation codes of its parts, and its own, last. */
  readonly codes: readonly Uint8Array[];
}

/** Deploys a contract, after the contracts whose addresses its constructor takes. A parameter is named after its contract. */
async function deploy(evm: EVM, name: string, artifacts: (name: string) => Artifact): Promise<Deployed> {
  const { abi, bytecode } = artifacts(name);
  const inputs = abi.find((item) => item.type === "constructor")?.inputs ?? [];
  const parts: unknown[] = [];
  const codes: Uint8Array[] = [];
  const part = async (contractName: string): Promise<string> => {
    const deployed = await deploy(evm, contractName, artifacts);
    codes.push(...deployed.codes);
    return deployed.address.toString();
  };
  for (const input of inputs) parts.push(await argument(input, part));
  const code = hexToBytes(bytecode);
  const data = concat(code, hexToBytes(encodeAbiParameters(inputs, parts)));
  const { createdAddress, execResult } = await call(evm, data);
  if (execResult.exceptionError || !createdAddress)
    throw new InternalError(`${name} cannot be deployed: ${execResult.exceptionError?.error}`);
  return { abi, address: createdAddress, codes: [...codes, code] };
}

/** An argument of the constructor; a struct has one part per member. @param part deploys a contract and returns its address. */
async function argument(input: AbiParameter, part: (contractName: string) => Promise<string>): Promise<unknown> {
  if (!("components" in input)) return part(contractOf(input.name ?? ""));
  const members: Record<string, unknown> = {};
  for (const member of input.components) members[member.name ?? ""] = await argument(member, part);
  return members;
}

/** `float64Ops_` takes the address of a `Float64Ops`. */
const contractOf = (parameter: string): string =>
  parameter.charAt(0).toUpperCase() + parameter.slice(1).replace(/_$/, "");

function reason(abi: Abi, data: Uint8Array, otherwise: string): string {
  if (data.length < 4) return otherwise;
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi, data: bytesToHex(data) });
    return `${errorName}(${args.join(", ")})`;
  } catch {
    // An error that only the verifier's part contracts declare.
    return bytesToHex(data);
  }
}

/**
 * Contracts as Hardhat compiled them.
 * @param folder `artifacts/contracts`.
 * @throws MissingArtifact if a contract is missing; it names the command that compiles it.
 */
export function hardhatArtifacts(folder: string): (name: string) => Artifact {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return (name) => {
    const file = files.find((path) => basename(path) === `${name}.json`);
    if (file === undefined)
      throw new MissingArtifact(`${folder} has no contract ${name}`, { remedy: "compile with npx hardhat build" });
    return JSON.parse(readFileSync(join(folder, file), "utf8")) as Artifact;
  };
}
