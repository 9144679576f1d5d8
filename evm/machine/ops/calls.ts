import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { OP } from "@elench/spec/evm/opcodes";
import { EMPTY, FLAG, type Frame, KIND, PHASE, sliceOf, ZERO_HASH } from "../../structures/layout.ts";
import { enter } from "../phases/frames.ts";
import { hashSlice } from "../phases/hash.ts";
import { isPrecompile } from "../phases/is-precompile.ts";
import { isEmptyAccount } from "../state/account.ts";
import { charge } from "../state/gas.ts";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import { openAccount, storeAccount } from "../state/journal.ts";
import { ADDRESS_MASK } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { expandMemory } from "../state/memory.ts";
import { openFrame } from "../state/opening.ts";
import type { Operations } from "../state/operation.ts";
import { Waiting } from "../state/waiting.ts";

/** CALL, CALLCODE, DELEGATECALL, STATICCALL: gas by EIP-150, 2929, 161. */
function call(m: Machine, op: number): void {
  const { stack } = m;
  const requested = stack.pop();
  const target = stack.pop() & ADDRESS_MASK;
  const value = op === OP.CALL || op === OP.CALLCODE ? stack.pop() : 0n;
  const [inOffset, inLength, outOffset, outLength] = [stack.pop(), stack.pop(), stack.pop(), stack.pop()];
  const frame = openFrame(m);
  if (op === OP.CALL && frame.isStatic && value > 0n) throw EXCEPTIONAL_HALT;
  expandMemory(m, inOffset, inLength);
  expandMemory(m, outOffset, outLength);

  const account = openAccount(m, target);
  const warm = (account.flags & FLAG.warm) !== 0 || isPrecompile(target);
  charge(m, warm ? GAS.WARM_STORAGE_READ_COST : GAS.COLD_ACCOUNT_ACCESS_COST);
  storeAccount(m, { ...account, flags: account.flags | FLAG.warm });
  if (value > 0n) {
    charge(m, GAS.CALL_VALUE);
    if (op === OP.CALL && isEmptyAccount(account)) charge(m, GAS.NEW_ACCOUNT);
  }
  let gas = m.gas - m.gas / GAS.CALL_RESERVE_DIVISOR;
  if (requested < gas) gas = requested;
  charge(m, gas);
  m.returned = EMPTY;
  const delegates = op === OP.DELEGATECALL;
  const callee: Frame = {
    kind: KIND.call,
    address: delegates || op === OP.CALLCODE ? frame.address : target,
    caller: delegates ? frame.caller : frame.address,
    value: delegates ? frame.value : value,
    isStatic: frame.isStatic || op === OP.STATICCALL,
    depth: frame.depth + 1,
    data: sliceOf(m.memory, Number(inOffset), Number(inLength)),
    outOffset,
    outLength,
    parent: new Waiting(m, PHASE.execute),
  };
  enter(m, callee, gas + (value > 0n ? GAS.CALL_STIPEND : 0n), {
    phase: PHASE.enter,
    codeAddress: target,
    transfers: !delegates,
    creates: false,
    initcode: EMPTY,
  });
}

/** CREATE, CREATE2: charges the gas that does not depend on the new address. The arguments stay on the stack for the phase CREATE. */
function create(m: Machine, op: number): void {
  const { stack } = m;
  const [offset, length] = [stack.peek(1), stack.peek(2)];
  if (openFrame(m).isStatic || length > LIMIT.INITCODE_BYTES) throw EXCEPTIONAL_HALT;
  expandMemory(m, offset, length);
  const words = (length + 31n) / 32n;
  charge(m, (op === OP.CREATE2 ? GAS.INITCODE_WORD_COST + GAS.KECCAK256_WORD : GAS.INITCODE_WORD_COST) * words);
  if (op === OP.CREATE2) {
    const initcode = sliceOf(m.memory, Number(offset), Number(length));
    hashSlice(m, { phase: PHASE.create, salted: true }, initcode);
  } else m.goTo({ phase: PHASE.create, salted: false, digest: ZERO_HASH });
}

export const CALLS: Operations = {
  [OP.CREATE]: create,
  [OP.CALL]: call,
  [OP.CALLCODE]: call,
  [OP.DELEGATECALL]: call,
  [OP.CREATE2]: create,
  [OP.STATICCALL]: call,
};
