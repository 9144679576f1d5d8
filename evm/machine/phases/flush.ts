import { type Account, FLAG, PHASE } from "../../structures/layout.ts";
import { encodeProof } from "../../trie/proof.ts";
import { trieUpdate } from "../../trie/update.ts";
import { encodeAccount, encodeSlot } from "../state/account.ts";
import { isEmptyAccount, type Machine } from "../state/machine.ts";
import type { Steps } from "../state/operation.ts";

/** One record of the journal into the tries, that of the lowest key first: an account's slots, then the account. The task, an OutcomeTask, stays as it is. */
function flush(m: Machine): void {
  const first = m.firstAccount();
  if (!first) {
    m.phase = PHASE.receipt;
    return;
  }
  const { key, account } = first;
  const destroyed = (account.flags & FLAG.destroyed) !== 0;
  if (account.slots !== null && !destroyed) {
    flushSlot(m, account);
    return;
  }
  if (destroyed || (account.flags & FLAG.touched) !== 0) {
    const gone = destroyed || isEmptyAccount(account);
    setWorld(m, key, gone ? null : encodeAccount(account));
  }
  m.dropAccount();
}

function flushSlot(m: Machine, account: Account): void {
  const { key, slot } = m.firstSlot(account) as NonNullable<ReturnType<Machine["firstSlot"]>>;
  const rest = { ...account, slots: m.withoutSlot(account) };
  if (slot.current === slot.original) m.storeAccount(rest);
  else {
    const storage = update(m, account.storage, key, encodeSlot(slot.current));
    m.storeAccount({ ...rest, storage, flags: account.flags | FLAG.touched });
  }
}

function setWorld(m: Machine, key: Uint8Array, value: Uint8Array | null): void {
  const tx = m.openTx();
  const block = m.openBlock();
  m.tx = { ...tx, block: { ...block, world: update(m, block.world, key, value) } };
}

/** Changes a trie, with the proof on the tape. @returns its new root. */
function update(m: Machine, root: Uint8Array, key: Uint8Array, value: Uint8Array | null): Uint8Array {
  const { root: changed, written, proof } = trieUpdate(root, key, value, m.host.node);
  m.tape?.bytes(encodeProof(proof));
  for (const { hash, rlp } of written) m.host.keep(hash, rlp);
  return changed;
}

export const FLUSH: Steps = { [PHASE.flush]: flush };
