import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { signer } from "../../batch/signer.ts";
import {
  type Decoded,
  decodeTransaction,
  type Read,
  readAccessEntry,
  readAccessSlot,
  type Signature,
  SLOT_BYTES,
} from "../../batch/transaction.ts";
import { ADDRESS_GAS, baseGas, dataGas, SLOT_GAS } from "../../batch/validity.ts";
import { type Account, type Envelope, FLAG, PHASE, type Tx, viewOf } from "../../structures/layout.ts";
import { endTransaction } from "../state/boundary.ts";
import type { Machine, Task } from "../state/machine.ts";
import type { Steps } from "../state/operation.ts";
import { type DigestTask, hashView } from "./bulk.ts";

/** A transaction that does not decode, or is not valid, is dropped where that is found: nothing of it stays. */
export const drop = (m: Machine, tx: Tx): void => endTransaction(m, tx.block);

/** Where the transaction stands in the batch. */
export class DecodeTask implements Task {
  readonly start: number;
  readonly end: number;
  constructor(start: number, end: number) {
    this.start = start;
    this.end = end;
  }
  words(): readonly Word[] {
    return [this.start, this.end];
  }
}

/** DECODE: the fields, but for what is in the access list; then what is signed is hashed. */
function decode(m: Machine): void {
  const { start, end } = m.task as DecodeTask;
  m.openTask();
  const tx = m.openTx();
  m.openBlock();
  const { bytes, chainId } = m.openBatch();
  const decoded = decodeTransaction((offset, length) => m.readBytes(bytes, offset, length), start, end, chainId);
  if (!decoded) {
    drop(m, tx);
    return;
  }
  const { signature, signed } = decoded;
  const data = viewOf(bytes, decoded.dataOffset, decoded.dataLength);
  m.tx = { ...tx, envelope: { ...fieldsOf(decoded), data, intrinsic: baseGas(decoded.creates, decoded.dataLength) } };
  const view = viewOf(bytes, signed.offset, signed.length);
  const { r, s, parity } = signature;
  hashView(m, PHASE.recover, hashWords([r, s, parity]), view, { ...signed, live: signature });
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

/** RECOVER: the sender. */
function recover(m: Machine): void {
  const { digest, live } = m.task as DigestTask;
  const signature = live as Signature;
  m.openTask();
  m.tape?.words([signature.r, signature.s, signature.parity]);
  const tx = m.openTx();
  const envelope = m.openEnvelope();
  const origin = signer(signature, digest);
  if (origin === null) {
    drop(m, tx);
    return;
  }
  m.tx = { ...tx, origin };
  if (envelope.data.length > 0) m.goTo(PHASE.count, new CountTask(0));
  else toAccessList(m, envelope);
}

/** How many bytes of data are counted. */
export class CountTask implements Task {
  readonly position: number;
  constructor(position: number) {
    this.position = position;
  }
  words(): readonly Word[] {
    return [this.position];
  }
}

const COUNT_BYTES = 4096;

/** COUNT: gas of the data. */
function count(m: Machine): void {
  const { position } = m.task as CountTask;
  m.openTask();
  const tx = m.openTx();
  const envelope = m.openEnvelope();
  const data = m.openView(envelope.data);
  const bytes = m.readView(data, position, Math.min(COUNT_BYTES, data.length - position));
  const counted = withGas(m, tx, envelope, dataGas(bytes));
  const next = position + bytes.length;
  if (next < data.length) m.goTo(PHASE.count, new CountTask(next));
  else toAccessList(m, counted);
}

function withGas(m: Machine, tx: Tx, envelope: Envelope, gas: bigint): Envelope {
  const paid = { ...envelope, intrinsic: envelope.intrinsic + gas };
  m.tx = { ...tx, envelope: paid };
  return paid;
}

function toAccessList(m: Machine, { accessList, accessEnd }: Envelope): void {
  if (accessList === accessEnd) m.goTo(PHASE.validate);
  else m.goTo(PHASE.access, new AccessTask(accessList, 0, 0n));
}

/** Where the next item of the access list stands; and where the slots of its last address end, if there are more of them. */
export class AccessTask implements Task {
  readonly position: number;
  readonly slotsEnd: number;
  readonly address: bigint;
  constructor(position: number, slotsEnd: number, address: bigint) {
    this.position = position;
    this.slotsEnd = slotsEnd;
    this.address = address;
  }
  words(): readonly Word[] {
    return [this.position, this.slotsEnd, this.address];
  }
}

/** ACCESS: an address, or a slot, becomes warm. */
function access(m: Machine): void {
  const { position, slotsEnd, address } = m.task as AccessTask;
  m.openTask();
  const tx = m.openTx();
  const envelope = m.openEnvelope();
  m.openBlock();
  const { bytes } = m.openBatch();
  const read: Read = (offset, length) => m.readBytes(bytes, offset, length);
  if (position < slotsEnd) {
    const number = readAccessSlot(read, position, slotsEnd);
    if (number === null) {
      drop(m, tx);
      return;
    }
    const account = m.account(address);
    const slot = m.slot(address, account, number);
    m.storeSlot(account, { ...slot, warm: true });
    nextItem(m, withGas(m, tx, envelope, SLOT_GAS), new AccessTask(position + SLOT_BYTES, slotsEnd, address));
    return;
  }
  const entry = readAccessEntry(read, position, envelope.accessEnd);
  if (!entry) {
    drop(m, tx);
    return;
  }
  m.storeAccount(warmed(m.account(entry.address)));
  nextItem(m, withGas(m, tx, envelope, ADDRESS_GAS), new AccessTask(entry.slots, entry.slotsEnd, entry.address));
}

function nextItem(m: Machine, envelope: Envelope, task: AccessTask): void {
  if (task.position === envelope.accessEnd) m.goTo(PHASE.validate);
  else m.goTo(PHASE.access, task);
}

export const warmed = (account: Account): Account => ({ ...account, flags: account.flags | FLAG.warm });

export const TRANSACTIONS: Steps = {
  [PHASE.decode]: decode,
  [PHASE.recover]: recover,
  [PHASE.count]: count,
  [PHASE.access]: access,
};
