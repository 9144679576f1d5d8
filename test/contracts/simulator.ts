/** Hardhat's EVM in this process, under L1's rules: ten times as fast as `evm.ts`, and it does not tell the gas of a call. */
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { bytesToHex, concatHex, decodeFunctionResult, encodeAbiParameters, encodeFunctionData, type Hex } from "viem";
import type { Contract } from "./build.ts";
import { reverted } from "./evm.ts";

export interface Simulated {
  readonly address: Hex;
  /** @throws Reverted */
  call(functionName: string, ...args: readonly unknown[]): Promise<unknown>;
}

export interface Simulator {
  deploy(contract: Contract, ...args: readonly unknown[]): Promise<Simulated>;
  close(): Promise<void>;
}

export async function startSimulator(): Promise<Simulator> {
  const environment = await createHardhatRuntimeEnvironment({
    networks: { simulator: { type: "edr-simulated", chainType: "l1", hardfork: "osaka" } },
  });
  const { provider, close } = await environment.network.connect({ network: "simulator" });
  const request = async <T>(method: string, ...params: unknown[]): Promise<T> =>
    (await provider.request({ method, params })) as T;
  const [from] = await request<Hex[]>("eth_accounts");
  return {
    close,
    async deploy({ abi, creation }, ...args) {
      const inputs = abi.find((item) => item.type === "constructor")?.inputs ?? [];
      const data = concatHex([bytesToHex(creation), encodeAbiParameters(inputs, args)]);
      const hash = await request<Hex>("eth_sendTransaction", { from, data });
      const { contractAddress: to } = await request<{ contractAddress: Hex }>("eth_getTransactionReceipt", hash);
      return {
        address: to,
        async call(functionName, ...callArgs) {
          const callData = encodeFunctionData({ abi, functionName, args: callArgs });
          try {
            const output = await request<Hex>("eth_call", { from, to, data: callData }, "latest");
            return decodeFunctionResult({ abi, functionName, data: output });
          } catch (error) {
            const { data: revertData, message } = error as Error & { data?: Hex };
            if (revertData === undefined) throw error;
            throw reverted(abi, revertData, message);
          }
        },
      };
    },
  };
}
