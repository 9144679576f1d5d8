import { hashWords } from "@elench/merkle/hash-words";
import { isPayable, isTakable } from "../../batch/validity.ts";
import { EMPTY, type Envelope, FLAG, type Frame, KIND, PHASE, STATUS, type Tx } from "../../structures/layout.ts";
import { endTransaction } from "../state/boundary.ts";
import { type Machine, type StatusTask, Waiting } from "../state/machine.ts";
import type { Steps } from "../state/operation.ts";
import { OutcomeTask } from "../state/outcome.ts";
import { createdAddress, EnterTask, enter } from "./frames.ts";
import { drop, warmed } from "./transactions.ts";

const WORD = 2n ** 256n;
/** EIP-3529: of the gas used, at most a fifth is refunded. */
const REFUND_QUOTIENT = 5n;

/** VALIDATE: checks what needs the state (Yellow Paper, section 6.2; EIPs 1559, 2681, 3607), buys the gas, and enters the transaction's own frame. */
function validate(m: Machine): void {
  const tx = m.openTx();
  const envelope = m.openEnvelope();
  const block = m.openBlock();
  m.openBatch();
  if (!isTakable(envelope, block)) {
    drop(m, tx);
    return;
  }
  const sender = m.account(tx.origin);
  if (!isPayable(envelope, sender)) {
    drop(m, tx);
    return;
  }
  const { nonce, gasLimit, intrinsic } = envelope;
  const gasPrice = effectivePrice(envelope, block.baseFee);
  m.storeAccount({
    ...sender,
    nonce: nonce + 1n,
    balance: sender.balance - gasLimit * gasPrice,
    flags: sender.flags | FLAG.warm | FLAG.touched,
  });
  m.storeAccount(warmed(m.account(block.coinbase)));
  const address = envelope.creates ? createdAddress(tx.origin, nonce) : envelope.to;
  m.storeAccount(warmed(m.account(address)));
  m.tx = { ...tx, gasPrice };
  enter(m, ownFrame(m, m.tx, envelope, address), gasLimit - intrinsic, ownEntry(envelope, address));
}

/** EIP-1559. The fee is at least the base fee. */
function effectivePrice({ maxFee, maxPriority }: Envelope, baseFee: bigint): bigint {
  const left = maxFee - baseFee;
  return baseFee + (maxPriority < left ? maxPriority : left);
}

const ownFrame = (m: Machine, { origin }: Tx, { creates, value, data }: Envelope, address: bigint): Frame => ({
  kind: creates ? KIND.creation : KIND.call,
  address,
  caller: origin,
  value,
  isStatic: false,
  depth: 0,
  data: creates ? EMPTY : data,
  outOffset: 0n,
  outLength: 0n,
  parent: new Waiting(m, PHASE.settle),
});

const ownEntry = ({ creates, data }: Envelope, address: bigint): EnterTask =>
  new EnterTask(address, true, creates, creates ? data : EMPTY);

/** SETTLE: what is left of the gas goes back to the sender, what was used is paid to the coinbase, but for the base fee, which nobody gets. */
function settle(m: Machine): void {
  const { status } = m.task as StatusTask;
  m.openTask();
  const tx = m.openTx();
  const { gasLimit } = m.openEnvelope();
  const block = m.openBlock();
  const spent = gasLimit - m.gas;
  const refund = tx.refund < spent / REFUND_QUOTIENT ? tx.refund : spent / REFUND_QUOTIENT;
  const used = spent - refund;
  const sender = m.account(tx.origin);
  m.storeAccount({ ...sender, balance: (sender.balance + (m.gas + refund) * tx.gasPrice) % WORD });
  const coinbase = m.account(block.coinbase);
  const tip = (tx.gasPrice - block.baseFee) * used;
  m.storeAccount({
    ...coinbase,
    balance: (coinbase.balance + tip) % WORD,
    flags: coinbase.flags | FLAG.touched,
  });
  m.gas = 0n;
  m.goTo(PHASE.flush, new OutcomeTask(status, used));
}

/** RECEIPT: the transaction is done. */
function receipt(m: Machine): void {
  const { status, used } = m.task as OutcomeTask;
  m.openTask();
  const tx = m.openTx();
  const block = m.openBlock();
  const batch = m.openBatch();
  const gasUsed = block.gasUsed + used;
  const receipts = hashWords([block.receipts, hashWords([status === STATUS.success, gasUsed, tx.logs])]);
  endTransaction(m, { ...block, gasUsed, receipts, batch: { ...batch, gasLeft: batch.gasLeft - used } });
}

export const SETTLEMENT: Steps = {
  [PHASE.validate]: validate,
  [PHASE.settle]: settle,
  [PHASE.receipt]: receipt,
};
