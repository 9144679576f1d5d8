import { firstBlock, recordOf, SLOT_STEPS } from "../../batch/claim.ts";
import { historyIndex, historyTree } from "../../batch/history.ts";
import { configWords, recordWords } from "../../batch/record.ts";
import { nextTurn } from "../../batch/turn.ts";
import { type Block, PHASE } from "../../structures/layout.ts";
import { toBoundary } from "../state/boundary.ts";
import { readBytes } from "../state/bytes.ts";
import type { Machine } from "../state/machine.ts";
import { openBatch, openBlock, openTask, openTx } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import { NEXT, type StartTask } from "../state/task.ts";

/** START: opens the context: the batch's record, with its config, and the output that it builds on. */
function start(m: Machine, { input }: StartTask): void {
  openTask(m);
  m.tape?.words(recordWords(recordOf(input)));
  m.tape?.words(configWords(input.config));
  const { number, stateRoot, history } = input.previous;
  m.tape?.words([number, stateRoot, historyTree(history).root]);
  toBoundary(m, firstBlock(input));
}

/** NEXT: takes one turn of the work between two transactions. */
function next(m: Machine): void {
  openTx(m);
  const block = openBlock(m);
  const { bytes, context } = openBatch(m);
  if (block.open && block.remaining === 0) openHistory(m, block);
  const turn = nextTurn(block, (offset, length) => readBytes(m, bytes, offset, length));
  if (turn.kind === "end") {
    m.halted = { context, output: turn.output };
    return;
  }
  toBoundary(m, turn.block);
  if (turn.kind === "transaction") m.goTo({ phase: PHASE.decode, start: turn.start, end: turn.end });
}

/** Opens the block's entry in the history: the current hash, and the siblings. */
function openHistory(m: Machine, { number, batch }: Block): void {
  if (!m.tape) return;
  const index = historyIndex(number);
  const tree = historyTree(batch.history);
  m.tape.bytes(tree.node(0, index), ...tree.path(index));
}

/** IDLE. */
function idle(m: Machine): void {
  if ((m.clock + 1n) % SLOT_STEPS === 0n) m.goTo(NEXT);
}

/** The last step before the next transaction. */
export const lastOfSlot = (clock: bigint): bigint => clock - (clock % SLOT_STEPS) + SLOT_STEPS - 1n;

/**
 * Skips idle steps.
 * @param clock where to stop, in the same slot.
 */
export function skipIdle(m: Machine, clock = lastOfSlot(m.clock)): void {
  if (m.phase === PHASE.idle && clock > m.clock) m.clock = clock;
}

export const BLOCKS: Steps = {
  [PHASE.start]: start,
  [PHASE.next]: next,
  [PHASE.idle]: idle,
};
