import { EMPTY, FLAG, type Frame, KIND, PHASE, viewOf, ZERO_HASH } from "../../structures/layout.ts";
import { DigestTask, hashView } from "../phases/bulk.ts";
import { EnterTask, enter } from "../phases/frames.ts";
import { isPrecompile } from "../phases/precompile-task.ts";
import { ADDRESS_MASK, Failure, isEmptyAccount, type Machine, Waiting } from "../state/machine.ts";
import type { Operations } from "../state/operation.ts";

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
  const frame = m.openFrame();
  if (op === CALL && frame.isStatic && value > 0n) throw Failure.NOW;
  m.extend(inOffset, inLength);
  m.extend(outOffset, outLength);

  const account = m.account(target);
  const warm = (account.flags & FLAG.warm) !== 0 || isPrecompile(target);
  m.charge(warm ? WARM_ACCOUNT : COLD_ACCOUNT);
  m.storeAccount({ ...account, flags: account.flags | FLAG.warm });
  if (value > 0n) {
    m.charge(VALUE);
    if (op === CALL && isEmptyAccount(account)) m.charge(NEW_ACCOUNT);
  }
  const available = m.gas - m.gas / 64n;
  const gas = requested < available ? requested : available;
  m.charge(gas);
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
  enter(m, callee, gas + (value > 0n ? STIPEND : 0n), new EnterTask(target, !delegates, false, EMPTY));
}

/** CREATE, CREATE2: what is paid before the new address is known. The arguments stay on the stack. */
function create(m: Machine, op: number): void {
  const { stack } = m;
  const [offset, length] = [stack.peek(1), stack.peek(2)];
  if (m.openFrame().isStatic || length > MAX_INITCODE) throw Failure.NOW;
  m.extend(offset, length);
  const words = (length + 31n) / 32n;
  m.charge((op === CREATE2 ? INITCODE_WORD + HASH_WORD : INITCODE_WORD) * words);
  if (op === CREATE2) {
    const initcode = viewOf(m.memory, Number(offset), Number(length));
    hashView(m, PHASE.create, 1n, initcode);
  } else m.goTo(PHASE.create, new DigestTask(0n, ZERO_HASH));
}

export const CALLS: Operations = { 240: create, 241: call, 242: call, 244: call, 245: create, 250: call };
