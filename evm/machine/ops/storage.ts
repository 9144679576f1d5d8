import { type Account, EMPTY, FLAG, type Frame, PHASE, STATUS } from "../../structures/layout.ts";
import { copyToMemory } from "../phases/bulk.ts";
import { isPrecompile } from "../phases/precompile-task.ts";
import { ADDRESS_MASK, Failure, isEmptyAccount, type Machine, StatusTask, toBigInt } from "../state/machine.ts";
import type { Operations } from "../state/operation.ts";

/** EIP-2929. */
const COLD_ACCOUNT = 2600n;
const COLD_SLOT = 2100n;
const WARM = 100n;
/** EIP-2200, with the prices of EIP-2929 and the refund of EIP-3529: a slot that this transaction changes for the first time. */
const SET = 20000n;
const RESET = 2900n;
const CLEARED = 4800n;
/** EIP-2200: a call's stipend must not do for a write. */
const SENTRY = 2300n;
/** Yellow Paper, appendix G. */
const COPIED_WORD = 3n;
const NEW_ACCOUNT = 25000n;

const isWarm = (address: bigint, { flags }: Account): boolean => (flags & FLAG.warm) !== 0 || isPrecompile(address);

// Accounts

/** Opens an account, pays for that, and makes it warm. */
function access(m: Machine, address: bigint): Account {
  const account = m.account(address);
  m.charge(isWarm(address, account) ? WARM : COLD_ACCOUNT);
  m.storeAccount({ ...account, flags: account.flags | FLAG.warm });
  return account;
}

function balance(m: Machine): void {
  const account = access(m, m.stack.pop() & ADDRESS_MASK);
  m.stack.push(account.balance);
}

function selfBalance(m: Machine): void {
  const account = m.account(m.openFrame().address);
  m.stack.push(account.balance);
}

function extCodeSize(m: Machine): void {
  const { codeHash } = access(m, m.stack.pop() & ADDRESS_MASK);
  m.openTx();
  const { size } = m.codeOf(codeHash);
  m.stack.push(BigInt(size));
}

/** EIP-1052. */
function extCodeHash(m: Machine): void {
  const account = access(m, m.stack.pop() & ADDRESS_MASK);
  m.stack.push(isEmptyAccount(account) ? 0n : toBigInt(account.codeHash));
}

function extCodeCopy(m: Machine): void {
  const { stack } = m;
  const address = stack.pop() & ADDRESS_MASK;
  const [to, from, length] = [stack.pop(), stack.pop(), stack.pop()];
  const { codeHash } = access(m, address);
  m.extend(to, length);
  m.charge(COPIED_WORD * ((length + 31n) / 32n));
  if (length === 0n) return;
  m.openTx();
  copyToMemory(m, m.codeOf(codeHash), from, to, length);
}

// Storage

function frameThatWrites(m: Machine): Frame {
  const frame = m.openFrame();
  if (frame.isStatic) throw Failure.NOW;
  return frame;
}

function load(m: Machine): void {
  const number = m.stack.pop();
  const { address } = m.openFrame();
  const account = m.account(address);
  const slot = m.slot(address, account, number);
  m.charge(slot.warm ? WARM : COLD_SLOT);
  if (!slot.warm) m.storeSlot(account, { ...slot, warm: true });
  m.stack.push(slot.current);
}

function store(m: Machine): void {
  const number = m.stack.pop();
  const value = m.stack.pop();
  const { address } = frameThatWrites(m);
  if (m.gas <= SENTRY) throw Failure.NOW;
  const account = m.account(address);
  const { original, current, warm } = m.slot(address, account, number);
  if (!warm) m.charge(COLD_SLOT);
  const first = current === original && value !== current;
  m.charge(first ? (original === 0n ? SET : RESET) : WARM);
  m.storeSlot(account, { original, current: value, warm: true });
  const refund = refundOf(original, current, value);
  if (refund === 0n) return;
  const tx = m.openTx();
  m.tx = { ...tx, refund: tx.refund + refund };
}

/** What a write adds to the refund (EIP-2200): a part of it may be taken back later, so that the sum is what the change from `original` earns. */
function refundOf(original: bigint, current: bigint, value: bigint): bigint {
  if (value === current) return 0n;
  const cleared = original === 0n ? 0n : (value === 0n ? CLEARED : 0n) - (current === 0n ? CLEARED : 0n);
  const restored = value === original ? (original === 0n ? SET : RESET) - WARM : 0n;
  return cleared + restored;
}

/** EIP-1153. */
function loadTransient(m: Machine): void {
  const number = m.stack.pop();
  const account = m.account(m.openFrame().address);
  const value = m.transient(account, number);
  m.stack.push(value);
}

function storeTransient(m: Machine): void {
  const number = m.stack.pop();
  const value = m.stack.pop();
  const account = m.account(frameThatWrites(m).address);
  m.transient(account, number);
  m.storeTransient(account, value);
}

/**
 * The balance goes to the beneficiary, and the account only if this transaction created it (EIP-6780): then what it gives to itself is gone as well.
 * It is emptied first, so that the two may be one.
 */
function selfDestruct(m: Machine): void {
  const to = m.stack.pop() & ADDRESS_MASK;
  const { address } = frameThatWrites(m);
  const account = m.account(address);
  const { balance } = account;
  const created = (account.flags & FLAG.created) !== 0;
  const flags = account.flags | FLAG.touched | (created ? FLAG.destroyed : 0);
  m.storeAccount({ ...account, balance: 0n, flags });

  const beneficiary = m.account(to);
  if (!isWarm(to, beneficiary)) m.charge(COLD_ACCOUNT);
  if (balance > 0n && isEmptyAccount(beneficiary)) m.charge(NEW_ACCOUNT);
  const given = created && to === address ? 0n : balance;
  m.storeAccount({
    ...beneficiary,
    balance: BigInt.asUintN(256, beneficiary.balance + given),
    flags: beneficiary.flags | FLAG.warm | FLAG.touched,
  });
  m.returned = EMPTY;
  m.goTo(PHASE.leave, new StatusTask(STATUS.success));
}

export const STORAGE: Operations = {
  49: balance,
  59: extCodeSize,
  60: extCodeCopy,
  63: extCodeHash,
  71: selfBalance,
  84: load,
  85: store,
  92: loadTransient,
  93: storeTransient,
  255: selfDestruct,
};
