import { Code } from "../../structures/code.ts";
import { PHASE } from "../../structures/layout.ts";
import { trieGet } from "../../trie/get.ts";
import { encodeProof } from "../../trie/proof.ts";
import { decodeAccount, decodeSlot } from "../state/account.ts";
import { insertCode } from "../state/codes.ts";
import { insertAccount, insertSlot, openAccount } from "../state/journal.ts";
import { addressKey, slotKey } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { openBlock, openTask, openTx } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import type { TaskOf } from "../state/task.ts";

/** Looks up a key in a trie; puts the proof on the tape. */
function lookUp(m: Machine, root: Uint8Array, key: Uint8Array): Uint8Array | null {
  const { value, proof } = trieGet(root, key, m.host.node);
  m.tape?.bytes(encodeProof(proof));
  return value;
}

function loadAccount(m: Machine, { address, resume }: TaskOf<typeof PHASE.loadAccount>): void {
  openTask(m);
  openTx(m);
  const { stateRoot } = openBlock(m);
  insertAccount(m, decodeAccount(address, lookUp(m, stateRoot, addressKey(address))));
  m.goTo(resume);
}

function loadSlot(m: Machine, { address, slot, resume }: TaskOf<typeof PHASE.loadSlot>): void {
  openTask(m);
  const account = openAccount(m, address);
  const value = decodeSlot(lookUp(m, account.storage, slotKey(slot)));
  insertSlot(m, account, { number: slot, original: value, current: value, warm: false });
  m.goTo(resume);
}

function loadCode(m: Machine, { codeHash, resume }: TaskOf<typeof PHASE.loadCode>): void {
  openTask(m);
  openTx(m);
  const code = new Code(m.host.code(codeHash));
  m.tape?.uint(code.size, 4);
  m.tape?.bytes(code.bytes);
  insertCode(m, codeHash, code);
  m.goTo(resume);
}

export const LOADS: Steps = {
  [PHASE.loadAccount]: loadAccount,
  [PHASE.loadSlot]: loadSlot,
  [PHASE.loadCode]: loadCode,
};
