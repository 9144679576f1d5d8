import {
  type Batch,
  type Block,
  batchWords,
  blockWords,
  type Envelope,
  envelopeWords,
  type Frame,
  frameWords,
  type Slice,
  sliceWords,
  type Tx,
  txWords,
} from "../../structures/layout.ts";
import type { Machine } from "./machine.ts";
import { taskWords } from "./task.ts";
import type { Waiting } from "./waiting.ts";

/** Opens structures: puts their words on the tape, if there is one, in the order in which the contract reads them. */

/** Opens the machine's task. */
export function openTask(m: Machine): void {
  if (m.tape) m.tape.words(taskWords(m.task));
}

export function openFrame(m: Machine): Frame {
  const frame = m.frame as Frame;
  if (m.tape) m.tape.words(frameWords(frame));
  return frame;
}

export function openTx(m: Machine): Tx {
  const tx = m.tx as Tx;
  if (m.tape) m.tape.words(txWords(tx));
  return tx;
}

/** The Tx must be open. */
export function openEnvelope(m: Machine): Envelope {
  const envelope = (m.tx as Tx).envelope as Envelope;
  if (m.tape) m.tape.words(envelopeWords(envelope));
  return envelope;
}

/** The Tx must be open. */
export function openBlock(m: Machine): Block {
  const { block } = m.tx as Tx;
  if (m.tape) m.tape.words(blockWords(block));
  return block;
}

/** The Block must be open. */
export function openBatch(m: Machine): Batch {
  const { batch } = (m.tx as Tx).block;
  if (m.tape) m.tape.words(batchWords(batch));
  return batch;
}

export function openSlice(m: Machine, slice: Slice): Slice {
  if (m.tape) m.tape.words(sliceWords(slice));
  return slice;
}

/** The waiting state that the frame returns to; the Frame must be open. */
export function openWaiting(m: Machine): Waiting {
  const waiting = (m.frame as Frame).parent as Waiting;
  if (m.tape) m.tape.words(waiting.words());
  return waiting;
}
