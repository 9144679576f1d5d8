/** Calls contracts in this process: a chain of Hardhat's that nobody sends transactions to. */
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { type Abi, type ContractFunctionArgs, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";

export interface Simulator {
  /** Puts runtime bytecode at an address of its own. */
  install(bytecode: Hex): Promise<Hex>;
  /** @throws Error from the chain if the call reverts, with the names of errors that `abi` knows */
  call(to: Hex, abi: Abi, functionName: string, args: ContractFunctionArgs): Promise<unknown>;
  close(): Promise<void>;
}

export async function startSimulator(): Promise<Simulator> {
  const environment = await createHardhatRuntimeEnvironment({
    networks: {
      simulator: { type: "edr-simulated", chainType: "l1", hardfork: "osaka", allowUnlimitedContractSize: true },
    },
  });
  const { provider, close } = await environment.network.connect({ network: "simulator" });
  let installed = 0xc0de0000;
  return {
    close,
    async install(bytecode) {
      const address: Hex = `0x${(installed++).toString(16).padStart(40, "0")}`;
      await provider.request({ method: "hardhat_setCode", params: [address, bytecode] });
      return address;
    },
    async call(to, abi, functionName, args) {
      const data = encodeFunctionData({ abi, functionName, args });
      const output = (await provider.request({ method: "eth_call", params: [{ to, data }, "latest"] })) as Hex;
      return decodeFunctionResult({ abi, functionName, data: output });
    },
  };
}
