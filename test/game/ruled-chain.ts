import type { Hex } from "@elench/bytes/hex";
import { type Block, createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createLegacyTx } from "@ethereumjs/tx";
import {
  type Address,
  bytesToHex,
  createAccount,
  createAddressFromPrivateKey,
  createAddressFromString,
  hexToBytes,
} from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";
import { decodeFunctionResult, encodeDeployData, encodeFunctionData } from "viem";
import { type Chain, revertFrom } from "./chain.ts";

/** Rule sets of L1 that gas is measured under. Amsterdam is scheduled, not known to be live. */
export const RULES = { osaka: Hardfork.Osaka, amsterdam: Hardfork.Amsterdam } as const;
export type Rules = keyof typeof RULES;

const GAS_LIMIT = 1n << 24n; // EIP-7825
const GAS_PRICE = 7n;
/** Where EIP-7708 logs transfers of ether from. No contract's. */
const SYSTEM = "0xfffffffffffffffffffffffffffffffffffffffe";

/** A chain in this process under a chosen rule set. Like `startChain`, which knows only the present rules: a transaction a block, at the time that is asked for. */
export async function startRuledChain(rules: Rules): Promise<Chain> {
  const common = new Common({ chain: { ...Mainnet, chainId: 31337 }, hardfork: RULES[rules] });
  const vm = await createVM({ common });
  const keys = Array.from({ length: 20 }, (_, i) => hexToBytes(`0x${(i + 1).toString(16).padStart(64, "0")}`));
  const addresses = keys.map((key) => createAddressFromPrivateKey(key));
  for (const address of addresses)
    await vm.stateManager.putAccount(address, createAccount({ balance: 10n ** 24n, nonce: 1n }));
  const accounts = addresses.map((address) => address.toString() as Hex);

  let now = 1_800_000_000;
  let number = 1n;
  const block = (): Block =>
    createBlock(
      { header: { number, timestamp: BigInt(now), gasLimit: 400_000_000n, baseFeePerGas: GAS_PRICE } },
      { common },
    );
  const send = async (from: Hex, data: Hex, to: Address | undefined, value: bigint, gasLimit: bigint) => {
    const sender = accounts.indexOf(from.toLowerCase() as Hex);
    if (sender < 0) throw new Error(`${from} is none of the chain's accounts`);
    const { nonce } = (await vm.stateManager.getAccount(addresses[sender]!))!;
    const fields = { nonce, gasPrice: GAS_PRICE, gasLimit, data, value, ...(to && { to }) };
    const tx = createLegacyTx(fields, { common, allowUnlimitedInitCodeSize: true }).sign(keys[sender]!);
    number++;
    return runTx(vm, { tx, block: block(), skipBlockGasLimitValidation: true });
  };

  return {
    accounts,
    close: async () => {},
    async request<T>(method: string, params: unknown[]): Promise<T> {
      if (method === "eth_chainId") return "0x7a69" as T;
      if (method === "eth_blockNumber") return `0x${number.toString(16)}` as T;
      if (method === "eth_getBlockByNumber") return { timestamp: `0x${now.toString(16)}` } as T;
      if (method === "eth_getBalance") {
        const account = await vm.stateManager.getAccount(createAddressFromString(params[0] as string));
        return `0x${(account?.balance ?? 0n).toString(16)}` as T;
      }
      throw new Error(`a chain in this process does not know ${method}`);
    },
    async deploy({ abi, bytecode }, args) {
      const data = encodeDeployData({ abi, bytecode, args });
      // Amsterdam charges for code what a transaction may not spend today; there state gas is counted beside its limit.
      const gas = rules === "amsterdam" ? 8n * GAS_LIMIT : GAS_LIMIT;
      const { execResult, createdAddress } = await send(accounts[0]!, data, undefined, 0n, gas);
      if (execResult.exceptionError) throw new Error(`the deployment failed: ${execResult.exceptionError.error}`);
      return createdAddress!.toString() as Hex;
    },
    async transact({ from, to, abi, name, args, value = 0n, at }) {
      now = at;
      const data = encodeFunctionData({ abi, functionName: name, args });
      const { execResult, totalGasSpent } = await send(from, data, createAddressFromString(to), value, GAS_LIMIT);
      const { exceptionError, returnValue } = execResult;
      if (exceptionError) throw revertFrom(abi, name, { data: bytesToHex(returnValue), message: exceptionError.error });
      const logs = (execResult.logs ?? [])
        .filter(([address]) => bytesToHex(address) !== SYSTEM)
        .map(([, topics, bytes]) => ({
          topics: topics.map((topic) => bytesToHex(topic)) as [Hex, ...Hex[]],
          data: bytesToHex(bytes) as Hex,
        }));
      return { gasUsed: totalGasSpent, logs, contractAddress: "0x" };
    },
    async read<T>({ to, abi, name, args }: Parameters<Chain["read"]>[0]) {
      const data = hexToBytes(encodeFunctionData({ abi, functionName: name, args }));
      const call = {
        to: createAddressFromString(to),
        caller: addresses[0]!,
        data,
        block: block(),
        gasLimit: GAS_LIMIT,
      };
      const { execResult } = await vm.evm.runCall(call);
      if (execResult.exceptionError)
        throw revertFrom(abi, name, {
          data: bytesToHex(execResult.returnValue),
          message: execResult.exceptionError.error,
        });
      return decodeFunctionResult({ abi, functionName: name, data: bytesToHex(execResult.returnValue) }) as T;
    },
  };
}
