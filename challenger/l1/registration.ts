import { toHex } from "@elench/bytes/hex";
import { modelRegistryAbi } from "@elench/contracts/abi/model-registry";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { LoadedModel } from "@elench/tensor/load";
import { type Page, type Registration, registrationOf } from "@elench/tensor/program/registration";
import { type Address, encodeFunctionData, type Hex, type LocalAccount, type PublicClient, parseGwei } from "viem";
import { contractRefusal } from "./contract-refusal.ts";
import { TransactionQueue } from "./transactions.ts";

export interface RegisterOptions {
  readonly client: PublicClient;
  readonly account: LocalAccount;
  readonly chainId: number;
  readonly registry: Address;
  readonly loaded: LoadedModel;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
  readonly progress: (done: number, total: number) => void;
}

export interface RegistrationTransaction {
  readonly hash: Hex;
  readonly gasUsed: bigint;
}

/** Calldata of the transaction that begins a registration. */
export const beginCall = ({ header, types }: Registration): Hex =>
  encodeFunctionData({ abi: modelRegistryAbi, functionName: "begin", args: [toHex(header), toHex(types)] });

/** Calldata of the transaction that submits a page. */
export const pageCall = ({ header, types }: Registration, { firstPc, instructions, siblings }: Page): Hex =>
  encodeFunctionData({
    abi: modelRegistryAbi,
    functionName: "validate",
    args: [toHex(header), toHex(types), BigInt(firstPc), instructions.map(toHex), siblings.map(toHex)],
  });

/**
 * Submits a model's program to the registry, page by page; continues where an earlier registration stopped.
 * @returns the transactions that it sent; empty if the model is already registered.
 */
export async function registerModel(options: RegisterOptions): Promise<RegistrationTransaction[]> {
  const { client, registry, loaded, progress } = options;
  const contract = { address: registry, abi: modelRegistryAbi } as const;
  if (await client.readContract({ ...contract, functionName: "isRegistered", args: [loaded.id] })) return [];
  const nextPc = Number(await client.readContract({ ...contract, functionName: "nextPc", args: [loaded.id] }));
  const registration = registrationOf(loaded.model.program, loaded.commitment, nextPc);
  const calls = registration.pages.map((page) => ({
    key: `validate/${loaded.id}/${page.firstPc}`,
    data: pageCall(registration, page),
  }));
  const [header, types] = [toHex(registration.header), toHex(registration.types)];
  if (nextPc === 0 && !(await isBegun(client, contract, header, types, options.account.address))) {
    calls.unshift({ key: `begin/${loaded.id}`, data: beginCall(registration) });
  }
  const queue = new TransactionQueue({
    client,
    account: options.account,
    chainId: options.chainId,
    bumpAfter: 30_000,
    maxFeePerGas: options.maxFeePerGas ?? parseGwei("200"),
    ...(options.maxPriorityFeePerGas !== undefined && { maxPriorityFeePerGas: options.maxPriorityFeePerGas }),
    onConfirmed: () => undefined,
  });
  const transactions: RegistrationTransaction[] = [];
  for (const call of calls) {
    progress(transactions.length + 1, calls.length);
    const sent = await queue.submit({ ...call, to: registry, value: 0n });
    if (sent.status !== "sent") {
      throw new UserError(
        `L1 refuses to register ${loaded.id}: ${sent.status === "refused" ? sent.refusal.message : sent.status}`,
        EXIT.refused,
        { cause: sent.status === "refused" ? sent.refusal : undefined },
      );
    }
    const { gasUsed, status } = await client.waitForTransactionReceipt({ hash: sent.hash });
    if (status !== "success")
      throw new UserError(
        `the transaction ${sent.hash} failed; another account may be registering ${loaded.id}: try again`,
        EXIT.refused,
      );
    await queue.tick();
    transactions.push({ hash: sent.hash, gasUsed });
  }
  return transactions;
}

/** `nextPc` is 0 both for an unknown model and for one that is begun without any instruction; only `begin` distinguishes them, by reverting. */
async function isBegun(
  client: PublicClient,
  contract: { address: Address; abi: typeof modelRegistryAbi },
  header: Hex,
  types: Hex,
  account: Address,
): Promise<boolean> {
  try {
    await client.simulateContract({ ...contract, functionName: "begin", args: [header, types], account });
    return false;
  } catch (error) {
    if (contractRefusal(error)?.errorName === "AlreadyBegun") return true;
    throw error;
  }
}
