import { type Address, decodeDeployData, type Hex, hexToBigInt, numberToHex } from "viem";
import { type Artifact, readArtifact } from "./artifacts.ts";
import { contractsOf, type Inputs, moduleOf, moduleParameters } from "./inputs.ts";
import type { Hre } from "./network.ts";

/** The transaction that creates a contract. */
export interface Creation {
  /** Its id in Ignition's modules, such as Elench#DisputeGame. */
  readonly id: string;
  readonly contract: string;
  /** Size of the runtime code; EIP-170 allows 24,576 bytes. */
  readonly codeBytes: number;
  /** Size of the transaction's data, creation code and arguments; EIP-3860 allows 49,152 bytes. */
  readonly dataBytes: number;
  readonly gas: bigint;
  /** Arguments by name. The address of another contract of the deployment is replaced by that contract's name. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * Deploys on a simulated L1 in this process, with the rules of Osaka, and returns the transactions. The creation of a contract does not depend on other state of the
 * chain, so the gas is that of L1, except for about 12 gas for each byte of a contract's address that is zero.
 * @throws UserError if the contracts are not compiled; Hardhat's errors if a constructor reverts
 */
export async function simulate(hre: Hre, inputs: Inputs): Promise<Creation[]> {
  const module = await moduleOf(inputs);
  const contracts = contractsOf(module);
  const artifacts = await Promise.all(
    contracts.map(async ({ id, contractName }) => [id, await readArtifact(hre, contractName)] as const),
  );
  const connection = await hre.network.create("default");
  try {
    const contractsByName = await connection.ignition.deploy(module, {
      displayUi: false,
      parameters: moduleParameters(inputs),
    });
    const ids = await idsOf(module, contractsByName);
    const created = await transactionsOf(connection.provider as unknown as Provider);
    const names = new Map<string, string>();
    return created.map(({ input, address, code, gas }) => {
      const known = ids.get(address.toLowerCase());
      const [id, artifact] = artifacts.find(
        ([id, { bytecode }]) => input.startsWith(bytecode) && id === (known ?? id),
      ) as [string, Artifact];
      names.set(address.toLowerCase(), artifact.contractName);
      return {
        id,
        contract: artifact.contractName,
        codeBytes: code.length / 2 - 1,
        dataBytes: input.length / 2 - 1,
        gas,
        arguments: argumentsOf(artifact, input, names),
      };
    });
  } finally {
    await connection.close();
  }
}

/** Ids of the contracts that a module returns, by address: two of them can have the same creation code. */
async function idsOf(
  { results }: Pick<Awaited<ReturnType<typeof moduleOf>>, "results">,
  contracts: Readonly<Record<string, { getAddress(): Promise<string> }>>,
): Promise<ReadonlyMap<string, string>> {
  const named = Object.entries(results).map(async ([name, { id }]) => {
    const address = await contracts[name]?.getAddress();
    return [String(address).toLowerCase(), id] as const;
  });
  return new Map(await Promise.all(named));
}

interface Provider {
  request(call: { method: string; params: readonly unknown[] }): Promise<unknown>;
}

/** All transactions on the simulated chain, in their order. */
async function transactionsOf(provider: Provider) {
  const request = async <T>(method: string, ...params: readonly unknown[]): Promise<T> =>
    (await provider.request({ method, params })) as T;
  const created: { input: Hex; address: Address; code: Hex; gas: bigint }[] = [];
  const last = Number(await request<Hex>("eth_blockNumber"));
  for (let number = 1; number <= last; number++) {
    const { transactions } = await request<{ transactions: { hash: Hex; input: Hex }[] }>(
      "eth_getBlockByNumber",
      numberToHex(number),
      true,
    );
    for (const { hash, input } of transactions) {
      const receipt = await request<{ contractAddress: Address; gasUsed: Hex }>("eth_getTransactionReceipt", hash);
      const address = receipt.contractAddress;
      const code = await request<Hex>("eth_getCode", address, "latest");
      created.push({ input, address, code, gas: hexToBigInt(receipt.gasUsed) });
    }
  }
  return created;
}

function argumentsOf(
  { abi, bytecode }: Artifact,
  data: Hex,
  names: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const { args = [] } = decodeDeployData({ abi, bytecode, data }) as { args?: readonly unknown[] };
  const { inputs = [] } = abi.find((item) => item.type === "constructor") ?? {};
  const named = (value: unknown): unknown => {
    if (typeof value === "string") return names.get(value.toLowerCase()) ?? value;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, named(part)]));
  };
  // A trailing underscore only distinguishes a parameter from the variable that it sets.
  return Object.fromEntries(inputs.map(({ name = "" }, i) => [name.replace(/_$/, ""), named(args[i])]));
}
