import type { Machine } from "../state/machine.ts";

/** The values that a step reads. The state holds only hashes of most of them. */
export interface Looks {
  /** Accounts that were opened or inserted. */
  readonly accounts: Set<bigint>;
  readonly slots: { readonly address: bigint; readonly slot: bigint; readonly transient: boolean }[];
  readonly memoryReads: { readonly offset: number; readonly bytes: Uint8Array }[];
  readonly memoryWrites: { readonly offset: number; readonly before: Uint8Array; readonly after: Uint8Array }[];
  /** A charge that exceeded the gas left. */
  outOfGas: { readonly cost: bigint; readonly left: bigint } | null;
}

/** Records what a machine reads from now on. */
export function observe(m: Machine): Looks {
  const looks: Looks = { accounts: new Set(), slots: [], memoryReads: [], memoryWrites: [], outOfGas: null };
  m.observer = {
    account: (address) => looks.accounts.add(address),
    slot: (address, slot) => looks.slots.push({ address, slot, transient: false }),
    transient: (address, slot) => looks.slots.push({ address, slot, transient: true }),
    memoryRead: (offset, bytes) => looks.memoryReads.push({ offset, bytes: bytes.slice() }),
    memoryWrite: (offset, before, after) =>
      looks.memoryWrites.push({ offset, before: before.slice(), after: after.slice() }),
    outOfGas: (cost, left) => {
      looks.outOfGas = { cost, left };
    },
  };
  return looks;
}
