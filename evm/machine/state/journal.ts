import { type Account, accountWords, PHASE, type Slot, slotWords, transientWords } from "../../structures/layout.ts";
import { get, leftmost, open, put, takeOut } from "../../structures/sparse.ts";
import { addressKey, slotKey } from "./keys.ts";
import type { Machine } from "./machine.ts";
import { NotLoaded } from "./not-loaded.ts";

/**
 * The transaction's records: accounts, with their slots. Only the record that was opened last may be stored, and for a slot also its account: the verifier writes the new record along the
 * path of the last opening.
 */

/** Opens an account. @throws NotLoaded */
export function openAccount(m: Machine, address: bigint): Account {
  m.observer?.account(address);
  const key = addressKey(address);
  m.tape?.bytes(open(m.journal, key));
  const account = get(m.journal, key);
  if (!account) throw new NotLoaded({ phase: PHASE.loadAccount, address });
  return account;
}

/** Stores the account that is open. */
export function storeAccount(m: Machine, account: Account): void {
  m.journal = put(m.journal, addressKey(account.address), account, accountWords);
}

/** Opens a slot of the open account. @throws NotLoaded */
export function openSlot(m: Machine, { address, slots }: Account, number: bigint): Slot {
  m.observer?.slot(address, number);
  const key = slotKey(number);
  m.tape?.bytes(open(slots, key));
  const slot = get(slots, key);
  if (!slot) throw new NotLoaded({ phase: PHASE.loadSlot, address, slot: number });
  return slot;
}

/** Stores the open slot in the open account. @param account with all other changes. */
export function storeSlot(m: Machine, account: Account, slot: Slot): void {
  storeAccount(m, { ...account, slots: put(account.slots, slotKey(slot.number), slot, slotWords) });
}

/** Opens a transient slot of the open account. Its value is 0 if it has no record. */
export function openTransient(m: Machine, { address, transient }: Account, number: bigint): bigint {
  m.observer?.transient(address, number);
  const key = slotKey(number);
  m.tape?.bytes(open(transient, key));
  return get(transient, key)?.value ?? 0n;
}

/** Stores the open transient slot in the open account. */
export function storeTransient(m: Machine, account: Account, number: bigint, value: bigint): void {
  const transient = put(account.transient, slotKey(number), { number, value }, transientWords);
  storeAccount(m, { ...account, transient });
}

/** Inserts an account. The last opening must have shown that it is absent. */
export function insertAccount(m: Machine, account: Account): void {
  m.observer?.account(account.address);
  const key = addressKey(account.address);
  m.tape?.bytes(open(m.journal, key));
  m.journal = put(m.journal, key, account, accountWords);
}

/** Like `insertAccount`, for a slot of the open account. */
export function insertSlot(m: Machine, account: Account, slot: Slot): void {
  m.observer?.slot(account.address, slot.number);
  m.tape?.bytes(open(account.slots, slotKey(slot.number)));
  storeSlot(m, account, slot);
}

// FLUSH removes records, lowest key first

/** Opens the account with the lowest key; undefined if the journal is empty. */
export function openFirstAccount(m: Machine): Account | undefined {
  const first = leftmost(m.journal);
  if (!first) return undefined;
  m.tape?.bytes(first.key, open(m.journal, first.key));
  return first.record;
}

/** Removes the open account from the journal. */
export function dropAccount(m: Machine, { address }: Account): void {
  m.journal = takeOut(m.journal, addressKey(address));
}

/** Opens the slot with the lowest key of an account; undefined if it has none. */
export function openFirstSlot(m: Machine, { slots }: Account): Slot | undefined {
  const first = leftmost(slots);
  if (!first) return undefined;
  m.tape?.bytes(first.key, open(slots, first.key));
  return first.record;
}

/** The account without a slot. */
export const withoutSlot = (account: Account, { number }: Slot): Account => ({
  ...account,
  slots: takeOut(account.slots, slotKey(number)),
});
