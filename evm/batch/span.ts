import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import type { Hash } from "@elench/merkle/tree";
import { SPAN_LIMIT, SPAN_TAG } from "@elench/spec/rollup/span";

/** Spans of batches, and the span machine's hashes: docs/span-machine.md. */

/** The batches [first, end) of a chain, executed from the output `previous`. */
export interface Span {
  readonly first: number;
  readonly end: number;
  /** The output before batch `first`. */
  readonly previous: Hash;
  /** Root of the inbox's tree of records after any number of appends of at least `end`. */
  readonly root: Hash;
}

/** Batches of a span at most. */
export const MAX_SPAN = SPAN_LIMIT.MAX_LENGTH;

/** Number of its batches. */
export const spanLength = ({ first, end }: Span): number => end - first;

/** The words that a step's witness opens the context with. */
export const spanWords = ({ first, end, previous, root }: Span): Word[] => [first, end, previous, root];

/** What the game about a span is about. */
export const spanContext = (span: Span, chainId: bigint): Hash => hashWords([SPAN_TAG, chainId, ...spanWords(span)]);

/** The words of the state after `executed` batches with `output`. */
export const runningWords = (context: Hash, executed: number, output: Hash): Word[] => [
  SPAN_TAG + BigInt(executed),
  context,
  output,
];

export const runningHash = (context: Hash, executed: number, output: Hash): Hash =>
  hashWords(runningWords(context, executed, output));

/** The machine's first state. */
export const spanStart = (span: Span, chainId: bigint): Hash =>
  runningHash(spanContext(span, chainId), 0, span.previous);

/** The words of the state after the span. */
export const haltedWords = (context: Hash, output: Hash): Word[] => [context, output];

export const haltedHash = (context: Hash, output: Hash): Hash => hashWords(haltedWords(context, output));

/** Level of a game about the span: the smallest L ≥ 1 with 16^L ≥ its length. */
export function spanLevel(span: Span): number {
  const length = spanLength(span);
  return length > 256 ? 3 : length > 16 ? 2 : 1;
}
