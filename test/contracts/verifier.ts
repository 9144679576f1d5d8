/** The tensor verifier for tests. */

import { hashOf, type State, type TensorMachine } from "@elench/tensor/stepper/state";
import { witnessOf } from "@elench/tensor/stepper/witness";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { build } from "./build.ts";
import { Reverted } from "./evm.ts";
import { startSimulator } from "./simulator.ts";

export const tensorContracts = () =>
  build(["contracts/tensor/TensorVerifier.sol", "contracts/tensor/scalar/Float64Ops.sol"]);

export interface Verifier {
  /** Hash of the state after the one whose hash is `pre`; null if the witness is refused. */
  step(pre: Uint8Array, witness: Uint8Array): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** The verifier in a simulator, for steps in thousands. */
export async function startVerifier(): Promise<Verifier> {
  const contracts = tensorContracts();
  const simulator = await startSimulator();
  const deploy = (name: string, ...args: readonly unknown[]) => simulator.deploy(contracts.get(name)!, ...args);
  const [fetchStep, float64Ops] = [await deploy("FetchStep"), await deploy("Float64Ops")];
  const verifier = await deploy("TensorVerifier", fetchStep.address, float64Ops.address);
  return {
    async step(pre, witness) {
      try {
        return hexToBytes((await verifier.call("step", bytesToHex(pre), bytesToHex(witness))) as Hex);
      } catch (error) {
        if (error instanceof Reverted) return null;
        throw error;
      }
    },
    close: () => simulator.close(),
  };
}

/** What opens a state: its hash and the witness of its step. */
export const opening = (machine: TensorMachine, state: State): { pre: Uint8Array; witness: Uint8Array } => ({
  pre: hashOf(machine, state),
  witness: witnessOf(machine, state),
});
