import { EVM_PARTS } from "@elench/spec/evm/parts";
import { type Address, getAddress, type Hex, pad, toHex } from "viem";
import { longest, retention } from "./clocks.ts";
import type { Deployment } from "./deployment.ts";
import { type ChainBeginning, rollupParameters } from "./inputs.ts";
import type { DeployParameters } from "./parameters.ts";
import type { ExpectedTimelock } from "./powers.ts";

/** The expected value of an immutable variable, and its kind. */
export type Expectation =
  | { readonly kind: "role" | "parameter" | "genesis" | "link"; readonly value: Hex }
  /** The address of a contract that belongs to this one, and is checked too. */
  | { readonly kind: "part"; readonly contract: string };

export interface Intended {
  readonly record: Deployment;
  readonly parameters: DeployParameters;
  /** Values of the genesis file; undefined if the record has no L2 chain, or if the file cannot be read. */
  readonly chain: ChainBeginning | undefined;
}

/** A contract's immutable variables, by name. */
type Variables = Readonly<Record<string, Expectation>>;

/**
 * The expected immutable variables of a deployment's contracts. No contract has an owner, a proxy or a setter; what changes is
 * behind the timelocks (`timelocksOf`).
 */
export function expectedOf({ record, parameters, chain }: Intended): Readonly<Record<string, Variables>> {
  const { disputeGame, tensorVerifier, modelRegistry, rollup } = record;
  const guardian = guardianOf(record, parameters);
  return {
    ...(record.guardianTimelock && { Guardian: { appointer: link(record.guardianTimelock) } }),
    TensorVerifier: { fetchStep: part("FetchStep"), float64Ops: part("Float64Ops") },
    ModelRegistry: { validator: part("ProgramValidator") },
    DisputeGame: {
      MAX_CLOCK: parameter(parameters.maxClock),
      EXTENSION: parameter(parameters.extension),
      LONG_EXTENSION: parameter(parameters.longExtension),
      BOND: parameter(parameters.bond),
      PREPAYMENT: parameter(parameters.prepayment),
      WITHDRAWAL_DELAY: parameter(parameters.withdrawalDelay),
      GUARDIAN: guardian,
      LONGEST: parameter(longest(parameters)),
      RETENTION: parameter(retention(parameters)),
    },
    InferenceOracle: {
      game: link(disputeGame),
      guardian,
      LONGEST: parameter(longest(parameters)),
      MACHINE: link(tensorVerifier),
      REGISTRY: link(modelRegistry),
      DELIVERY_DELAY: parameter(parameters.deliveryDelay),
      REVEAL: parameter(parameters.reveal),
      DEPOSIT: parameter(parameters.deposit),
      SPEED: parameter(parameters.speed),
      MIN_PRICE: parameter(parameters.minPrice),
      SCALE: parameter(parameters.scale),
    },
    ...(rollup && {
      EvmVerifier: Object.fromEntries(EVM_PARTS.map((name) => [name, part(capitalised(name))])),
      BulkSteps: { hashes: part("Hashes") },
      PrecompileSteps: { hashes: part("Hashes") },
      InferenceSteps: { tensorVerifier: link(tensorVerifier) },
    }),
    ...(rollup && chain && chainVariables(record, rollup, parameters, chain)),
  };
}

/** The timelocks, each with its only proposer. */
export function timelocksOf({ record: { guardianTimelock, rollup }, parameters, chain }: Intended): ExpectedTimelock[] {
  const { appointer, upgradeDelay: delay } = parameters;
  return [
    ...(guardianTimelock && appointer ? [{ address: guardianTimelock, proposer: getAddress(appointer), delay }] : []),
    ...(rollup && chain
      ? [{ address: rollup.timelock, proposer: getAddress(rollupParameters(parameters, chain).upgrader), delay }]
      : []),
  ];
}

/** The account that the parameters name, or the contract that it calls through. */
const guardianOf = ({ guardian }: Deployment, parameters: DeployParameters): Expectation =>
  guardian && parameters.appointer ? link(guardian) : role(parameters.guardian);

function chainVariables(
  record: Deployment,
  { evmVerifier, inbox, timelock }: NonNullable<Deployment["rollup"]>,
  parameters: DeployParameters,
  chain: ChainBeginning,
): Readonly<Record<string, Variables>> {
  const { sequencer, finalityDelay } = rollupParameters(parameters, chain);
  return {
    SpanVerifier: { chainId: genesis(chain.chainId), evmVerifier: link(evmVerifier) },
    Inbox: { sequencer: role(sequencer), config: { kind: "genesis", value: chain.config } },
    Outputs: {
      game: link(record.disputeGame),
      inbox: link(inbox),
      guardian: guardianOf(record, parameters),
      LONGEST: parameter(longest(parameters)),
      KEPT: parameter(longest(parameters) + retention(parameters)),
      upgrader: link(timelock),
      finalityDelay: parameter(finalityDelay),
      chainId: genesis(chain.chainId),
      genesisOutput: { kind: "genesis", value: chain.genesisOutput },
    },
  };
}

const word = (value: bigint): Hex => toHex(value, { size: 32 });
const role = (account: Address): Expectation => ({ kind: "role", value: addressWord(account) });
const link = (address: Address): Expectation => ({ kind: "link", value: addressWord(address) });
const parameter = (value: number | string): Expectation => ({ kind: "parameter", value: word(BigInt(value)) });
const genesis = (value: bigint): Expectation => ({ kind: "genesis", value: word(value) });
const part = (contract: string): Expectation => ({ kind: "part", contract });
const addressWord = (address: Address): Hex => pad(address.toLowerCase() as Hex, { size: 32 });
const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
