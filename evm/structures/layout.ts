import { isZero, type Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import type { Code } from "./code.ts";
import { rootOf, type Sparse } from "./sparse.ts";

/** The structures of docs/evm-machine.md: what they hold here, and the words that stand for them. All are values: a change makes a new one. */

export const PHASE = {
  execute: 1,
  loadAccount: 2,
  loadSlot: 3,
  loadCode: 4,
  copy: 5,
  hash: 6,
  build: 7,
  enter: 8,
  leave: 9,
  precompile: 10,
  input: 11,
  ask: 12,
  deposit: 13,
  create: 14,
  log: 15,
  start: 20,
  next: 21,
  decode: 22,
  recover: 23,
  count: 24,
  access: 25,
  validate: 26,
  settle: 27,
  flush: 28,
  receipt: 29,
  idle: 30,
} as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

export const STATUS = { success: 0, revert: 1, failure: 2, deposited: 3 } as const;
export type Status = (typeof STATUS)[keyof typeof STATUS];

/** Hash of no code. */
export const EMPTY_CODE_HASH = keccak256(new Uint8Array(0));
export const ZERO_HASH = new Uint8Array(32);

/** A window on a frozen data tree: `offset + length` is at most its size. */
export interface View {
  readonly tree: PagedBytes;
  readonly offset: number;
  readonly length: number;
}

/** The only view of no bytes. Its words are zeros. */
export const EMPTY: View = { tree: new PagedBytes(), offset: 0, length: 0 };

export const viewOf = (tree: PagedBytes, offset: number, length: number): View =>
  length === 0 ? EMPTY : { tree, offset, length };

/** A view of all of some bytes. */
export const viewOfBytes = (bytes: Uint8Array): View => viewOf(new PagedBytes(bytes), 0, bytes.length);

export const viewWords = ({ tree, offset, length }: View): Word[] =>
  length === 0 ? [0, 0, 0, 0] : [tree.root, tree.size, offset, length];

/** Bytes from … from + length of a view; zeros beyond its end. */
export function readView({ tree, offset, length: whole }: View, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (from < whole) bytes.set(tree.view(offset + from, Math.min(length, whole - from)));
  return bytes;
}

export const KIND = { call: 0, creation: 1 } as const;

export interface Frame {
  readonly kind: 0 | 1;
  readonly address: bigint;
  readonly caller: bigint;
  readonly value: bigint;
  readonly isStatic: boolean;
  readonly depth: number;
  readonly data: View;
  readonly outOffset: bigint;
  readonly outLength: bigint;
  readonly parent: Hashed;
}

/** What is known by its hash to those who hold it. */
export interface Hashed {
  readonly hash: Hash;
}

export const frameWords = (f: Frame): Word[] => [
  f.kind,
  f.address,
  f.caller,
  f.value,
  f.isStatic,
  f.depth,
  hashOf(f.data, viewWords),
  f.outOffset,
  f.outLength,
  f.parent.hash,
];

export interface Tx {
  readonly origin: bigint;
  readonly gasPrice: bigint;
  readonly refund: bigint;
  readonly logs: Hash;
  readonly codes: Sparse<Code>;
  readonly envelope: Envelope | null;
  readonly block: Block;
  /** The logs themselves, the last one first. Nothing commits to this list: `logs` does. */
  readonly emitted?: Emitted | undefined;
}

export interface Log {
  readonly address: bigint;
  readonly topics: readonly bigint[];
  readonly data: Uint8Array;
}

interface Emitted {
  readonly log: Log;
  readonly before: Emitted | undefined;
}

/** Whether the transaction has logged nothing yet: what another one may have left in `emitted` does not count then. */
export const isFirstLog = (tx: Tx): boolean => isZero(tx.logs);

/** The transaction's logs in their order. */
export function logsOf(tx: Tx): Log[] {
  const logs: Log[] = [];
  for (let at = isFirstLog(tx) ? undefined : tx.emitted; at; at = at.before) logs.push(at.log);
  return logs.reverse();
}

export const txWords = (t: Tx): Word[] => [
  t.origin,
  t.gasPrice,
  t.refund,
  t.logs,
  rootOf(t.codes),
  t.envelope ? hashOf(t.envelope, envelopeWords) : 0,
  hashOf(t.block, blockWords),
];

export interface Envelope {
  /** 0, 1 or 2. */
  readonly type: number;
  readonly nonce: bigint;
  readonly maxFee: bigint;
  readonly maxPriority: bigint;
  readonly gasLimit: bigint;
  readonly creates: boolean;
  readonly to: bigint;
  readonly value: bigint;
  readonly data: View;
  /** Where the content of the access list stands in the batch; 0 and 0 for type 0. */
  readonly accessList: number;
  readonly accessEnd: number;
  readonly intrinsic: bigint;
}

export const envelopeWords = (e: Envelope): Word[] => [
  e.type,
  e.nonce,
  e.maxFee,
  e.maxPriority,
  e.gasLimit,
  e.creates,
  e.to,
  e.value,
  hashOf(e.data, viewWords),
  e.accessList,
  e.accessEnd,
  e.intrinsic,
];

/** What a batch says of a block. */
export interface BlockHeader {
  /** Below 2^64. */
  readonly timestamp: bigint;
  /** Below 2^64. */
  readonly gasLimit: bigint;
  readonly baseFee: bigint;
  readonly blobBaseFee: bigint;
  readonly coinbase: bigint;
  readonly prevRandao: bigint;
}

export interface Block extends BlockHeader {
  readonly number: bigint;
  readonly gasUsed: bigint;
  readonly remaining: number;
  readonly open: boolean;
  readonly receipts: Hash;
  readonly stateRoot: Hash;
  readonly batch: Batch;
}

export const blockWords = (b: Block): Word[] => [
  b.number,
  b.timestamp,
  b.gasLimit,
  b.baseFee,
  b.blobBaseFee,
  b.coinbase,
  b.prevRandao,
  b.gasUsed,
  b.remaining,
  b.open,
  b.receipts,
  b.stateRoot,
  hashOf(b.batch, batchWords),
];

export interface Batch {
  readonly context: Hash;
  readonly chainId: bigint;
  readonly gasLeft: bigint;
  readonly bytes: PagedBytes;
  readonly position: number;
  /** Hashes of the last 256 blocks: entry n mod 256 is block n's. */
  readonly history: readonly Hash[];
  readonly historyRoot: Hash;
  readonly transactions: number;
}

export const batchWords = (b: Batch): Word[] => [
  b.context,
  b.chainId,
  b.gasLeft,
  b.bytes.root,
  b.bytes.size,
  b.position,
  b.historyRoot,
  b.transactions,
];

export const FLAG = { warm: 1, touched: 2, created: 4, destroyed: 8 } as const;

/** The journal's record of an account. */
export interface Account {
  /** Nothing commits to it: the record's key is its hash. */
  readonly address: bigint;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Hash;
  readonly storage: Hash;
  readonly slots: Sparse<Slot>;
  readonly transient: Sparse<TransientSlot>;
  readonly flags: number;
}

export const accountWords = (a: Account): Word[] => [
  a.nonce,
  a.balance,
  a.codeHash,
  a.storage,
  rootOf(a.slots),
  rootOf(a.transient),
  a.flags,
];

export interface Slot {
  /** Nothing commits to it: the record's key is its hash. */
  readonly number: bigint;
  readonly original: bigint;
  readonly current: bigint;
  readonly warm: boolean;
}

export interface TransientSlot {
  /** Nothing commits to it: the record's key is its hash. */
  readonly number: bigint;
  readonly value: bigint;
}

export const slotWords = (s: Slot): Word[] => [s.original, s.current, s.warm];
export const transientWords = ({ value }: TransientSlot): Word[] => [value];
export const codeWords = (code: Code): Word[] => [code.root, code.size];

const hashes = new WeakMap<object, Hash>();

/** The hash of a value's words, worked out once. Only for values whose words do not change: a view's tree is frozen. */
export function hashOf<T extends object>(value: T, words: (value: T) => readonly Word[]): Hash {
  const known = hashes.get(value);
  if (known) return known;
  const hash = hashWords(words(value));
  hashes.set(value, hash);
  return hash;
}
