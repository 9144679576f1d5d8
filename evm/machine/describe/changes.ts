import { equalBytes } from "@elench/bytes/words";
import type { Hash } from "@elench/merkle/tree";
import { type Account, FLAG, type Slot } from "../../structures/layout.ts";
import { get, type Sparse } from "../../structures/sparse.ts";
import { addressKey, slotKey } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { hexAddress, hexBytes, hexWord } from "./hex.ts";
import type { Looks } from "./looks.ts";

/** The effect of a step on the journal: the records that it read, and all that it changed. Values are hexadecimal, for display. */

/** An account in the journal. */
export interface AccountDescription {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: string;
  readonly flags: readonly (keyof typeof FLAG)[];
}

export interface AccountTouch {
  readonly address: string;
  /** Null: not in the journal. */
  readonly before: AccountDescription | null;
  readonly after: AccountDescription | null;
}

export interface SlotTouch {
  readonly kind: "storage" | "transient";
  readonly address: string;
  readonly slot: string;
  /** Null: not in the journal. */
  readonly before: string | null;
  readonly after: string | null;
  /** Value before the transaction; null for transient storage. */
  readonly original: string | null;
  /** Whether the slot is warm (EIP-2929); null for transient storage. */
  readonly warm: { readonly before: boolean; readonly after: boolean } | null;
}

export interface Touched {
  readonly accounts: readonly AccountTouch[];
  readonly storage: readonly SlotTouch[];
}

/** @param looks the records that the step read. */
export function touched(before: Machine, after: Machine, looks: Looks): Touched {
  const changed = changes(before.journal, after.journal).map(({ record }) => record.address);
  const addresses = new Set([...looks.accounts, ...changed, ...looks.slots.map(({ address }) => address)]);
  const touches = [...addresses].map((address) => {
    const key = addressKey(address);
    const [was, is] = [get(before.journal, key), get(after.journal, key)];
    const looked = looks.slots.filter((look) => look.address === address);
    return { account: accountTouch(address, was, is), storage: slotTouches(address, was, is, looked) };
  });
  return {
    accounts: touches.map(({ account }) => account).filter(({ before, after }) => before !== null || after !== null),
    storage: touches.flatMap(({ storage }) => storage),
  };
}

function accountTouch(address: bigint, before: Account | undefined, after: Account | undefined): AccountTouch {
  return {
    address: hexAddress(address),
    before: before ? describeAccount(before) : null,
    after: after ? describeAccount(after) : null,
  };
}

const describeAccount = ({ nonce, balance, codeHash, flags }: Account): AccountDescription => ({
  nonce,
  balance,
  codeHash: hexBytes(codeHash),
  flags: (Object.keys(FLAG) as (keyof typeof FLAG)[]).filter((name) => (flags & FLAG[name]) !== 0),
});

function slotTouches(
  address: bigint,
  before: Account | undefined,
  after: Account | undefined,
  looks: Looks["slots"],
): SlotTouch[] {
  const [slots, transient] = [new Set<bigint>(), new Set<bigint>()];
  for (const look of looks) (look.transient ? transient : slots).add(look.slot);
  // If the whole account was added or removed, its slots count as changed only if a look names them.
  if (before && after) {
    for (const { record } of changes(before.slots, after.slots)) slots.add(record.number);
    for (const { record } of changes(before.transient, after.transient)) transient.add(record.number);
  }
  return [
    ...[...slots].flatMap((number) => {
      const key = slotKey(number);
      const [was, is] = [get(before?.slots ?? null, key), get(after?.slots ?? null, key)];
      return was || is ? [storageTouch(address, number, was, is)] : [];
    }),
    ...[...transient].map((number): SlotTouch => {
      const key = slotKey(number);
      const valueIn = (account: Account | undefined) => hexWord(get(account?.transient ?? null, key)?.value ?? 0n);
      return {
        kind: "transient",
        address: hexAddress(address),
        slot: hexWord(number),
        before: valueIn(before),
        after: valueIn(after),
        original: null,
        warm: null,
      };
    }),
  ];
}

const storageTouch = (address: bigint, number: bigint, was: Slot | undefined, is: Slot | undefined): SlotTouch => ({
  kind: "storage",
  address: hexAddress(address),
  slot: hexWord(number),
  before: was ? hexWord(was.current) : null,
  after: is ? hexWord(is.current) : null,
  original: hexWord((was ?? (is as Slot)).original),
  warm: { before: was?.warm ?? false, after: is?.warm ?? false },
});

interface Change<R> {
  readonly key: Hash;
  /** The record after the step; if it was removed, the record before. */
  readonly record: R;
}

/** Records that differ between two trees. Shared subtrees are skipped. */
function changes<R>(before: Sparse<R>, after: Sparse<R>): Change<R>[] {
  if (before === after) return [];
  if (before !== null && after !== null && !("key" in before) && !("key" in after))
    return [...changes(before.left, after.left), ...changes(before.right, after.right)];
  const [left, right] = [leavesOf(before), leavesOf(after)];
  const stayed = left.flatMap(({ key, record }) => {
    const now = right.find((leaf) => equalBytes(leaf.key, key));
    return now?.record === record ? [] : [{ key, record: now?.record ?? record }];
  });
  const come = right.filter(({ key }) => !left.some((leaf) => equalBytes(leaf.key, key)));
  return [...stayed, ...come];
}

function leavesOf<R>(tree: Sparse<R>): readonly Change<R>[] {
  if (tree === null) return [];
  return "key" in tree ? [tree] : [...leavesOf(tree.left), ...leavesOf(tree.right)];
}
