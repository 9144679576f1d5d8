import { disputeGameAbi, disputeGameErrors } from "@elench/contracts/abi/dispute-game";
import { evmVerifierAbi, evmVerifierErrors } from "@elench/contracts/abi/evm-verifier";
import { inboxAbi, inboxErrors } from "@elench/contracts/abi/inbox";
import { inferenceOracleAbi, inferenceOracleErrors } from "@elench/contracts/abi/inference-oracle";
import { modelRegistryAbi, modelRegistryErrors } from "@elench/contracts/abi/model-registry";
import { outputsAbi, outputsErrors } from "@elench/contracts/abi/outputs";
import { spanVerifierAbi, spanVerifierErrors } from "@elench/contracts/abi/span-verifier";
import { tensorVerifierAbi, tensorVerifierErrors } from "@elench/contracts/abi/tensor-verifier";
import { ElenchError } from "@elench/errors/elench-error";
import { type Abi, type AbiParameter, type ContractErrorName, decodeErrorResult, type Hex, isHex } from "viem";

/** The L1 contracts by name, in the order in which an error is looked up: their ABIs, and a sentence for each error. */
const CONTRACTS = {
  DisputeGame: [disputeGameAbi, disputeGameErrors],
  InferenceOracle: [inferenceOracleAbi, inferenceOracleErrors],
  Outputs: [outputsAbi, outputsErrors],
  Inbox: [inboxAbi, inboxErrors],
  ModelRegistry: [modelRegistryAbi, modelRegistryErrors],
  TensorVerifier: [tensorVerifierAbi, tensorVerifierErrors],
  EvmVerifier: [evmVerifierAbi, evmVerifierErrors],
  SpanVerifier: [spanVerifierAbi, spanVerifierErrors],
} as const satisfies Readonly<Record<string, readonly [Abi, Readonly<Record<string, string>>]>>;

export type ContractName = keyof typeof CONTRACTS;

/** The custom errors of each contract. */
export type ContractError = ContractErrorName<(typeof CONTRACTS)[ContractName][0]>;

/** One of Elench's contracts reverted a call with a custom error. */
export class ContractRefusal extends ElenchError {
  override readonly name = "ContractRefusal";
  override readonly kind = "refused";
  /** The contracts that declare this error: several if one contract passes on another's error, or if both declare the same. */
  readonly contracts: readonly ContractName[];
  readonly errorName: ContractError;
  /** The error's arguments, by their names. */
  readonly args: Readonly<Record<string, unknown>>;

  constructor({ contracts, errorName, args }: Decoded, cause: unknown) {
    const [, meanings] = CONTRACTS[contracts[0]];
    const meaning: string = (meanings as Readonly<Record<string, string>>)[errorName] ?? "";
    // A sentence names an argument as `deadline`; its value replaces the name.
    const sentence = meaning.replace(/\.$/, "").replace(/`(\w+)`/g, (_, name: string) => String(args[name] ?? name));
    const given = Object.entries(args).map(([name, value]) => `${name} ${value}`);
    super(`${sentence} (${errorName}${given.length > 0 ? `: ${given.join(", ")}` : ""})`, { cause });
    this.contracts = contracts;
    this.errorName = errorName;
    this.args = args;
  }
}

interface Decoded {
  readonly contracts: readonly [ContractName, ...ContractName[]];
  readonly errorName: ContractError;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The custom error of an Elench contract that a call reverted with; undefined for any other failure. */
export function contractRefusal(error: unknown): ContractRefusal | undefined {
  for (const data of revertData(error)) {
    const decoded = decode(data);
    if (decoded) return new ContractRefusal(decoded, error);
  }
  return undefined;
}

/** The revert data in an error and its causes: nodes give it as a string or in an object. */
function* revertData(error: unknown): Generator<Hex> {
  type Bearer = { readonly data?: unknown; readonly raw?: unknown; readonly cause?: unknown };
  for (let at = error as Bearer | undefined; typeof at === "object" && at !== null; at = at.cause as Bearer | undefined)
    for (const given of [at.raw, at.data, (at.data as Bearer | undefined)?.data]) if (isHex(given)) yield given;
}

function decode(data: Hex): Decoded | undefined {
  const found = Object.entries(CONTRACTS).flatMap(([name, [abi]]) => {
    const error = decodeIn(abi, data);
    return error ? [{ name: name as ContractName, ...error }] : [];
  });
  const [first, ...others] = found;
  if (!first) return undefined;
  return { contracts: [first.name, ...others.map(({ name }) => name)], errorName: first.errorName, args: first.args };
}

function decodeIn(abi: Abi, data: Hex): Pick<Decoded, "errorName" | "args"> | undefined {
  try {
    const { abiItem, errorName, args = [] } = decodeErrorResult({ abi, data });
    // viem also decodes Error(string) and Panic(uint256).
    if (!abi.includes(abiItem as Abi[number])) return undefined;
    const inputs = (abiItem as { inputs: readonly AbiParameter[] }).inputs;
    const named = inputs.map(({ name = "" }, i) => [name, (args as readonly unknown[])[i]] as const);
    return { errorName: errorName as ContractError, args: Object.fromEntries(named) };
  } catch {
    // This contract does not declare the error.
    return undefined;
  }
}
