import { concat } from "@elench/bytes/concat";
import { equalBytes, toBigInt, type Word, wordBytes } from "@elench/bytes/words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { keccak256 } from "@elench/merkle/tree";
import { Code } from "../../structures/code.ts";
import {
  type Account,
  EMPTY,
  EMPTY_CODE_HASH,
  FLAG,
  type Frame,
  hashOf,
  KIND,
  PHASE,
  readView,
  STATUS,
  type View,
  viewOf,
  viewWords,
} from "../../structures/layout.ts";
import { EMPTY_TRIE_ROOT } from "../../trie/node.ts";
import { ADDRESS_MASK, addressBytes, Failure, type Machine, StatusTask, type Task, Waiting } from "../state/machine.ts";
import type { Steps } from "../state/operation.ts";
import { Stack } from "../state/stack.ts";
import { BuildTask, copyToMemory, type DigestTask, hashView } from "./bulk.ts";
import { isPrecompile, PrecompileTask } from "./precompile-task.ts";

/** Deepest frame: the transaction's own has depth 0 (Yellow Paper, section 8). */
const MAX_DEPTH = 1024;
/** EIP-2681: a nonce that goes no higher. */
const MAX_NONCE = 2n ** 64n - 1n;
/** EIP-170. */
const MAX_CODE = 24576;
/** Yellow Paper, appendix G: for each byte of a new account's code. */
const CODE_BYTE = 200n;
/** EIP-3541: no code begins with it. */
const RESERVED = 0xef;

/** What lies between a call and its first instruction. */
export class EnterTask implements Task {
  /** Whose code runs; of a creation, the new address. */
  readonly codeAddress: bigint;
  /** Whether the frame's value moves, and its account is touched: all but DELEGATECALL. */
  readonly transfers: boolean;
  readonly creates: boolean;
  /** Of a creation, else EMPTY. */
  readonly initcode: View;

  constructor(codeAddress: bigint, transfers: boolean, creates: boolean, initcode: View) {
    this.codeAddress = codeAddress;
    this.transfers = transfers;
    this.creates = creates;
    this.initcode = initcode;
  }

  words(): readonly Word[] {
    return [this.codeAddress, this.transfers, this.creates, hashOf(this.initcode, viewWords)];
  }
}

/** Hands the machine to a new frame. */
export function enter(m: Machine, frame: Frame, gas: bigint, task: EnterTask): void {
  m.frame = frame;
  m.gas = gas;
  m.pc = 0;
  m.stack = new Stack();
  m.memory = new PagedBytes();
  m.code = Code.NONE;
  m.returned = EMPTY;
  m.goTo(PHASE.enter, task);
}

/** ENTER. */
function enterFrame(m: Machine): void {
  const task = m.task as EnterTask;
  m.openTask();
  const frame = m.openFrame();
  if (task.creates) enterCreation(m, frame, task);
  else enterCall(m, frame, task);
}

const pay = (account: Account, amount: bigint): Account => ({
  ...account,
  balance: BigInt.asUintN(256, account.balance + amount),
  flags: account.flags | FLAG.touched,
});

function enterCall(m: Machine, frame: Frame, { codeAddress, transfers }: EnterTask): void {
  if (frame.depth > MAX_DEPTH || (transfers && !transfer(m, frame))) leaveWith(m, STATUS.revert);
  else if (isPrecompile(codeAddress)) m.goTo(PHASE.precompile, new PrecompileTask(codeAddress));
  else {
    const { codeHash } = m.account(codeAddress);
    m.openTx();
    m.code = m.codeOf(codeHash);
    m.goTo(PHASE.execute);
  }
}

/** Moves the frame's value, and touches its account. @returns false, with nothing done, if the caller has less than that. */
function transfer(m: Machine, { caller, address, value }: Frame): boolean {
  if (value > 0n) {
    const payer = m.account(caller);
    if (payer.balance < value) return false;
    m.storeAccount(pay(payer, -value));
  }
  m.storeAccount(pay(m.account(address), value));
  return true;
}

/** The balance was checked before, where there was a choice: by CREATE, and by VALIDATE. */
function enterCreation(m: Machine, frame: Frame, { initcode }: EnterTask): void {
  m.openView(initcode);
  const account = m.account(frame.address);
  const fresh =
    account.nonce === 0n &&
    equalBytes(account.codeHash, EMPTY_CODE_HASH) &&
    equalBytes(account.storage, EMPTY_TRIE_ROOT);
  if (!fresh) throw Failure.NOW;
  m.storeAccount({ ...pay(account, frame.value), nonce: 1n, flags: account.flags | FLAG.created | FLAG.touched });
  if (frame.value > 0n) m.storeAccount(pay(m.account(frame.caller), -frame.value));
  m.code = new Code(readView(initcode, 0, initcode.length), 0);
  if (initcode.length === 0) m.goTo(PHASE.execute);
  else m.goTo(PHASE.build, new BuildTask(initcode));
}

function leaveWith(m: Machine, status: number): void {
  m.goTo(PHASE.leave, new StatusTask(status));
}

/** CREATE: the arguments are on the stack, their gas is paid, and the digest of CREATE2's initcode is at hand. */
function create(m: Machine): void {
  const { stack, tape } = m;
  const { argument, digest } = m.task as DigestTask;
  const salted = argument === 1n;
  m.openTask();
  const takes = salted ? 4 : 3;
  if (tape) {
    for (let i = 0; i < takes; i++) tape.words([stack.peek(i)]);
    tape.words([stack.chain(stack.height - takes)]);
  }
  const [value, offset, length] = [stack.pop(), stack.pop(), stack.pop()];
  const salt = salted ? stack.pop() : 0n;
  const frame = m.openFrame();
  const creator = m.account(frame.address);
  if (frame.depth >= MAX_DEPTH || creator.balance < value || creator.nonce === MAX_NONCE) {
    m.returned = EMPTY;
    stack.push(0n);
    m.goTo(PHASE.execute);
    return;
  }
  m.storeAccount({ ...creator, nonce: creator.nonce + 1n, flags: creator.flags | FLAG.touched });
  const address = salted ? saltedAddress(frame.address, salt, digest) : createdAddress(frame.address, creator.nonce);
  const account = m.account(address);
  m.storeAccount({ ...account, flags: account.flags | FLAG.warm });
  const gas = m.gas - m.gas / 64n;
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
  enter(m, creation, gas, new EnterTask(address, true, true, viewOf(m.memory, Number(offset), Number(length))));
}

const lastTwenty = (hash: Uint8Array): bigint => toBigInt(hash) & ADDRESS_MASK;

/** Address of the account that a sender's creation makes: keccak256(rlp([sender, nonce])) (Yellow Paper, section 7). */
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

/** DEPOSIT: the code that a creation has left is paid for and hashed, and becomes the account's. */
function deposit(m: Machine): void {
  const { digest, live } = m.task as DigestTask;
  m.openTask();
  const account = m.account(m.openFrame().address);
  const code = live as View;
  m.host.keep(digest, readView(code, 0, code.length));
  m.storeAccount({ ...account, codeHash: digest, flags: account.flags | FLAG.touched });
  leaveWith(m, STATUS.deposited);
}

/** LEAVE: a creation's code is looked at first; then the state that waits goes on. */
function leave(m: Machine): void {
  const { status } = m.task as StatusTask;
  m.openTask();
  const frame = m.openFrame();
  const returned = m.openView(m.returned);
  if (frame.kind === KIND.creation && status === STATUS.success && returned.length > 0) {
    if (returned.length > MAX_CODE || m.readView(returned, 0, 1)[0] === RESERVED) throw Failure.NOW;
    m.charge(CODE_BYTE * BigInt(returned.length));
    hashView(m, PHASE.deposit, 0n, returned, { live: returned });
  } else goOn(m, frame, status);
}

/** Restores the state that waits, and tells it how the frame ended. */
function goOn(m: Machine, frame: Frame, status: number): void {
  const waiting = m.openWaiting();
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
    m.goTo(PHASE.settle, new StatusTask(succeeds ? STATUS.success : status));
    return;
  }
  // What came back may be a window on this very memory: then it is copied before it is written.
  if (returned.tree === m.memory) m.memory.shared = true;
  m.goTo(PHASE.execute);
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
