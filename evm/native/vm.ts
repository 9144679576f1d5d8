import { keccak256 } from "@elench/merkle/tree";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { type CustomPrecompile, EVM, type EVMMockBlockchainInterface } from "@ethereumjs/evm";
import { createVM, type VM } from "@ethereumjs/vm";
import { blake2Precompile } from "../crypto/blake2.ts";
import { bn254 } from "../crypto/bn254.ts";
import { ecrecover } from "../crypto/ecrecover.ts";
import { modexpPrecompile } from "../crypto/modexp.ts";
import { pointEvaluationPrecompile } from "../crypto/point-evaluation.ts";
import { boundedPrecompiles } from "../crypto/precompile-bounds.ts";
import type { Models } from "../inference/models.ts";
import { inferencePrecompile } from "./inference.ts";
import { createState, type NativeState } from "./state.ts";

/** The native executor of the AI EVM: @ethereumjs/vm under Cancun rules. It computes results, and traces nothing. */

export interface NativeVmOptions {
  readonly chainId: bigint;
  /** Hash of an earlier block, asked for by BLOCKHASH for the last 256 only. */
  readonly blockHash: (number: bigint) => Uint8Array;
  /** What runs the models; without it the chain has no `inference` precompile. */
  readonly models?: Models;
  /** Whether calls of precompiles that are too dear for L1 fail (precompile-bounds.ts). Only the official tests want it off. Default: true. */
  readonly l1Bounds?: boolean;
  /** Default: a state of no accounts. It must be of the rules that `nativeCommon` gives. */
  readonly state?: NativeState;
}

export interface NativeVm {
  readonly vm: VM;
  readonly state: NativeState;
}

/** The rules of a chain, with hashing and key recovery that are many times as fast as the library's. */
export const nativeCommon = (chainId: bigint): Common =>
  new Common({
    chain: { ...Mainnet, chainId: Number(chainId) },
    hardfork: Hardfork.Cancun,
    customCrypto: { keccak256, ecrecover },
  });

export async function createNativeVm(options: NativeVmOptions): Promise<NativeVm> {
  const { chainId, blockHash, models, l1Bounds = true } = options;
  const common = nativeCommon(chainId);
  const state = options.state ?? createState(common);
  const blockchain = hashesOnly(blockHash);
  const customPrecompiles: CustomPrecompile[] = [
    modexpPrecompile,
    blake2Precompile,
    pointEvaluationPrecompile,
    ...(models ? [inferencePrecompile(models)] : []),
    ...(l1Bounds ? boundedPrecompiles(common) : []),
  ];
  // Not createEVM, which puts the library's own curve in place of the one that it is given.
  const evm = new EVM({ common, stateManager: state.manager, blockchain, customPrecompiles, bn254 });
  return { vm: await createVM({ common, stateManager: state.manager, evm }), state };
}

/** All that the machine wants to know of the chain's history. */
function hashesOnly(blockHash: (number: bigint) => Uint8Array): EVMMockBlockchainInterface {
  const blockchain: EVMMockBlockchainInterface = {
    getBlock: async (number) => ({ hash: () => blockHash(BigInt(number)) }),
    putBlock: async () => {},
    shallowCopy: () => blockchain,
  };
  return blockchain;
}
