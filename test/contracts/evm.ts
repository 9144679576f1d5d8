/** An EVM in this process, under L1's rules: calls in thousands, and their gas to the unit. */
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { type CustomPrecompile, createEVM } from "@ethereumjs/evm";
import { type Address, bytesToHex, createAddressFromString, hexToBytes } from "@ethereumjs/util";
import {
  type Abi,
  decodeErrorResult,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
} from "viem";
import type { Contract } from "./build.ts";

/** A call that did not revert. */
export interface Returned {
  /** What the function returns, decoded. */
  readonly value: unknown;
  /** Gas of the execution: without the transaction's 21,000 and its calldata. */
  readonly gas: number;
  readonly data: Uint8Array;
}

/** A call that reverted. */
export class Reverted extends Error {
  override readonly name = "Reverted";
  readonly error: string;
  readonly args: readonly unknown[];

  constructor(error: string, args: readonly unknown[]) {
    super(`${error}(${args.join(", ")})`);
    this.error = error;
    this.args = args;
  }
}

export interface Deployed {
  readonly address: Hex;
  /** @throws Reverted */
  call(functionName: string, ...args: readonly unknown[]): Promise<Returned>;
  /** A call with so much gas. @throws Reverted */
  callWithin(gasLimit: bigint, functionName: string, ...args: readonly unknown[]): Promise<Returned>;
}

export interface Evm {
  deploy(contract: Contract, ...args: readonly unknown[]): Promise<Deployed>;
}

const CALLER = createAddressFromString(`0x${"11".repeat(20)}`);
const GAS_LIMIT = 1n << 40n;

/** @param customPrecompiles instead of L1's own; one without a function takes L1's away. */
export async function startEvm(customPrecompiles: CustomPrecompile[] = []): Promise<Evm> {
  const evm = await createEVM({
    common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }),
    customPrecompiles,
  });

  /** As a transaction of its own: nothing is warm but the contract. */
  const run = async (to: Address | undefined, data: Uint8Array, abi: Abi, gasLimit = GAS_LIMIT) => {
    await evm.journal.cleanup();
    if (to) evm.journal.addAlwaysWarmAddress(to.toString().slice(2));
    const result = await evm.runCall({
      ...(to && { to }),
      caller: CALLER,
      data,
      gasLimit,
      skipBalance: true,
    });
    const { exceptionError, returnValue, executionGasUsed } = result.execResult;
    if (exceptionError) throw reverted(abi, bytesToHex(returnValue), exceptionError.error);
    return { output: returnValue, gas: Number(executionGasUsed), created: result.createdAddress };
  };

  return {
    async deploy({ abi, creation }, ...args) {
      const inputs = abi.find((item) => item.type === "constructor")?.inputs ?? [];
      const data = new Uint8Array([...creation, ...hexToBytes(encodeAbiParameters(inputs, args))]);
      const { created } = await run(undefined, data, abi);
      const callWithin: Deployed["callWithin"] = async (gasLimit, functionName, ...callArgs) => {
        const callData = hexToBytes(encodeFunctionData({ abi, functionName, args: callArgs }));
        const { output, gas } = await run(created, callData, abi, gasLimit);
        return { value: decodeFunctionResult({ abi, functionName, data: bytesToHex(output) }), gas, data: callData };
      };
      return {
        address: created!.toString(),
        call: (functionName, ...callArgs) => callWithin(GAS_LIMIT, functionName, ...callArgs),
        callWithin,
      };
    },
  };
}

/** @param otherwise what to call it if the contract said nothing. */
export function reverted(abi: Abi, data: Hex, otherwise: string): Reverted {
  if (data === "0x") return new Reverted(otherwise, []);
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return new Reverted(errorName, args ?? []);
  } catch {
    // An error that only a contract behind this one declares.
    return new Reverted(data, []);
  }
}

/** Gas of a transaction with this calldata and execution: EIP-7623's floor, or the sum. */
export function transactionGas(data: Uint8Array, execution: number): number {
  const zeros = data.reduce((n, byte) => n + (byte === 0 ? 1 : 0), 0);
  const others = data.length - zeros;
  return 21_000 + Math.max(4 * zeros + 16 * others + execution, 10 * zeros + 40 * others);
}
