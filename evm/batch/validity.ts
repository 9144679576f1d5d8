import { equalBytes } from "@elench/bytes/words";
import { type Account, type Block, EMPTY_CODE_HASH, type Envelope } from "../structures/layout.ts";

/** What a transaction costs before its first instruction, and what makes it invalid (Yellow Paper, section 6.2). */

const TRANSACTION_GAS = 21000n;
const CREATION_GAS = 32000n;
/** EIP-3860: for each word of the initcode. */
const INITCODE_WORD_GAS = 2n;
/** EIP-2028. */
const ZERO_BYTE_GAS = 4n;
const BYTE_GAS = 16n;
/** EIP-2930. */
export const ADDRESS_GAS = 2400n;
export const SLOT_GAS = 1900n;
/** EIP-2681: no nonce goes higher. */
const MAX_NONCE = 2n ** 64n - 1n;

/** Gas whatever the data's bytes and the access list are. @param dataLength bytes. */
export const baseGas = (creates: boolean, dataLength: number): bigint =>
  creates ? TRANSACTION_GAS + CREATION_GAS + INITCODE_WORD_GAS * BigInt(Math.ceil(dataLength / 32)) : TRANSACTION_GAS;

/** Gas of a piece of data. */
export function dataGas(bytes: Uint8Array): bigint {
  let zeros = 0;
  for (const byte of bytes) if (byte === 0) zeros++;
  return ZERO_BYTE_GAS * BigInt(zeros) + BYTE_GAS * BigInt(bytes.length - zeros);
}

export type Offer = Pick<Envelope, "nonce" | "maxFee" | "maxPriority" | "gasLimit" | "value" | "intrinsic">;

/** Whether block and batch can take the transaction, whoever sent it (EIPs 1559, 2681). */
export const isTakable = ({ nonce, maxFee, maxPriority, gasLimit, intrinsic }: Offer, block: Block): boolean =>
  gasLimit >= intrinsic &&
  gasLimit <= block.batch.gasLeft &&
  block.gasUsed + gasLimit <= block.gasLimit &&
  maxFee >= maxPriority &&
  maxFee >= block.baseFee &&
  nonce < MAX_NONCE;

/** Whether the sender may send the transaction (EIP-3607), and can pay for it at its highest price. */
export const isPayable = (
  { nonce, maxFee, gasLimit, value }: Offer,
  sender: Pick<Account, "nonce" | "balance" | "codeHash">,
): boolean =>
  sender.nonce === nonce && equalBytes(sender.codeHash, EMPTY_CODE_HASH) && sender.balance >= gasLimit * maxFee + value;
