import { concat } from "@elench/bytes/concat";
import { equalBytes, toBigInt, wordBytes } from "@elench/bytes/words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { keccak256 } from "@elench/merkle/tree";
import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { Code } from "../../structures/code.ts";
import {
  type Account,
  EMPTY,
  EMPTY_CODE_HASH,
  FLAG,
  type Frame,
  KIND,
  PHASE,
  readSlice,
  STATUS,
  sliceOf,
} from "../../structures/layout.ts";
import { EMPTY_TRIE_ROOT } from "../../trie/node.ts";
import { readFromSlice } from "../state/bytes.ts";
import { openCode } from "../state/codes.ts";
import { charge } from "../state/gas.ts";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import { openAccount, storeAccount } from "../state/journal.ts";
import { ADDRESS_MASK, addressBytes } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { openFrame, openSlice, openTask, openTx, openWaiting } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import { Stack } from "../state/stack.ts";
import { type EnterTask, EXECUTE, type LeaveTask, precompileTask, type TaskOf } from "../state/task.ts";
import { Waiting } from "../state/waiting.ts";
import { copyToMemory } from "./copy.ts";
import { hashSlice } from "./hash.ts";
import { isPrecompile } from "./is-precompile.ts";

/** EIP-3541: code must not begin with this byte. */
const RESERVED = 0xef;

/** Starts a new frame. */
export function enter(m: Machine, frame: Frame, gas: bigint, task: EnterTask): void {
  m.frame = frame;
  m.gas = gas;
  m.pc = 0;
  m.stack = new Stack();
  m.memory = new PagedBytes();
  m.code = Code.NONE;
  m.returned = EMPTY;
  m.goTo(task);
}

/** ENTER. */
function enterFrame(m: Machine, task: EnterTask): void {
  openTask(m);
  const frame = openFrame(m);
  if (task.creates) enterCreation(m, frame, task);
  else enterCall(m, frame, task);
}

const pay = (account: Account, amount: bigint): Account => ({
  ...account,
  balance: BigInt.asUintN(256, account.balance + amount),
  flags: account.flags | FLAG.touched,
});

function enterCall(m: Machine, frame: Frame, { codeAddress, transfers }: EnterTask): void {
  if (frame.depth > LIMIT.CALL_DEPTH || (transfers && !transfer(m, frame))) leaveWith(m, STATUS.revert);
  else if (isPrecompile(codeAddress)) m.goTo(precompileTask(codeAddress));
  else {
    const { codeHash } = openAccount(m, codeAddress);
    openTx(m);
    m.code = openCode(m, codeHash);
    m.goTo(EXECUTE);
  }
}

/** Transfers the frame's value and touches the recipient. @returns false, with nothing changed, if the caller's balance is insufficient. */
function transfer(m: Machine, { caller, address, value }: Frame): boolean {
  if (value > 0n) {
    const payer = openAccount(m, caller);
    if (payer.balance < value) return false;
    storeAccount(m, pay(payer, -value));
  }
  storeAccount(m, pay(openAccount(m, address), value));
  return true;
}

/** CREATE and VALIDATE have already checked the balance, so the transfer cannot fail here. */
function enterCreation(m: Machine, frame: Frame, { initcode }: EnterTask): void {
  openSlice(m, initcode);
  const account = openAccount(m, frame.address);
  const fresh =
    account.nonce === 0n &&
    equalBytes(account.codeHash, EMPTY_CODE_HASH) &&
    equalBytes(account.storage, EMPTY_TRIE_ROOT);
  if (!fresh) throw EXCEPTIONAL_HALT;
  storeAccount(m, { ...pay(account, frame.value), nonce: 1n, flags: account.flags | FLAG.created | FLAG.touched });
  if (frame.value > 0n) storeAccount(m, pay(openAccount(m, frame.caller), -frame.value));
  m.code = new Code(readSlice(initcode, 0, initcode.length), 0);
  if (initcode.length === 0) m.goTo(EXECUTE);
  else m.goTo({ phase: PHASE.build, slice: initcode, position: 0, carry: 0 });
}

function leaveWith(m: Machine, status: number): void {
  m.goTo({ phase: PHASE.leave, status });
}

/** CREATE: the arguments are on the stack, their gas is paid, and for CREATE2 the digest of the initcode is known. */
function create(m: Machine, { salted, digest }: TaskOf<typeof PHASE.create>): void {
  const { stack, tape } = m;
  openTask(m);
  const takes = salted ? 4 : 3;
  if (tape) {
    for (let i = 0; i < takes; i++) tape.words([stack.peek(i)]);
    tape.words([stack.chain(stack.height - takes)]);
  }
  const [value, offset, length] = [stack.pop(), stack.pop(), stack.pop()];
  const salt = salted ? stack.pop() : 0n;
  const frame = openFrame(m);
  const creator = openAccount(m, frame.address);
  if (frame.depth >= LIMIT.CALL_DEPTH || creator.balance < value || creator.nonce === LIMIT.NONCE) {
    m.returned = EMPTY;
    stack.push(0n);
    m.goTo(EXECUTE);
    return;
  }
  storeAccount(m, { ...creator, nonce: creator.nonce + 1n, flags: creator.flags | FLAG.touched });
  const address = salted ? saltedAddress(frame.address, salt, digest) : createdAddress(frame.address, creator.nonce);
  const account = openAccount(m, address);
  storeAccount(m, { ...account, flags: account.flags | FLAG.warm });
  const gas = m.gas - m.gas / GAS.CALL_RESERVE_DIVISOR;
  m.gas -= gas;
  m.returned = EMPTY;
  const creation: Frame = {
    kind: KIND.creation,
    address,
    caller: frame.address,
    value,
    isStatic: false,
    depth: frame.depth + 1,
    data: EMPTY,
    outOffset: 0n,
    outLength: 0n,
    parent: new Waiting(m, PHASE.execute),
  };
  const initcode = sliceOf(m.memory, Number(offset), Number(length));
  enter(m, creation, gas, { phase: PHASE.enter, codeAddress: address, transfers: true, creates: true, initcode });
}

const lastTwenty = (hash: Uint8Array): bigint => toBigInt(hash) & ADDRESS_MASK;

/** Address of an account that CREATE or a transaction creates: keccak256(rlp([sender, nonce])) (Yellow Paper, section 7). */
export function createdAddress(sender: bigint, nonce: bigint): bigint {
  const bytes = wordBytes(nonce);
  const digits = bytes.subarray(bytes.findIndex((byte) => byte > 0));
  const rlp = nonce === 0n ? [0x80] : nonce < 128n ? [...digits] : [0x80 + digits.length, ...digits];
  const list = Uint8Array.of(0xc0 + 21 + rlp.length, 0x80 + 20, ...addressBytes(sender), ...rlp);
  return lastTwenty(keccak256(list));
}

/** EIP-1014. */
const saltedAddress = (sender: bigint, salt: bigint, initcodeHash: Uint8Array): bigint =>
  lastTwenty(keccak256(concat(Uint8Array.of(0xff), addressBytes(sender), wordBytes(salt), initcodeHash)));

/** DEPOSIT: the code that a creation returned becomes the account's. LEAVE has charged for it and HASH has hashed it. */
function deposit(m: Machine, { code, digest }: TaskOf<typeof PHASE.deposit>): void {
  openTask(m);
  const account = openAccount(m, openFrame(m).address);
  m.host.keep(digest, readSlice(code, 0, code.length));
  storeAccount(m, { ...account, codeHash: digest, flags: account.flags | FLAG.touched });
  leaveWith(m, STATUS.deposited);
}

/** LEAVE: checks and charges for a creation's code; then resumes the waiting state. */
function leave(m: Machine, { status }: LeaveTask): void {
  openTask(m);
  const frame = openFrame(m);
  const returned = openSlice(m, m.returned);
  if (frame.kind === KIND.creation && status === STATUS.success && returned.length > 0) {
    if (returned.length > LIMIT.CODE_BYTES || readFromSlice(m, returned, 0, 1)[0] === RESERVED) throw EXCEPTIONAL_HALT;
    charge(m, GAS.CODE_DEPOSIT_BYTE * BigInt(returned.length));
    hashSlice(m, { phase: PHASE.deposit, code: returned }, returned);
  } else goOn(m, frame, status);
}

/** Restores the waiting state and passes it the frame's status. */
function goOn(m: Machine, frame: Frame, status: number): void {
  const waiting = openWaiting(m);
  const { returned } = m;
  const succeeds = status === STATUS.success || status === STATUS.deposited;
  if (!succeeds) {
    m.journal = waiting.journal;
    m.tx = waiting.tx;
  }
  m.pc = waiting.pc;
  m.gas += waiting.gas;
  m.stack = waiting.shared ? waiting.stack.copy() : waiting.stack;
  m.memory = waiting.memory;
  m.code = waiting.code;
  m.frame = waiting.frame;
  if (waiting.phase === PHASE.settle) {
    m.returned = EMPTY;
    m.goTo({ phase: PHASE.settle, status: succeeds ? STATUS.success : status });
    return;
  }
  // The return data can be a slice of this memory. It is then copied before it is written.
  if (returned.tree === m.memory) m.memory.shared = true;
  m.goTo(EXECUTE);
  if (frame.kind === KIND.creation) {
    m.stack.push(succeeds ? frame.address : 0n);
    m.returned = succeeds ? EMPTY : returned;
    return;
  }
  m.stack.push(succeeds ? 1n : 0n);
  const length = BigInt(returned.length);
  copyToMemory(m, returned, 0n, frame.outOffset, frame.outLength < length ? frame.outLength : length);
}

export const FRAMES: Steps = {
  [PHASE.enter]: enterFrame,
  [PHASE.create]: create,
  [PHASE.deposit]: deposit,
  [PHASE.leave]: leave,
};
