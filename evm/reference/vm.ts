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

/** The native executor of the AI EVM: @ethereumjs/vm under Cancun rules. It computes results and keeps no trace. */

export interface NativeVmOptions {
  readonly chainId: bigint;
  /** Hash of an earlier block; BLOCKHASH asks only for the last 256. */
  readonly blockHash: (number: bigint) => Uint8Array;
  /** Runs the models; if it is missing, the chain has no `inference` precompile. */
  readonly models?: Models;
  /** Whether precompile calls over the L1 limit fail (precompile-bounds.ts). False only for the official tests. Default: true. */
  readonly l1Bounds?: boolean;
  /** Default: a state without accounts. It must use the rules of `nativeCommon`. */
  readonly state?: NativeState;
}

export interface NativeVm {
  readonly vm: VM;
  readonly state: NativeState;
}

/** Every fork from the first block on. Else the library holds blocks 1,920,000 and 12,965,000 to what Ethereum's mainnet had there. */
const hardforks = Mainnet.hardforks.map(({ name }) => ({ name, block: 0 }));

/** The rules of a chain, with hashing and key recovery that are several times as fast as the library's. */
export const nativeCommon = (chainId: bigint): Common =>
  new Common({
    chain: { ...Mainnet, chainId: Number(chainId), hardforks },
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
  // Not createEVM, because it replaces the given curve by the library's own.
  const evm = new EVM({ common, stateManager: state.manager, blockchain, customPrecompiles, bn254 });
  return { vm: await createVM({ common, stateManager: state.manager, evm }), state };
}

/** The only part of a blockchain that the VM uses. */
function hashesOnly(blockHash: (number: bigint) => Uint8Array): EVMMockBlockchainInterface {
  const blockchain: EVMMockBlockchainInterface = {
    getBlock: async (number) => ({ hash: () => blockHash(BigInt(number)) }),
    putBlock: async () => {},
    shallowCopy: () => blockchain,
  };
  return blockchain;
}
