import { toBigInt } from "@elench/bytes/words";
import { GAS } from "@elench/spec/evm/gas-costs";
import { OP } from "@elench/spec/evm/opcodes";
import { type Account, EMPTY, FLAG, type Frame, PHASE, STATUS } from "../../structures/layout.ts";
import { copyToMemory } from "../phases/copy.ts";
import { isPrecompile } from "../phases/is-precompile.ts";
import { isEmptyAccount } from "../state/account.ts";
import { openCode } from "../state/codes.ts";
import { charge } from "../state/gas.ts";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import { openAccount, openSlot, openTransient, storeAccount, storeSlot, storeTransient } from "../state/journal.ts";
import { ADDRESS_MASK } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { expandMemory } from "../state/memory.ts";
import { openFrame, openTx } from "../state/opening.ts";
import type { Operations } from "../state/operation.ts";

const isWarm = (address: bigint, { flags }: Account): boolean => (flags & FLAG.warm) !== 0 || isPrecompile(address);

// Accounts

/** Opens an account, charges for the access, and makes it warm. */
function access(m: Machine, address: bigint): Account {
  const account = openAccount(m, address);
  charge(m, isWarm(address, account) ? GAS.WARM_STORAGE_READ_COST : GAS.COLD_ACCOUNT_ACCESS_COST);
  storeAccount(m, { ...account, flags: account.flags | FLAG.warm });
  return account;
}

function balance(m: Machine): void {
  const account = access(m, m.stack.pop() & ADDRESS_MASK);
  m.stack.push(account.balance);
}

function selfBalance(m: Machine): void {
  const account = openAccount(m, openFrame(m).address);
  m.stack.push(account.balance);
}

function extCodeSize(m: Machine): void {
  const { codeHash } = access(m, m.stack.pop() & ADDRESS_MASK);
  openTx(m);
  const { size } = openCode(m, codeHash);
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
  expandMemory(m, to, length);
  charge(m, GAS.COPY_WORD * ((length + 31n) / 32n));
  if (length === 0n) return;
  openTx(m);
  copyToMemory(m, openCode(m, codeHash), from, to, length);
}

// Storage

function frameThatWrites(m: Machine): Frame {
  const frame = openFrame(m);
  if (frame.isStatic) throw EXCEPTIONAL_HALT;
  return frame;
}

function load(m: Machine): void {
  const number = m.stack.pop();
  const { address } = openFrame(m);
  const account = openAccount(m, address);
  const slot = openSlot(m, account, number);
  charge(m, slot.warm ? GAS.WARM_STORAGE_READ_COST : GAS.COLD_SLOAD_COST);
  if (!slot.warm) storeSlot(m, account, { ...slot, warm: true });
  m.stack.push(slot.current);
}

function store(m: Machine): void {
  const number = m.stack.pop();
  const value = m.stack.pop();
  const { address } = frameThatWrites(m);
  // EIP-2200: the call stipend must not pay for a write.
  if (m.gas <= GAS.CALL_STIPEND) throw EXCEPTIONAL_HALT;
  const account = openAccount(m, address);
  const slot = openSlot(m, account, number);
  const { original, current, warm } = slot;
  if (!warm) charge(m, GAS.COLD_SLOAD_COST);
  const first = current === original && value !== current;
  charge(m, first ? (original === 0n ? GAS.SSTORE_SET_GAS : GAS.SSTORE_RESET_GAS) : GAS.WARM_STORAGE_READ_COST);
  storeSlot(m, account, { ...slot, current: value, warm: true });
  const refund = refundOf(original, current, value);
  if (refund === 0n) return;
  const tx = openTx(m);
  m.tx = { ...tx, refund: tx.refund + refund };
}

/** What a write adds to the refund counter (EIP-2200). It can be negative: the sum over all writes is the refund for the change from `original`. */
function refundOf(original: bigint, current: bigint, value: bigint): bigint {
  if (value === current) return 0n;
  const cleared =
    original === 0n
      ? 0n
      : (value === 0n ? GAS.SSTORE_CLEARS_SCHEDULE : 0n) - (current === 0n ? GAS.SSTORE_CLEARS_SCHEDULE : 0n);
  const restored =
    value === original
      ? (original === 0n ? GAS.SSTORE_SET_GAS : GAS.SSTORE_RESET_GAS) - GAS.WARM_STORAGE_READ_COST
      : 0n;
  return cleared + restored;
}

/** EIP-1153. */
function transientLoad(m: Machine): void {
  const number = m.stack.pop();
  const account = openAccount(m, openFrame(m).address);
  const value = openTransient(m, account, number);
  m.stack.push(value);
}

function transientStore(m: Machine): void {
  const number = m.stack.pop();
  const value = m.stack.pop();
  const account = openAccount(m, frameThatWrites(m).address);
  openTransient(m, account, number);
  storeTransient(m, account, number, value);
}

/**
 * Moves the balance to the beneficiary. Destroys the account only if this transaction created it (EIP-6780); a balance sent to itself is then burned.
 * Debits before it credits, because the two accounts can be the same.
 */
function selfDestruct(m: Machine): void {
  const to = m.stack.pop() & ADDRESS_MASK;
  const { address } = frameThatWrites(m);
  const account = openAccount(m, address);
  const { balance } = account;
  const created = (account.flags & FLAG.created) !== 0;
  const flags = account.flags | FLAG.touched | (created ? FLAG.destroyed : 0);
  storeAccount(m, { ...account, balance: 0n, flags });

  const beneficiary = openAccount(m, to);
  if (!isWarm(to, beneficiary)) charge(m, GAS.COLD_ACCOUNT_ACCESS_COST);
  if (balance > 0n && isEmptyAccount(beneficiary)) charge(m, GAS.NEW_ACCOUNT);
  const given = created && to === address ? 0n : balance;
  storeAccount(m, {
    ...beneficiary,
    balance: BigInt.asUintN(256, beneficiary.balance + given),
    flags: beneficiary.flags | FLAG.warm | FLAG.touched,
  });
  m.returned = EMPTY;
  m.goTo({ phase: PHASE.leave, status: STATUS.success });
}

export const STORAGE: Operations = {
  [OP.BALANCE]: balance,
  [OP.EXTCODESIZE]: extCodeSize,
  [OP.EXTCODECOPY]: extCodeCopy,
  [OP.EXTCODEHASH]: extCodeHash,
  [OP.SELFBALANCE]: selfBalance,
  [OP.SLOAD]: load,
  [OP.SSTORE]: store,
  [OP.TLOAD]: transientLoad,
  [OP.TSTORE]: transientStore,
  [OP.SELFDESTRUCT]: selfDestruct,
};
