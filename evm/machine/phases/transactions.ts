import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { signer } from "../../batch/signer.ts";
import {
  type Decoded,
  decodeTransaction,
  type Read,
  readAccessEntry,
  readAccessSlot,
  SLOT_BYTES,
} from "../../batch/transaction.ts";
import { baseGas, dataGas } from "../../batch/validity.ts";
import { type Account, type Envelope, FLAG, PHASE, sliceOf, type Tx } from "../../structures/layout.ts";
import { endTransaction } from "../state/boundary.ts";
import { readBytes, readFromSlice } from "../state/bytes.ts";
import { openAccount, openSlot, storeAccount, storeSlot } from "../state/journal.ts";
import type { Machine } from "../state/machine.ts";
import { openBatch, openBlock, openEnvelope, openSlice, openTask, openTx } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import { type AccessTask, type CountTask, type DecodeTask, type TaskOf, VALIDATE } from "../state/task.ts";
import { hashSlice } from "./hash.ts";

/** A malformed or invalid transaction is dropped at the phase that detects it. It leaves no trace in the state. */
export const drop = (m: Machine, tx: Tx): void => endTransaction(m, tx.block);

/** DECODE: reads the fields, except the content of the access list; then the signed message is hashed. */
function decode(m: Machine, { start, end }: DecodeTask): void {
  openTask(m);
  const tx = openTx(m);
  openBlock(m);
  const { bytes, chainId } = openBatch(m);
  const decoded = decodeTransaction((offset, length) => readBytes(m, bytes, offset, length), start, end, chainId);
  if (!decoded) {
    drop(m, tx);
    return;
  }
  const { signature, signed } = decoded;
  const data = sliceOf(bytes, decoded.dataOffset, decoded.dataLength);
  m.tx = { ...tx, envelope: { ...fieldsOf(decoded), data, intrinsic: baseGas(decoded.creates, decoded.dataLength) } };
  const slice = sliceOf(bytes, signed.offset, signed.length);
  hashSlice(m, { phase: PHASE.recover, signature }, slice, signed);
}

const fieldsOf = (d: Decoded): Omit<Envelope, "data" | "intrinsic"> => ({
  type: d.type,
  nonce: d.nonce,
  maxFee: d.maxFee,
  maxPriority: d.maxPriority,
  gasLimit: d.gasLimit,
  creates: d.creates,
  to: d.to,
  value: d.value,
  accessList: d.accessList,
  accessEnd: d.accessEnd,
});

/** RECOVER: recovers the sender from the signature. */
function recover(m: Machine, { signature, digest }: TaskOf<typeof PHASE.recover>): void {
  openTask(m);
  m.tape?.words([signature.r, signature.s, signature.parity]);
  const tx = openTx(m);
  const envelope = openEnvelope(m);
  const origin = signer(signature, digest);
  if (origin === null) {
    drop(m, tx);
    return;
  }
  m.tx = { ...tx, origin };
  if (envelope.data.length > 0) m.goTo({ phase: PHASE.count, position: 0 });
  else toAccessList(m, envelope);
}

/** COUNT: adds the data's intrinsic gas. */
function count(m: Machine, { position }: CountTask): void {
  openTask(m);
  const tx = openTx(m);
  const envelope = openEnvelope(m);
  const data = openSlice(m, envelope.data);
  const bytes = readFromSlice(m, data, position, Math.min(LIMIT.COUNT_BYTES, data.length - position));
  const counted = withGas(m, tx, envelope, dataGas(bytes));
  const next = position + bytes.length;
  if (next < data.length) m.goTo({ phase: PHASE.count, position: next });
  else toAccessList(m, counted);
}

function withGas(m: Machine, tx: Tx, envelope: Envelope, gas: bigint): Envelope {
  const paid = { ...envelope, intrinsic: envelope.intrinsic + gas };
  m.tx = { ...tx, envelope: paid };
  return paid;
}

function toAccessList(m: Machine, { accessList, accessEnd }: Envelope): void {
  if (accessList === accessEnd) m.goTo(VALIDATE);
  else m.goTo({ phase: PHASE.access, position: accessList, slotsEnd: 0, address: 0n });
}

/** ACCESS: makes an address or a slot of the access list warm. */
function access(m: Machine, task: AccessTask): void {
  const { position, slotsEnd, address } = task;
  openTask(m);
  const tx = openTx(m);
  const envelope = openEnvelope(m);
  openBlock(m);
  const { bytes } = openBatch(m);
  const read: Read = (offset, length) => readBytes(m, bytes, offset, length);
  if (position < slotsEnd) {
    const number = readAccessSlot(read, position, slotsEnd);
    if (number === null) {
      drop(m, tx);
      return;
    }
    const account = openAccount(m, address);
    const slot = openSlot(m, account, number);
    storeSlot(m, account, { ...slot, warm: true });
    nextItem(m, withGas(m, tx, envelope, GAS.ACCESS_LIST_STORAGE_KEY_COST), {
      ...task,
      position: position + SLOT_BYTES,
    });
    return;
  }
  const entry = readAccessEntry(read, position, envelope.accessEnd);
  if (!entry) {
    drop(m, tx);
    return;
  }
  storeAccount(m, warmed(openAccount(m, entry.address)));
  nextItem(m, withGas(m, tx, envelope, GAS.ACCESS_LIST_ADDRESS_COST), {
    phase: PHASE.access,
    position: entry.slots,
    slotsEnd: entry.slotsEnd,
    address: entry.address,
  });
}

function nextItem(m: Machine, envelope: Envelope, task: AccessTask): void {
  if (task.position === envelope.accessEnd) m.goTo(VALIDATE);
  else m.goTo(task);
}

export const warmed = (account: Account): Account => ({ ...account, flags: account.flags | FLAG.warm });

export const TRANSACTIONS: Steps = {
  [PHASE.decode]: decode,
  [PHASE.recover]: recover,
  [PHASE.count]: count,
  [PHASE.access]: access,
};
