import type { PagedBytes } from "@elench/merkle/paged-bytes";
import type { Machine } from "../state/machine.ts";

/** What a step looks at, as its own accessors tell: names, which the journal knows by their hashes only. */
export interface Looks {
  /** Accounts that were opened or put in. */
  readonly accounts: Set<bigint>;
  readonly slots: { readonly address: bigint; readonly slot: bigint; readonly transient: boolean }[];
  readonly memoryReads: { readonly offset: number; readonly bytes: Uint8Array }[];
  readonly memoryWrites: { readonly offset: number; readonly before: Uint8Array; readonly after: Uint8Array }[];
  /** What was to be paid, and was more than there was. */
  refused: { readonly gas: bigint; readonly left: bigint } | null;
}

/** Has a machine tell from now on what it looks at. It is for one step: the machine is slower for good. */
export function watch(m: Machine): Looks {
  const looks: Looks = { accounts: new Set(), slots: [], memoryReads: [], memoryWrites: [], refused: null };
  const { account, insertAccount, slot, insertSlot, transient, readBytes, writeMemory, charge } = m;
  let last: bigint | undefined;

  m.account = (address: bigint) => {
    looks.accounts.add(address);
    last = address;
    return account.call(m, address);
  };
  m.insertAccount = (address, record) => {
    looks.accounts.add(address);
    insertAccount.call(m, address, record);
  };
  m.slot = (address, record, number) => {
    looks.slots.push({ address, slot: number, transient: false });
    return slot.call(m, address, record, number);
  };
  m.insertSlot = (record, number, value) => {
    if (last !== undefined) looks.slots.push({ address: last, slot: number, transient: false });
    insertSlot.call(m, record, number, value);
  };
  m.transient = (record, number) => {
    if (last !== undefined) looks.slots.push({ address: last, slot: number, transient: true });
    return transient.call(m, record, number);
  };
  m.readBytes = (tree: PagedBytes, offset: number, length: number) => {
    const bytes = readBytes.call(m, tree, offset, length);
    if (tree === m.memory && length > 0) looks.memoryReads.push({ offset, bytes: bytes.slice() });
    return bytes;
  };
  m.writeMemory = (offset, bytes) => {
    const before = m.memory.view(offset, bytes.length).slice();
    writeMemory.call(m, offset, bytes);
    if (bytes.length > 0) looks.memoryWrites.push({ offset, before, after: bytes.slice() });
  };
  m.charge = (gas) => {
    if (m.gas < gas) looks.refused = { gas, left: m.gas };
    charge.call(m, gas);
  };
  return looks;
}
