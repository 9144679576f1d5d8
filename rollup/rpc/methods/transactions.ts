import { toHex } from "@elench/bytes/hex";
import { createAddressFromBigInt } from "@ethereumjs/util";
import type { Hex } from "viem";
import { RefusedTransaction } from "../../devnet/admission.ts";
import type { Sequencer } from "../../devnet/sequencer.ts";
import { estimateGas } from "../../devnet/simulate.ts";
import { DEV_ACCOUNTS, richAccount } from "../../genesis/dev-accounts.ts";
import { findBlock } from "../blocks.ts";
import { CODE, RpcError } from "../errors.ts";
import { addressHex, formatPending, formatReceipt, formatTransaction } from "../format.ts";
import { data, fields, hash, optional, quantity } from "../params.ts";
import type { Methods } from "../server.ts";
import { readCall } from "./calls.ts";

/** Methods to send transactions and to read them and their receipts. */
export function transactionMethods(sequencer: Sequencer): Methods {
  const { chain, pool } = sequencer;
  const { chainId } = chain.chain.genesis;
  const accounts = Array.from({ length: DEV_ACCOUNTS }, (_, i) => richAccount(i));
  const find = (value: unknown) => chain.transaction(hash("the transaction's hash", value));

  const submit = async (bytes: Uint8Array): Promise<Hex> => {
    try {
      return toHex(await sequencer.submit(bytes));
    } catch (error) {
      throw error instanceof RefusedTransaction ? new RpcError(CODE.server, error.message) : error;
    }
  };

  /** Signs for a development account, and fills in missing fields. */
  const sign = async (value: unknown): Promise<Hex> => {
    const { gas, gasPrice, maxFeePerGas, maxPriorityFeePerGas, nonce } = fields("the transaction", value);
    const call = readCall(value);
    const account = accounts.find(({ address: of }) => BigInt(of) === call.from);
    if (!account)
      throw new RpcError(
        CODE.server,
        `unknown account ${addressHex(call.from)}: this chain has the keys of its development accounts only; sign the transaction, and send it with eth_sendRawTransaction`,
      );
    const estimate = optional(quantity, "gas", gas) ?? (await estimateGas(chain, chain.latest, call));
    const price = optional(quantity, "gasPrice", gasPrice);
    const most = optional(quantity, "maxFeePerGas", maxFeePerGas) ?? 2n * chain.rules.baseFee;
    const transaction = {
      chainId: Number(chainId),
      nonce: Number(optional(quantity, "nonce", nonce) ?? (await sequencer.nonce(call.from, true))),
      // A transaction that would fail is sent too, as a wallet does: the receipt has its status.
      gas: typeof estimate === "bigint" ? estimate : chain.rules.gasLimit,
      value: call.value,
      data: toHex(call.data),
      ...(call.to !== null && { to: createAddressFromBigInt(call.to).toString() }),
      ...(call.accessList.length > 0 && { accessList: call.accessList }),
    };
    const priority = optional(quantity, "maxPriorityFeePerGas", maxPriorityFeePerGas) ?? 0n;
    return price !== null
      ? account.signTransaction({
          ...transaction,
          type: call.accessList.length > 0 ? "eip2930" : "legacy",
          gasPrice: price,
        } as never)
      : account.signTransaction({
          ...transaction,
          type: "eip1559",
          maxFeePerGas: most,
          maxPriorityFeePerGas: priority,
        } as never);
  };

  return {
    eth_accounts: () => accounts.map(({ address: of }) => of.toLowerCase()),
    eth_requestAccounts: () => accounts.map(({ address: of }) => of.toLowerCase()),
    eth_sendRawTransaction: ([bytes]) => submit(data("the transaction", bytes)),
    eth_sendTransaction: async ([transaction]) => submit(data("the transaction", await sign(transaction))),
    eth_getTransactionByHash: ([value]) => {
      const sealed = find(value);
      if (sealed) return formatTransaction(sealed, chain.block(sealed.block)!, chainId);
      const waiting = pool.all.find((t) => toHex(t.hash) === String(value).toLowerCase());
      return waiting && formatPending(waiting, chainId);
    },
    eth_getTransactionReceipt: ([value]) => {
      const sealed = find(value);
      return sealed && formatReceipt(sealed, chain.block(sealed.block)!, chainId);
    },
    eth_getBlockReceipts: ([number]) => {
      const block = findBlock(chain, number);
      return block?.transactions.map((t) => formatReceipt(t, block, chainId));
    },
  };
}
