import { fileURLToPath } from "node:url";
import type { Hex } from "@elench/bytes/hex";
import type { GameEvent } from "@elench/challenger/strategy/tree";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import {
  type Abi,
  decodeErrorResult,
  decodeEventLog,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
} from "viem";
import type { Artifact } from "./compile.ts";

type Log = { topics: [Hex, ...Hex[]]; data: Hex };
export type Receipt = { gasUsed: bigint; logs: Log[]; contractAddress: Hex };

/** A chain in this process: a transaction a block, at the time that is asked for. */
export type Chain = {
  accounts: Hex[];
  request<T>(method: string, params: unknown[]): Promise<T>;
  deploy(artifact: Artifact, args: unknown[]): Promise<Hex>;
  /** @throws Reverted */
  transact(call: {
    from: Hex;
    to: Hex;
    abi: Abi;
    name: string;
    args: unknown[];
    value?: bigint;
    at: number;
  }): Promise<Receipt>;
  read<T>(call: { to: Hex; abi: Abi; name: string; args: unknown[] }): Promise<T>;
  close(): Promise<void>;
};

/** A transaction that the contract refused. */
export class Reverted extends Error {
  override name = "Reverted";
  readonly error: string;
  constructor(error: string, detail: string) {
    super(detail);
    this.error = error;
  }
}

export async function startChain(): Promise<Chain> {
  const networks = {
    toy: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: "osaka",
      allowBlocksWithSameTimestamp: true,
      accounts: { count: 20 },
    },
  } as const;
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const environment = await createHardhatRuntimeEnvironment({ networks }, {}, root);
  const { provider, close } = await environment.network.connect({ network: "toy" });
  const request = <T>(method: string, params: unknown[]) => provider.request({ method, params }) as Promise<T>;
  const accounts = await request<Hex[]>("eth_accounts", []);
  const receiptOf = (hash: Hex) =>
    request<{ gasUsed: Hex; logs: Log[]; contractAddress: Hex }>("eth_getTransactionReceipt", [hash]);

  return {
    accounts,
    request,
    close,
    async deploy({ abi, bytecode }, args) {
      const data = encodeDeployData({ abi, bytecode, args });
      const transaction = { from: accounts[0], data, gas: "0xf00000" };
      const hash = await request<Hex>("eth_sendTransaction", [transaction]).catch((error) => {
        throw revertFrom(abi, "deployment", error);
      });
      return (await receiptOf(hash)).contractAddress;
    },
    async transact({ from, to, abi, name, args, value = 0n, at }) {
      const data = encodeFunctionData({ abi, functionName: name, args });
      await request("evm_setNextBlockTimestamp", [at]);
      const transaction = { from, to, data, value: `0x${value.toString(16)}`, gas: "0x989680" };
      const hash = await request<Hex>("eth_sendTransaction", [transaction]).catch((error) => {
        throw revertFrom(abi, name, error);
      });
      const { gasUsed, logs, contractAddress } = await receiptOf(hash);
      return { gasUsed: BigInt(gasUsed), logs, contractAddress };
    },
    async read<T>({ to, abi, name, args }: { to: Hex; abi: Abi; name: string; args: unknown[] }) {
      const data = encodeFunctionData({ abi, functionName: name, args });
      const output = await request<Hex>("eth_call", [{ from: accounts[0], to, data }, "latest"]);
      return decodeFunctionResult({ abi, functionName: name, data: output }) as T;
    },
  };
}

/** What a refused call reverted with. */
export function revertFrom(abi: Abi, name: string, thrown: unknown): Error {
  const data = (thrown as { data?: { data?: Hex } | Hex }).data;
  const bytes = typeof data === "string" ? data : data?.data;
  if (bytes === undefined || bytes === "0x") return new Reverted("", `${name} failed: ${(thrown as Error).message}`);
  try {
    const { errorName, args } = decodeErrorResult({ abi, data: bytes });
    return new Reverted(errorName, `${name} reverted with ${errorName}(${(args ?? []).join(", ")})`);
  } catch {
    return new Reverted(bytes.slice(0, 10), `${name} reverted with ${bytes}`);
  }
}

/** The events of the game among a receipt's logs; those of the bonds are left out. */
export function gameEvents(abi: Abi, logs: Log[]): GameEvent[] {
  const bonds = new Set<string>(["Credited", "Staked", "Unlocked", "Withdrawn", "Held", "Authorised"]);
  return logs
    .map((log) => decodeEventLog({ abi, ...log }) as unknown as { eventName: string })
    .filter((event) => !bonds.has(event.eventName)) as unknown as GameEvent[];
}
