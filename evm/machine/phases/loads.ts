import { Code } from "../../structures/code.ts";
import { PHASE } from "../../structures/layout.ts";
import { trieGet } from "../../trie/get.ts";
import { encodeProof } from "../../trie/proof.ts";
import { decodeAccount, decodeSlot } from "../state/account.ts";
import { addressKey, type LoadTask, type Machine, slotKey } from "../state/machine.ts";
import type { Steps } from "../state/operation.ts";

/** Looks a key up in a trie, with the proof on the tape. */
function look(m: Machine, root: Uint8Array, key: Uint8Array): Uint8Array | null {
  const { value, proof } = trieGet(root, key, m.host.node);
  m.tape?.bytes(encodeProof(proof));
  return value;
}

/** What is loaded, and back. */
const load =
  <Wanted>(bringIn: (m: Machine, wanted: Wanted) => void) =>
  (m: Machine): void => {
    const task = m.task as LoadTask;
    m.openTask();
    bringIn(m, task.wanted as Wanted);
    m.goTo(task.phase, task.task);
  };

const loadAccount = load((m, [address]: readonly [bigint]) => {
  m.openTx();
  const { world } = m.openBlock();
  m.insertAccount(address, decodeAccount(look(m, world, addressKey(address))));
});

const loadSlot = load((m, [address, slot]: readonly [bigint, bigint]) => {
  const account = m.account(address);
  const value = decodeSlot(look(m, account.storage, slotKey(slot)));
  m.insertSlot(account, slot, { original: value, current: value, warm: false });
});

const loadCode = load((m, [codeHash]: readonly [Uint8Array]) => {
  m.openTx();
  const code = new Code(m.host.code(codeHash));
  m.tape?.uint(code.size, 4);
  m.tape?.bytes(code.bytes);
  m.insertCode(codeHash, code);
});

export const LOADS: Steps = {
  [PHASE.loadAccount]: loadAccount,
  [PHASE.loadSlot]: loadSlot,
  [PHASE.loadCode]: loadCode,
};
