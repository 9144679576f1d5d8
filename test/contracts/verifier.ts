/** The tensor verifier for tests: in Hardhat's EVM, for steps in thousands. */
import { type Abi, bytesToHex, type Hex, hexToBytes } from "viem";
import { hashOf, type Machine, type State } from "../../ml-vm/stepper/state.ts";
import { witnessOf } from "../../ml-vm/stepper/witness.ts";
import { build } from "./build.ts";
import { startEvm } from "./evm.ts";
import { startSimulator } from "./simulator.ts";

export const tensorContracts = () =>
  build(["contracts/tensor/TensorVerifier.sol", "contracts/tensor/scalar/Float64Ops.sol"]);

export interface Verifier {
  /** Hash of the state after the one whose hash is `pre`; null if the witness is refused. */
  step(pre: Uint8Array, witness: Uint8Array): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

export async function startVerifier(): Promise<Verifier> {
  const contracts = tensorContracts();
  const simulator = await startSimulator();
  const evm = await startEvm();
  const install = async (name: string, ...args: readonly unknown[]): Promise<Hex> =>
    simulator.install((await evm.deploy(contracts.get(name)!, ...args)).code);
  const parts = [await install("FetchStep"), await install("Float64Ops")];
  const verifier = await install("TensorVerifier", ...parts);
  const abi: Abi = contracts.get("TensorVerifier")!.abi;
  return {
    async step(pre, witness) {
      try {
        return hexToBytes((await simulator.call(verifier, abi, "step", [bytesToHex(pre), bytesToHex(witness)])) as Hex);
      } catch (error) {
        if (!/revert/i.test((error as Error).message)) throw error;
        return null;
      }
    },
    close: () => simulator.close(),
  };
}

/** What opens a state: its hash and the witness of its step. */
export const opening = (machine: Machine, state: State): { pre: Uint8Array; witness: Uint8Array } => ({
  pre: hashOf(machine, state),
  witness: witnessOf(machine, state),
});
