import { type Account, FLAG, PHASE, type Slot } from "../../structures/layout.ts";
import { encodeProof } from "../../trie/proof.ts";
import { trieUpdate } from "../../trie/update.ts";
import { encodeAccount, encodeSlot, isEmptyAccount } from "../state/account.ts";
import { dropAccount, openFirstAccount, openFirstSlot, storeAccount, withoutSlot } from "../state/journal.ts";
import { addressKey, slotKey } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { openBlock, openTx } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import type { FlushTask } from "../state/task.ts";

/** Writes one record of the journal into the tries, lowest key first: an account's slots, then the account. */
function flush(m: Machine, { status, used }: FlushTask): void {
  const account = openFirstAccount(m);
  if (!account) {
    m.goTo({ phase: PHASE.receipt, status, used });
    return;
  }
  const destroyed = (account.flags & FLAG.destroyed) !== 0;
  if (account.slots !== null && !destroyed) {
    flushSlot(m, account);
    return;
  }
  if (destroyed || (account.flags & FLAG.touched) !== 0) {
    const gone = destroyed || isEmptyAccount(account);
    setStateRoot(m, addressKey(account.address), gone ? null : encodeAccount(account));
  }
  dropAccount(m, account);
}

/** @param account that has slots left. */
function flushSlot(m: Machine, account: Account): void {
  const slot = openFirstSlot(m, account) as Slot;
  const rest = withoutSlot(account, slot);
  if (slot.current === slot.original) storeAccount(m, rest);
  else {
    const storage = update(m, account.storage, slotKey(slot.number), encodeSlot(slot.current));
    storeAccount(m, { ...rest, storage, flags: account.flags | FLAG.touched });
  }
}

function setStateRoot(m: Machine, key: Uint8Array, value: Uint8Array | null): void {
  const tx = openTx(m);
  const block = openBlock(m);
  m.tx = { ...tx, block: { ...block, stateRoot: update(m, block.stateRoot, key, value) } };
}

/** Updates a trie; puts the proof on the tape. @returns its new root. */
function update(m: Machine, root: Uint8Array, key: Uint8Array, value: Uint8Array | null): Uint8Array {
  const { root: changed, written, proof } = trieUpdate(root, key, value, m.host.node);
  m.tape?.bytes(encodeProof(proof));
  for (const { hash, rlp } of written) m.host.keep(hash, rlp);
  return changed;
}

export const FLUSH: Steps = { [PHASE.flush]: flush };
