import { EMPTY, FLAG, type Frame, KIND, PHASE, viewOf, ZERO_HASH } from "../../structures/layout.ts";
import { enter } from "../phases/frames.ts";
import { hashView } from "../phases/hash.ts";
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

const CALL = 0xf1;
const CALLCODE = 0xf2;
const DELEGATECALL = 0xf4;
const STATICCALL = 0xfa;
const CREATE2 = 0xf5;

/** EIP-2929. */
const COLD_ACCOUNT = 2600n;
const WARM_ACCOUNT = 100n;
/** Yellow Paper, appendix G: paid by the caller of a call with value, and given to the callee. */
const VALUE = 9000n;
const STIPEND = 2300n;
const NEW_ACCOUNT = 25000n;
/** EIP-3860. */
const MAX_INITCODE = 49152n;
const INITCODE_WORD = 2n;
/** Yellow Paper, appendix G: a word of what is hashed. */
const HASH_WORD = 6n;

/** CALL, CALLCODE, DELEGATECALL, STATICCALL: gas by EIP-150, 2929, 161. */
function call(m: Machine, op: number): void {
  const { stack } = m;
  const requested = stack.pop();
  const target = stack.pop() & ADDRESS_MASK;
  const value = op === CALL || op === CALLCODE ? stack.pop() : 0n;
  const [inOffset, inLength, outOffset, outLength] = [stack.pop(), stack.pop(), stack.pop(), stack.pop()];
  const frame = openFrame(m);
  if (op === CALL && frame.isStatic && value > 0n) throw EXCEPTIONAL_HALT;
  expandMemory(m, inOffset, inLength);
  expandMemory(m, outOffset, outLength);

  const account = openAccount(m, target);
  const warm = (account.flags & FLAG.warm) !== 0 || isPrecompile(target);
  charge(m, warm ? WARM_ACCOUNT : COLD_ACCOUNT);
  storeAccount(m, { ...account, flags: account.flags | FLAG.warm });
  if (value > 0n) {
    charge(m, VALUE);
    if (op === CALL && isEmptyAccount(account)) charge(m, NEW_ACCOUNT);
  }
  const available = m.gas - m.gas / 64n;
  const gas = requested < available ? requested : available;
  charge(m, gas);
  m.returned = EMPTY;
  const delegates = op === DELEGATECALL;
  const callee: Frame = {
    kind: KIND.call,
    address: delegates || op === CALLCODE ? frame.address : target,
    caller: delegates ? frame.caller : frame.address,
    value: delegates ? frame.value : value,
    isStatic: frame.isStatic || op === STATICCALL,
    depth: frame.depth + 1,
    data: viewOf(m.memory, Number(inOffset), Number(inLength)),
    outOffset,
    outLength,
    parent: new Waiting(m, PHASE.execute),
  };
  enter(m, callee, gas + (value > 0n ? STIPEND : 0n), {
    phase: PHASE.enter,
    codeAddress: target,
    transfers: !delegates,
    creates: false,
    initcode: EMPTY,
  });
}

/** CREATE, CREATE2: what is paid before the new address is known. The arguments stay on the stack. */
function create(m: Machine, op: number): void {
  const { stack } = m;
  const [offset, length] = [stack.peek(1), stack.peek(2)];
  if (openFrame(m).isStatic || length > MAX_INITCODE) throw EXCEPTIONAL_HALT;
  expandMemory(m, offset, length);
  const words = (length + 31n) / 32n;
  charge(m, (op === CREATE2 ? INITCODE_WORD + HASH_WORD : INITCODE_WORD) * words);
  if (op === CREATE2) {
    const initcode = viewOf(m.memory, Number(offset), Number(length));
    hashView(m, { phase: PHASE.create, salted: true }, initcode);
  } else m.goTo({ phase: PHASE.create, salted: false, digest: ZERO_HASH });
}

export const CALLS: Operations = { 240: create, 241: call, 242: call, 244: call, 245: create, 250: call };
