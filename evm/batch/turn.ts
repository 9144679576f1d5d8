import { toBigInt } from "@elench/bytes/words";
import { BLOCK_HEADER_BYTES, TRANSACTION_LENGTH_BYTES } from "@elench/spec/evm/batch";
import { type Block, ZERO_HASH } from "../structures/layout.ts";
import { outputOf } from "./claim.ts";
import { decodeHeader } from "./encoding.ts";
import { blockHash, historyIndex, historyTree } from "./history.ts";
import type { Read } from "./transaction.ts";

/** The work between two transactions of a batch, in turns: the step NEXT takes one turn, native execution takes all. */
export type Turn =
  | { readonly kind: "transaction"; readonly block: Block; readonly start: number; readonly end: number }
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "end"; readonly output: Uint8Array };

export function nextTurn(block: Block, read: Read): Turn {
  if (block.remaining > 0) return nextTransaction(block, read);
  return block.open ? { kind: "block", block: closed(block) } : nextBlock(block, read);
}

/** A truncated transaction, or one beyond the limit, is ignored with everything after it. */
function nextTransaction(block: Block, read: Read): Turn {
  const { batch } = block;
  const { position, transactions } = batch;
  const { size } = batch.bytes;
  const start = position + TRANSACTION_LENGTH_BYTES;
  const rest: Turn = { kind: "block", block: { ...block, remaining: 0, batch: { ...batch, position: size } } };
  if (transactions === 0 || start > size) return rest;
  const end = start + Number(toBigInt(read(position, TRANSACTION_LENGTH_BYTES)));
  if (end > size) return rest;
  return {
    kind: "transaction",
    block: {
      ...block,
      remaining: block.remaining - 1,
      batch: { ...batch, position: end, transactions: transactions - 1 },
    },
    start,
    end,
  };
}

/** Ends the block: its hash enters the history. */
function closed(block: Block): Block {
  const { batch } = block;
  const history = batch.history.with(historyIndex(block.number), blockHash(block));
  return { ...block, open: false, batch: { ...batch, history, historyRoot: historyTree(history).root } };
}

/** Begins the next block; ends the batch if no whole header is left. */
function nextBlock({ number, stateRoot, batch }: Block, read: Read): Turn {
  const { position, transactions, history } = batch;
  const start = position + BLOCK_HEADER_BYTES;
  if (start > batch.bytes.size || transactions === 0)
    return { kind: "end", output: outputOf({ number, stateRoot, history }) };
  const { count, ...header } = decodeHeader(read(position, BLOCK_HEADER_BYTES));
  return {
    kind: "block",
    block: {
      ...header,
      number: number + 1n,
      gasUsed: 0n,
      remaining: count,
      open: true,
      receipts: ZERO_HASH,
      stateRoot,
      batch: { ...batch, position: start },
    },
  };
}
