import { equalBytes } from "@elench/bytes/words";
import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { type Account, type Block, EMPTY_CODE_HASH, type Envelope } from "../structures/layout.ts";

/** Intrinsic gas and validity of a transaction (Yellow Paper, section 6.2). */

/** Gas of an access list. */
export const accessListGas = ({ addresses, slots }: { readonly addresses: number; readonly slots: number }): bigint =>
  GAS.ACCESS_LIST_ADDRESS_COST * BigInt(addresses) + GAS.ACCESS_LIST_STORAGE_KEY_COST * BigInt(slots);

/** Intrinsic gas without the data's bytes and the access list. @param dataLength bytes. */
export const baseGas = (creates: boolean, dataLength: number): bigint =>
  creates ? GAS.TX_BASE + GAS.TX_CREATE + GAS.INITCODE_WORD_COST * BigInt(Math.ceil(dataLength / 32)) : GAS.TX_BASE;

/** Intrinsic gas of some bytes of data. */
export function dataGas(bytes: Uint8Array): bigint {
  let zeros = 0;
  for (const byte of bytes) if (byte === 0) zeros++;
  return GAS.TX_DATA_ZERO_BYTE * BigInt(zeros) + GAS.TX_DATA_NON_ZERO_BYTE * BigInt(bytes.length - zeros);
}

export type Offer = Pick<Envelope, "nonce" | "maxFee" | "maxPriority" | "gasLimit" | "value" | "intrinsic">;

/** Whether the block and the batch have room for the transaction; does not depend on the sender (EIPs 1559, 2681). */
export const isTakable = ({ nonce, maxFee, maxPriority, gasLimit, intrinsic }: Offer, block: Block): boolean =>
  gasLimit >= intrinsic &&
  gasLimit <= block.batch.gasLeft &&
  block.gasUsed + gasLimit <= block.gasLimit &&
  maxFee >= maxPriority &&
  maxFee >= block.baseFee &&
  nonce < LIMIT.NONCE;

/** Whether the sender is allowed to send the transaction (EIP-3607), and has the balance for its highest price. */
export const isPayable = (
  { nonce, maxFee, gasLimit, value }: Offer,
  sender: Pick<Account, "nonce" | "balance" | "codeHash">,
): boolean =>
  sender.nonce === nonce && equalBytes(sender.codeHash, EMPTY_CODE_HASH) && sender.balance >= gasLimit * maxFee + value;
