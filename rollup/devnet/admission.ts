import { concat } from "@elench/bytes/concat";
import { toHex } from "@elench/bytes/hex";
import { ElenchError } from "@elench/errors/elench-error";
import { signer } from "@elench/evm/batch/signer";
import { decodeTransaction } from "@elench/evm/batch/transaction";
import { nativeCommon } from "@elench/evm/reference/vm";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { createTxFromRLP } from "@ethereumjs/tx";
import { createAddressFromBigInt } from "@ethereumjs/util";
import type { DevChain } from "./chain.ts";

/** A pending transaction. */
export interface PendingTransaction {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  readonly sender: bigint;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
}

/** A transaction that is invalid in every block. The messages are geth's, because wallets and libraries match them. */
export class RefusedTransaction extends ElenchError {
  override readonly name = "RefusedTransaction";
  override readonly kind = "input";
}

const OTHER_TYPES: Readonly<Record<number, string>> = {
  3: "transaction type not supported: this chain has no blob transactions (EIP-4844); send type 2",
  4: "transaction type not supported: this chain follows Cancun, without set-code transactions (EIP-7702); send type 2",
};

/** Decodes a transaction by the rules of a batch, and finds a message if it is invalid. */
function readTransaction(bytes: Uint8Array, chainId: bigint) {
  const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
  const other = OTHER_TYPES[bytes[0] ?? 0];
  if (other) throw new RefusedTransaction(other);
  const decoded = decodeTransaction(read, 0, bytes.length, chainId);
  if (!decoded)
    throw new RefusedTransaction(
      `invalid transaction: it does not decode as type 0, 1 or 2 of chain ${chainId} (canonical RLP, and signed for this chain id)`,
    );
  const { prefix, offset, length, suffix } = decoded.signed;
  const sender = signer(decoded.signature, keccak256(concat(prefix, read(offset, length), suffix)));
  if (sender === null) throw new RefusedTransaction("invalid sender: the signature does not recover to an address");
  return { ...decoded, sender };
}

/**
 * Checks that a transaction can be sealed: now, or, if its nonce is higher, after the missing transactions.
 * @throws RefusedTransaction
 */
export async function admit(devChain: DevChain, bytes: Uint8Array): Promise<PendingTransaction> {
  const { chainId } = devChain.chain.genesis;
  const { sender, nonce, gasLimit, maxFee, maxPriority, value } = readTransaction(bytes, chainId);
  const { baseFee, gasLimit: blockGas } = devChain.nextHeader();
  const refuse = (message: string): never => {
    throw new RefusedTransaction(message);
  };
  const intrinsic = createTxFromRLP(bytes, { common: nativeCommon(chainId), freeze: false }).getIntrinsicGas();
  const account = await devChain.at(devChain.latest, ({ manager }) =>
    manager.getAccount(createAddressFromBigInt(sender)),
  );
  const balance = account?.balance ?? 0n;
  if (gasLimit < intrinsic) refuse(`intrinsic gas too low: have ${gasLimit}, want ${intrinsic}`);
  if (gasLimit > blockGas || gasLimit > LIMIT.BATCH_GAS)
    refuse(`exceeds block gas limit: have ${gasLimit}, block gas limit ${blockGas}`);
  if (maxPriority > maxFee)
    refuse(`max priority fee per gas higher than max fee per gas: ${maxPriority} is more than ${maxFee}`);
  if (maxFee < baseFee) refuse(`max fee per gas less than block base fee: ${maxFee} is less than ${baseFee}`);
  if (nonce < (account?.nonce ?? 0n)) refuse(`nonce too low: next nonce ${account?.nonce}, tx nonce ${nonce}`);
  if (balance < gasLimit * maxFee + value)
    refuse(`insufficient funds for gas * price + value: have ${balance}, want ${gasLimit * maxFee + value}`);
  if (account?.isContract())
    refuse(`sender not an eoa: ${toHex(createAddressFromBigInt(sender).bytes)} has code (EIP-3607)`);
  return { hash: keccak256(bytes), bytes, sender, nonce, gasLimit };
}
