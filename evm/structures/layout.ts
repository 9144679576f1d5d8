import { isZero, type Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { wordsInOrder } from "@elench/spec/evm/structures";
import type { Code } from "./code.ts";
import { rootOf, type Sparse } from "./sparse.ts";

/** The structures of docs/evm-machine.md as immutable values, and the words they are hashed as. */

export { FLAG, FRAME_KIND as KIND, STATUS, type Status } from "@elench/spec/evm/enumerations";
export { PHASE, type Phase } from "@elench/spec/evm/phases";

/** keccak256 of no bytes. */
export const EMPTY_CODE_HASH = keccak256(new Uint8Array(0));
export const ZERO_HASH = new Uint8Array(32);

/** A window on a frozen data tree: `offset + length` is at most its size. */
export interface Slice {
  readonly tree: PagedBytes;
  readonly offset: number;
  readonly length: number;
}

/** The one empty slice. Its words are zeros. */
export const EMPTY: Slice = { tree: new PagedBytes(), offset: 0, length: 0 };

export const sliceOf = (tree: PagedBytes, offset: number, length: number): Slice =>
  length === 0 ? EMPTY : { tree, offset, length };

/** A slice of a whole byte string. */
export const sliceOfBytes = (bytes: Uint8Array): Slice => sliceOf(new PagedBytes(bytes), 0, bytes.length);

export const sliceWords = ({ tree, offset, length }: Slice): Word[] =>
  wordsInOrder(
    "Slice",
    length === 0 ? { root: 0, size: 0, offset: 0, length } : { root: tree.root, size: tree.size, offset, length },
  );

/** Bytes from … from + length of a slice; bytes beyond its end are zeros. */
export function readSlice({ tree, offset, length: whole }: Slice, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (from < whole) bytes.set(tree.view(offset + from, Math.min(length, whole - from)));
  return bytes;
}

export interface Frame {
  readonly kind: 0 | 1;
  readonly address: bigint;
  readonly caller: bigint;
  readonly value: bigint;
  readonly isStatic: boolean;
  readonly depth: number;
  readonly data: Slice;
  readonly outOffset: bigint;
  readonly outLength: bigint;
  readonly parent: Hashed;
}

/** A value that its holder commits to by hash. */
export interface Hashed {
  readonly hash: Hash;
}

export const frameWords = (f: Frame): Word[] =>
  wordsInOrder("Frame", {
    kind: f.kind,
    address: f.address,
    caller: f.caller,
    value: f.value,
    isStatic: f.isStatic,
    depth: f.depth,
    data: hashOf(f.data, sliceWords),
    outOffset: f.outOffset,
    outLength: f.outLength,
    parent: f.parent.hash,
  });

export interface Tx {
  readonly origin: bigint;
  readonly gasPrice: bigint;
  readonly refund: bigint;
  readonly logs: Hash;
  readonly codes: Sparse<Code>;
  readonly envelope: Envelope | null;
  readonly block: Block;
  /** The logs themselves, the last one first. The state does not commit to this list, but to `logs`. */
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

/** Whether the transaction has no log yet. `emitted` may hold logs of a previous transaction; ignore it while `logs` is zero. */
export const isFirstLog = (tx: Tx): boolean => isZero(tx.logs);

/** The transaction's logs in their order. */
export function logsOf(tx: Tx): Log[] {
  const logs: Log[] = [];
  for (let at = isFirstLog(tx) ? undefined : tx.emitted; at; at = at.before) logs.push(at.log);
  return logs.reverse();
}

export const txWords = (t: Tx): Word[] =>
  wordsInOrder("Tx", {
    origin: t.origin,
    gasPrice: t.gasPrice,
    refund: t.refund,
    logs: t.logs,
    codes: rootOf(t.codes),
    envelope: t.envelope ? hashOf(t.envelope, envelopeWords) : 0,
    block: hashOf(t.block, blockWords),
  });

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
  readonly data: Slice;
  /** Position of the access list's content in the batch; 0 for type 0. */
  readonly accessList: number;
  readonly accessEnd: number;
  readonly intrinsic: bigint;
}

export const envelopeWords = (e: Envelope): Word[] =>
  wordsInOrder("Envelope", {
    type: e.type,
    nonce: e.nonce,
    maxFee: e.maxFee,
    maxPriority: e.maxPriority,
    gasLimit: e.gasLimit,
    creates: e.creates,
    to: e.to,
    value: e.value,
    data: hashOf(e.data, sliceWords),
    accessList: e.accessList,
    accessEnd: e.accessEnd,
    intrinsic: e.intrinsic,
  });

/** The fields of a block that the batch gives. */
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

export const blockWords = (b: Block): Word[] =>
  wordsInOrder("Block", {
    number: b.number,
    timestamp: b.timestamp,
    gasLimit: b.gasLimit,
    baseFee: b.baseFee,
    blobBaseFee: b.blobBaseFee,
    coinbase: b.coinbase,
    prevRandao: b.prevRandao,
    gasUsed: b.gasUsed,
    remaining: b.remaining,
    open: b.open,
    receipts: b.receipts,
    stateRoot: b.stateRoot,
    batch: hashOf(b.batch, batchWords),
  });

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

export const batchWords = (b: Batch): Word[] =>
  wordsInOrder("Batch", {
    context: b.context,
    chainId: b.chainId,
    gasLeft: b.gasLeft,
    root: b.bytes.root,
    size: b.bytes.size,
    position: b.position,
    history: b.historyRoot,
    transactions: b.transactions,
  });

/** The journal's record of an account. */
export interface Account {
  /** Not among the record's words: the record's key is its hash. */
  readonly address: bigint;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Hash;
  readonly storage: Hash;
  readonly slots: Sparse<Slot>;
  readonly transient: Sparse<TransientSlot>;
  readonly flags: number;
}

export const accountWords = (a: Account): Word[] =>
  wordsInOrder("Account", {
    nonce: a.nonce,
    balance: a.balance,
    codeHash: a.codeHash,
    storage: a.storage,
    slots: rootOf(a.slots),
    transient: rootOf(a.transient),
    flags: a.flags,
  });

export interface Slot {
  /** Not among the record's words: the record's key is its hash. */
  readonly number: bigint;
  readonly original: bigint;
  readonly current: bigint;
  readonly warm: boolean;
}

export interface TransientSlot {
  /** Not among the record's words: the record's key is its hash. */
  readonly number: bigint;
  readonly value: bigint;
}

export const slotWords = (s: Slot): Word[] =>
  wordsInOrder("Slot", { original: s.original, current: s.current, warm: s.warm });
export const transientWords = ({ value }: TransientSlot): Word[] => [value];
export const codeWords = ({ root, size }: Code): Word[] => wordsInOrder("Code", { root, size });

const hashes = new WeakMap<object, Hash>();

/** The hash of a value's words, memoised. Only for immutable values; a slice's tree is frozen. */
export function hashOf<T extends object>(value: T, words: (value: T) => readonly Word[]): Hash {
  const known = hashes.get(value);
  if (known) return known;
  const hash = hashWords(words(value));
  hashes.set(value, hash);
  return hash;
}
