import { equalBytes } from "@elench/bytes/words";
import type { Hash } from "@elench/merkle/tree";
import { type Account, FLAG, type Slot } from "../../structures/layout.ts";
import { get, type Sparse } from "../../structures/sparse.ts";
import { addressKey, type Machine, nameOfKey, slotKey } from "../state/machine.ts";
import type { Looks } from "./looks.ts";

/** What a step did to the journal: the records that it looked at, and all that are not what they were. Hex for people. */

/** An account of the journal. */
export interface AccountView {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: string;
  readonly flags: readonly (keyof typeof FLAG)[];
}

export interface AccountTouch {
  readonly address: string;
  /** Null: not in the journal. */
  readonly before: AccountView | null;
  readonly after: AccountView | null;
}

export interface SlotTouch {
  readonly kind: "storage" | "transient";
  readonly address: string;
  readonly slot: string;
  /** Null: not in the journal. */
  readonly before: string | null;
  readonly after: string | null;
  /** Before the transaction; null for what is transient. */
  readonly original: string | null;
  /** Whether the transaction has paid for it already; null for what is transient. */
  readonly warm: { readonly before: boolean; readonly after: boolean } | null;
}

export interface Touched {
  readonly accounts: readonly AccountTouch[];
  readonly storage: readonly SlotTouch[];
}

export const hexWord = (value: bigint): string => `0x${value.toString(16)}`;
export const hexAddress = (address: bigint): string => `0x${address.toString(16).padStart(40, "0")}`;
export const hexBytes = (bytes: Uint8Array): string =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;

/** @param looks what the step looked at, by name. */
export function touched(before: Machine, after: Machine, looks: Looks): Touched {
  const keys = new Keys();
  for (const address of looks.accounts) keys.add(addressKey(address));
  for (const { key } of changes(before.journal, after.journal)) keys.add(key);
  for (const { address } of looks.slots) keys.add(addressKey(address));
  const touches = keys.list.map((key) => {
    const [was, is] = [get(before.journal, key), get(after.journal, key)];
    const address = nameOf(key, "address");
    const looked = looks.slots.filter((look) => equalBytes(addressKey(look.address), key));
    return { account: accountTouch(address, was, is), storage: slotTouches(address, was, is, looked) };
  });
  return {
    accounts: touches.map(({ account }) => account).filter(({ before, after }) => before !== null || after !== null),
    storage: touches.flatMap(({ storage }) => storage),
  };
}

function accountTouch(address: string, before: Account | undefined, after: Account | undefined): AccountTouch {
  return { address, before: before ? accountView(before) : null, after: after ? accountView(after) : null };
}

const accountView = ({ nonce, balance, codeHash, flags }: Account): AccountView => ({
  nonce,
  balance,
  codeHash: hexBytes(codeHash),
  flags: (Object.keys(FLAG) as (keyof typeof FLAG)[]).filter((name) => (flags & FLAG[name]) !== 0),
});

function slotTouches(
  address: string,
  before: Account | undefined,
  after: Account | undefined,
  looks: Looks["slots"],
): SlotTouch[] {
  const [slots, transient] = [new Keys(), new Keys()];
  for (const look of looks) (look.transient ? transient : slots).add(slotKey(look.slot));
  // Records that came or went with their account were not touched one by one.
  if (before && after) {
    for (const { key } of changes(before.slots, after.slots)) slots.add(key);
    for (const { key } of changes(before.transient, after.transient)) transient.add(key);
  }
  return [
    ...slots.list.flatMap((key) => {
      const [was, is] = [get(before?.slots ?? null, key), get(after?.slots ?? null, key)];
      return was || is ? [storageTouch(address, nameOf(key, "slot"), was, is)] : [];
    }),
    ...transient.list.map((key): SlotTouch => {
      const [was, is] = [get(before?.transient ?? null, key), get(after?.transient ?? null, key)];
      const value = (word: bigint | undefined) => hexWord(word ?? 0n);
      return {
        kind: "transient",
        address,
        slot: nameOf(key, "slot"),
        before: value(was),
        after: value(is),
        original: null,
        warm: null,
      };
    }),
  ];
}

const storageTouch = (address: string, slot: string, was: Slot | undefined, is: Slot | undefined): SlotTouch => ({
  kind: "storage",
  address,
  slot,
  before: was ? hexWord(was.current) : null,
  after: is ? hexWord(is.current) : null,
  original: hexWord((was ?? (is as Slot)).original),
  warm: { before: was?.warm ?? false, after: is?.warm ?? false },
});

/** The address or the slot; where nobody knows it, its key. */
export function nameOf(key: Hash, kind: "address" | "slot"): string {
  const name = nameOfKey(key, kind);
  if (name === undefined) return `key ${hexBytes(key)}`;
  return kind === "address" ? hexAddress(name) : hexWord(name);
}

/** Keys in the order in which they came, each once. */
class Keys {
  readonly list: Hash[] = [];
  add(key: Hash): void {
    if (!this.list.some((known) => equalBytes(known, key))) this.list.push(key);
  }
}

interface Change<R> {
  readonly key: Hash;
  readonly before: R | undefined;
  readonly after: R | undefined;
}

/** Records that are not the same in two trees. What the trees share is passed over. */
export function changes<R>(before: Sparse<R>, after: Sparse<R>): Change<R>[] {
  if (before === after) return [];
  if (before !== null && after !== null && !("key" in before) && !("key" in after))
    return [...changes(before.left, after.left), ...changes(before.right, after.right)];
  const [left, right] = [leavesOf(before), leavesOf(after)];
  const gone = left.flatMap(({ key, record }) => {
    const now = right.find((leaf) => equalBytes(leaf.key, key));
    return now?.record === record ? [] : [{ key, before: record, after: now?.record }];
  });
  const come = right.flatMap(({ key, record }) =>
    left.some((leaf) => equalBytes(leaf.key, key)) ? [] : [{ key, before: undefined, after: record }],
  );
  return [...gone, ...come];
}

function leavesOf<R>(tree: Sparse<R>): { readonly key: Hash; readonly record: R }[] {
  if (tree === null) return [];
  return "key" in tree ? [tree] : [...leavesOf(tree.left), ...leavesOf(tree.right)];
}
