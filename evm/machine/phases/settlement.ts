import { hashWords } from "@elench/merkle/hash-words";
import { GAS } from "@elench/spec/evm/gas-costs";
import { isPayable, isTakable } from "../../batch/validity.ts";
import { EMPTY, type Envelope, FLAG, type Frame, KIND, PHASE, STATUS, type Tx } from "../../structures/layout.ts";
import { endTransaction } from "../state/boundary.ts";
import { openAccount, storeAccount } from "../state/journal.ts";
import type { Machine } from "../state/machine.ts";
import { openBatch, openBlock, openEnvelope, openTask, openTx } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import type { EnterTask, ReceiptTask, SettleTask } from "../state/task.ts";
import { Waiting } from "../state/waiting.ts";
import { createdAddress, enter } from "./frames.ts";
import { drop, warmed } from "./transactions.ts";

const WORD = 2n ** 256n;

/** VALIDATE: checks the transaction against the state (Yellow Paper, section 6.2; EIPs 1559, 2681, 3607), buys the gas, and enters the outermost frame. */
function validate(m: Machine): void {
  const tx = openTx(m);
  const envelope = openEnvelope(m);
  const block = openBlock(m);
  openBatch(m);
  if (!isTakable(envelope, block)) {
    drop(m, tx);
    return;
  }
  const sender = openAccount(m, tx.origin);
  if (!isPayable(envelope, sender)) {
    drop(m, tx);
    return;
  }
  const { nonce, gasLimit, intrinsic } = envelope;
  const gasPrice = effectivePrice(envelope, block.baseFee);
  storeAccount(m, {
    ...sender,
    nonce: nonce + 1n,
    balance: sender.balance - gasLimit * gasPrice,
    flags: sender.flags | FLAG.warm | FLAG.touched,
  });
  storeAccount(m, warmed(openAccount(m, block.coinbase)));
  const address = envelope.creates ? createdAddress(tx.origin, nonce) : envelope.to;
  storeAccount(m, warmed(openAccount(m, address)));
  m.tx = { ...tx, gasPrice };
  enter(m, ownFrame(m, m.tx, envelope, address), gasLimit - intrinsic, ownEntry(envelope, address));
}

/** EIP-1559. @param baseFee at most `maxFee`. */
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

const ownEntry = ({ creates, data }: Envelope, address: bigint): EnterTask => ({
  phase: PHASE.enter,
  codeAddress: address,
  transfers: true,
  creates,
  initcode: creates ? data : EMPTY,
});

/** SETTLE: refunds the remaining gas to the sender, and pays the priority fee to the coinbase. The base fee is burned. */
function settle(m: Machine, { status }: SettleTask): void {
  openTask(m);
  const tx = openTx(m);
  const { gasLimit } = openEnvelope(m);
  const block = openBlock(m);
  const spent = gasLimit - m.gas;
  let refund = spent / GAS.MAX_REFUND_QUOTIENT;
  if (tx.refund < refund) refund = tx.refund;
  const used = spent - refund;
  const sender = openAccount(m, tx.origin);
  storeAccount(m, { ...sender, balance: (sender.balance + (m.gas + refund) * tx.gasPrice) % WORD });
  const coinbase = openAccount(m, block.coinbase);
  const tip = (tx.gasPrice - block.baseFee) * used;
  storeAccount(m, {
    ...coinbase,
    balance: (coinbase.balance + tip) % WORD,
    flags: coinbase.flags | FLAG.touched,
  });
  m.gas = 0n;
  m.goTo({ phase: PHASE.flush, status, used });
}

/** RECEIPT: ends the transaction and appends its receipt. */
function receipt(m: Machine, { status, used }: ReceiptTask): void {
  openTask(m);
  const tx = openTx(m);
  const block = openBlock(m);
  const batch = openBatch(m);
  const gasUsed = block.gasUsed + used;
  const receipts = hashWords([block.receipts, hashWords([status === STATUS.success, gasUsed, tx.logs])]);
  endTransaction(m, { ...block, gasUsed, receipts, batch: { ...batch, gasLeft: batch.gasLeft - used } });
}

export const SETTLEMENT: Steps = {
  [PHASE.validate]: validate,
  [PHASE.settle]: settle,
  [PHASE.receipt]: receipt,
};
