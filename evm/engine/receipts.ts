import { toBigInt } from "@elench/bytes/words";
import type { NativeLog, NativeReceipt, NativeTransaction } from "../batch/native-batch.ts";

/** Reads the receipts that the engine writes: `Batch` in evm/native/batch.h. */

const DROPPED = 0;
const SUCCEEDED = 2;

export function decodeReceipts(bytes: Uint8Array): NativeTransaction[] {
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (length: number): bigint => toBigInt(take(length));
  const log = (): NativeLog => {
    const address = take(20);
    const topics = Array.from({ length: Number(number(1)) }, () => take(32));
    return [address, topics, take(Number(number(4)))];
  };
  const receipt = (status: number): NativeReceipt => {
    const sender = number(20);
    const gasUsed = number(8);
    const gasPrice = number(32);
    const creates = number(1) === 1n;
    const created = number(20);
    const logs = Array.from({ length: Number(number(4)) }, log);
    return { success: status === SUCCEEDED, sender, gasUsed, gasPrice, logs, created: creates ? created : null };
  };
  const transactions: NativeTransaction[] = [];
  while (at < bytes.length) {
    const hash = take(32);
    const block = number(32);
    const status = Number(number(1));
    transactions.push({ hash, number: block, receipt: status === DROPPED ? null : receipt(status) });
  }
  return transactions;
}
