import { equalBytes, toBigInt, type Word, wordBytes } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, hashPair, keccak256 } from "@elench/merkle/tree";
import { Code } from "../../structures/code.ts";
import {
  type Account,
  accountWords,
  type Batch,
  type Block,
  batchWords,
  blockWords,
  codeWords,
  EMPTY,
  EMPTY_CODE_HASH,
  type Envelope,
  envelopeWords,
  type Frame,
  frameWords,
  type Hashed,
  hashOf,
  PHASE,
  type Phase,
  type Slot,
  STATUS,
  slotWords,
  type Tx,
  transientWords,
  txWords,
  type View,
  viewWords,
  ZERO_HASH,
} from "../../structures/layout.ts";
import { get, leftmost, open, put, rootOf, type Sparse, takeOut } from "../../structures/sparse.ts";
import { Stack } from "./stack.ts";
import type { Tape } from "./tape.ts";

/** What the machine asks its host for (EVMC names it so): the verifier checks each answer against a hash. */
export interface Host {
  /** RLP of a node of the tries. @throws Error if it is not known. */
  readonly node: (hash: Hash) => Uint8Array;
  /** Code by its hash. @throws Error if it is not known. */
  readonly code: (hash: Hash) => Uint8Array;
  /** Takes what a machine has made, a trie node or a code, by its keccak256: `node` and `code` know it from then on. */
  readonly keep: (hash: Hash, bytes: Uint8Array) => void;
  /** Output of a model of the directory. @throws Error if the model is not in the store. */
  readonly infer: (modelId: Hash, input: Uint8Array) => Uint8Array;
  /** Precompiles fail where their price on L1 is over 4,000,000 gas; off only where other chains' tests are run. */
  readonly bounded: boolean;
}

/** What a phase needs besides the state; its words are what the state commits to. */
export interface Task {
  words(): readonly Word[];
}

/** Thrown by a step that needs a record or a code which is not there: the next step brings it in. */
export class Load {
  readonly phase: Phase;
  readonly wanted: readonly Word[];
  constructor(phase: Phase, wanted: readonly Word[]) {
    this.phase = phase;
    this.wanted = wanted;
  }
}

/** What a load returns to, and what it brings in. */
export class LoadTask implements Task {
  readonly phase: Phase;
  readonly task: Task | null;
  readonly wanted: readonly Word[];
  constructor(phase: Phase, task: Task | null, wanted: readonly Word[]) {
    this.phase = phase;
    this.task = task;
    this.wanted = wanted;
  }
  words(): readonly Word[] {
    return [this.phase, taskHash(this.task), ...this.wanted];
  }
}

/** Thrown by a step that ends its frame by an exceptional halt. Which one makes no difference. */
export const Failure = { NOW: { what: "an exceptional halt" } } as const;

/** A state that waits for a frame to end. */
export class Waiting implements Hashed {
  readonly phase: Phase;
  readonly pc: number;
  readonly gas: bigint;
  readonly stack: Stack;
  readonly memory: PagedBytes;
  readonly code: Code;
  readonly journal: Sparse<Account>;
  readonly frame: Frame | null;
  readonly tx: Tx;
  /** Whether another machine waits on it too: who restores it takes copies. */
  shared = false;
  #hash: Hash | undefined;

  constructor(m: Machine, phase: Phase) {
    this.phase = phase;
    this.pc = m.pc;
    this.gas = m.gas;
    this.stack = m.stack;
    this.memory = m.memory;
    this.code = m.code;
    this.journal = m.journal;
    this.frame = m.frame;
    this.tx = m.tx as Tx;
  }

  words(): Word[] {
    return [
      this.phase,
      0,
      this.pc,
      this.gas,
      this.stack.chain(),
      this.stack.height,
      this.memory.root,
      this.memory.size,
      this.code.root,
      this.code.size,
      hashOf(EMPTY, viewWords),
      rootOf(this.journal),
      this.frame ? hashOf(this.frame, frameWords) : 0,
      hashOf(this.tx, txWords),
      0,
    ];
  }

  get hash(): Hash {
    this.#hash ??= hashWords(this.words());
    return this.#hash;
  }
}

export const taskHash = (task: Task | null): Word => (task ? hashWords(task.words()) : ZERO_HASH);

const keys = new Map<bigint, Hash>();
const KEPT_KEYS = 1 << 16;

/** Keys of accounts in the journal and in the tries: keccak256 of 20 bytes. */
export const addressKey = (address: bigint): Hash => cachedKey(address | (1n << 256n), () => addressBytes(address));
/** Keys of slots: keccak256 of 32 bytes. */
export const slotKey = (slot: bigint): Hash => cachedKey(slot, () => wordBytes(slot));

function cachedKey(name: bigint, bytes: () => Uint8Array): Hash {
  const known = keys.get(name);
  if (known) return known;
  if (keys.size >= KEPT_KEYS) keys.clear();
  const key = keccak256(bytes());
  keys.set(name, key);
  return key;
}

/** The address, or the slot's number, that a key stands for, if this process has made that key lately: for people, who cannot read hashes. */
export function nameOfKey(key: Hash, kind: "address" | "slot"): bigint | undefined {
  for (const [name, known] of keys)
    if (name >> 256n === (kind === "address" ? 1n : 0n) && equalBytes(known, key)) return BigInt.asUintN(256, name);
  return undefined;
}

/** 20 bytes. */
export const addressBytes = (address: bigint): Uint8Array => wordBytes(address).subarray(12);

export const ADDRESS_MASK = (1n << 160n) - 1n;

/** Memory beyond this fails whatever the gas: its price would pass 2^64. */
const MEMORY_LIMIT = 2n ** 32n;

/**
 * The machine at one step: the state, held as live values, and the ways in which a step looks at it. Every look writes what it opens on the tape, if there is one, in the order in which
 * the contract reads it; so steps are written once, and make their own witnesses.
 */
export class Machine {
  phase: Phase;
  clock: bigint;
  pc = 0;
  gas = 0n;
  stack = new Stack();
  memory = new PagedBytes();
  code: Code = Code.NONE;
  returned: View = EMPTY;
  journal: Sparse<Account> = null;
  frame: Frame | null = null;
  tx: Tx | null = null;
  task: Task | null;
  /** Set where a batch has ended: its output. Such a machine steps to itself. */
  halted: { readonly context: Hash; readonly output: Hash } | null = null;
  tape: Tape | null = null;
  readonly host: Host;
  #opened: Hash | undefined;
  #openedSlot: Hash | undefined;

  constructor(host: Host, phase: Phase, clock: bigint, task: Task | null) {
    this.host = host;
    this.phase = phase;
    this.clock = clock;
    this.task = task;
  }

  /** The 15 words of the state. */
  words(): Word[] {
    return [
      this.phase,
      this.clock,
      this.pc,
      this.gas,
      this.stack.chain(),
      this.stack.height,
      this.memory.root,
      this.memory.size,
      this.code.root,
      this.code.size,
      hashOf(this.returned, viewWords),
      rootOf(this.journal),
      this.frame ? hashOf(this.frame, frameWords) : 0,
      this.tx ? hashOf(this.tx, txWords) : 0,
      taskHash(this.task),
    ];
  }

  /** Hash of the state. */
  hash(): Hash {
    return this.halted ? hashPair(this.halted.context, this.halted.output) : hashWords(this.words());
  }

  /** An independent machine at the same step. */
  copy(): Machine {
    const copy = new Machine(this.host, this.phase, this.clock, this.task);
    this.#shareWaiting();
    copy.pc = this.pc;
    copy.gas = this.gas;
    copy.stack = this.stack.copy();
    copy.code = this.code;
    copy.returned = this.returned;
    copy.journal = this.journal;
    copy.frame = this.frame;
    copy.tx = this.tx;
    copy.halted = this.halted;
    // Views of the task or the frame may look at this very memory: both machines copy it before they write.
    this.memory.shared = true;
    copy.memory = this.memory;
    return copy;
  }

  #shareWaiting(): void {
    for (let at = this.frame?.parent; at instanceof Waiting && !at.shared; at = at.frame?.parent) {
      at.shared = true;
      at.memory.shared = true;
    }
  }

  // What a step opens

  /** Writes the task's words on the tape. */
  openTask(): void {
    if (this.tape && this.task) this.tape.words(this.task.words());
  }

  openFrame(): Frame {
    const frame = this.frame as Frame;
    this.tape?.words(frameWords(frame));
    return frame;
  }

  openTx(): Tx {
    const tx = this.tx as Tx;
    this.tape?.words(txWords(tx));
    return tx;
  }

  /** After the Tx. */
  openEnvelope(): Envelope {
    const envelope = (this.tx as Tx).envelope as Envelope;
    this.tape?.words(envelopeWords(envelope));
    return envelope;
  }

  /** After the Tx. */
  openBlock(): Block {
    const { block } = this.tx as Tx;
    this.tape?.words(blockWords(block));
    return block;
  }

  /** After the Block. */
  openBatch(): Batch {
    const { batch } = (this.tx as Tx).block;
    this.tape?.words(batchWords(batch));
    return batch;
  }

  openView(view: View): View {
    this.tape?.words(viewWords(view));
    return view;
  }

  /** The state that the frame ends to; after the Frame. */
  openWaiting(): Waiting {
    const waiting = (this.frame as Frame).parent as Waiting;
    this.tape?.words(waiting.words());
    return waiting;
  }

  // Bytes

  /** Opens bytes of a data tree. Within its size. */
  readBytes(tree: PagedBytes, offset: number, length: number): Uint8Array {
    if (this.tape) this.tape.bytes(tree.openRange(offset, length));
    return tree.view(offset, length);
  }

  /** Opens bytes from … from + length of a view that is itself open; zeros beyond its end. */
  readView(view: View, from: bigint | number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    if (BigInt(from) >= BigInt(view.length)) return bytes;
    const start = Number(from);
    bytes.set(this.readBytes(view.tree, view.offset + start, Math.min(length, view.length - start)));
    return bytes;
  }

  /** Opens bytes from … from + length of a code; zeros beyond its end. */
  readCode(code: Code, from: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const count = Math.min(length, Math.max(code.size - from, 0));
    if (count === 0) return bytes;
    this.tape?.bytes(code.openRange(from, count));
    bytes.set(code.bytes.subarray(from, from + count));
    return bytes;
  }

  /** Opens memory. Within its size. */
  readMemory(offset: number, length: number): Uint8Array {
    return this.readBytes(this.memory, offset, length);
  }

  /** Opens the memory's range, and overwrites it. Within its size. */
  writeMemory(offset: number, bytes: Uint8Array): void {
    if (this.tape) this.tape.bytes(this.memory.openRange(offset, bytes.length));
    if (this.memory.shared) this.memory = this.memory.copy();
    this.memory.write(offset, bytes);
  }

  /** Pays for memory up to offset + length, and makes it that large; nothing for no bytes. Fails where the gas does not do. */
  extend(offset: bigint, length: bigint): void {
    if (length === 0n) return;
    const end = offset + length;
    if (end <= BigInt(this.memory.size)) return;
    if (end > MEMORY_LIMIT) throw Failure.NOW;
    const words = (end + 31n) / 32n;
    this.charge(memoryGas(words) - memoryGas(BigInt(this.memory.size / 32)));
    if (this.memory.shared) this.memory = this.memory.copy();
    this.memory.grow(32 * Number(words));
  }

  // Gas and control

  charge(gas: bigint): void {
    if (this.gas < gas) throw Failure.NOW;
    this.gas -= gas;
  }

  goTo(phase: Phase, task: Task | null = null): void {
    this.phase = phase;
    this.task = task;
  }

  // Records

  /** Opens an account of the journal. It stays open until the next one is. @throws Load if it is not there. */
  account(address: bigint): Account {
    const key = addressKey(address);
    this.tape?.bytes(open(this.journal, key));
    const account = get(this.journal, key);
    if (!account) throw new Load(PHASE.loadAccount, [address]);
    this.#opened = key;
    return account;
  }

  /** Changes the account that is open. */
  storeAccount(account: Account): void {
    this.journal = put(this.journal, this.#opened as Hash, account, accountWords);
  }

  /** Opens a slot of the account that is open. @throws Load if it is not there. */
  slot(address: bigint, account: Account, slot: bigint): Slot {
    const key = slotKey(slot);
    this.tape?.bytes(open(account.slots, key));
    const record = get(account.slots, key);
    if (!record) throw new Load(PHASE.loadSlot, [address, slot]);
    this.#openedSlot = key;
    return record;
  }

  /** Changes the slot that is open, in the account that is open. @param account as it shall be but for the slot. @returns the account as stored. */
  storeSlot(account: Account, slot: Slot): Account {
    const changed = { ...account, slots: put(account.slots, this.#openedSlot as Hash, slot, slotWords) };
    this.storeAccount(changed);
    return changed;
  }

  /** Opens a transient slot of the account that is open; 0 if it is not there. */
  transient(account: Account, slot: bigint): bigint {
    const key = slotKey(slot);
    this.tape?.bytes(open(account.transient, key));
    this.#openedSlot = key;
    return get(account.transient, key) ?? 0n;
  }

  /** Changes the transient slot that is open. */
  storeTransient(account: Account, value: bigint): void {
    const transient = put(account.transient, this.#openedSlot as Hash, value, transientWords);
    this.storeAccount({ ...account, transient });
  }

  /** Puts a record where an opening has just shown that there is none. */
  insertAccount(address: bigint, account: Account): void {
    const key = addressKey(address);
    this.tape?.bytes(open(this.journal, key));
    this.journal = put(this.journal, key, account, accountWords);
  }

  /** As `insertAccount`, in the slots of the account that is open. */
  insertSlot(account: Account, slot: bigint, record: Slot): void {
    const key = slotKey(slot);
    this.tape?.bytes(open(account.slots, key));
    this.storeAccount({ ...account, slots: put(account.slots, key, record, slotWords) });
  }

  /** Opens the account with the lowest key; undefined where the journal is empty. */
  firstAccount(): { key: Hash; account: Account } | undefined {
    const first = leftmost(this.journal);
    if (!first) return undefined;
    this.tape?.bytes(first.key, open(this.journal, first.key));
    this.#opened = first.key;
    return { key: first.key, account: first.record };
  }

  /** Takes the account that is open out of the journal, for good: only while flushing. */
  dropAccount(): void {
    this.journal = takeOut(this.journal, this.#opened as Hash);
  }

  /** Opens the slot with the lowest key of an account. */
  firstSlot(account: Account): { key: Hash; slot: Slot } | undefined {
    const first = leftmost(account.slots);
    if (!first) return undefined;
    this.tape?.bytes(first.key, open(account.slots, first.key));
    this.#openedSlot = first.key;
    return { key: first.key, slot: first.record };
  }

  /** The slots without the one that is open: only while flushing. */
  withoutSlot(account: Account): Sparse<Slot> {
    return takeOut(account.slots, this.#openedSlot as Hash);
  }

  /** Opens a code of the table; after the Tx. No code needs no opening. @throws Load if it is not there. */
  codeOf(codeHash: Hash): Code {
    if (equalBytes(codeHash, EMPTY_CODE_HASH)) return Code.NONE;
    const { codes } = this.tx as Tx;
    this.tape?.bytes(open(codes, codeHash));
    const code = get(codes, codeHash);
    if (!code) throw new Load(PHASE.loadCode, [codeHash]);
    return code;
  }

  /** Puts a code into the table; after the Tx. */
  insertCode(codeHash: Hash, code: Code): void {
    const tx = this.tx as Tx;
    this.tape?.bytes(open(tx.codes, codeHash));
    this.tx = { ...tx, codes: put(tx.codes, codeHash, code, codeWords) };
  }
}

/** Price of so many words of memory (Yellow Paper, H.1). */
const memoryGas = (words: bigint): bigint => 3n * words + (words * words) / 512n;

/** An account that is in no trie. */
export const isEmptyAccount = ({ nonce, balance, codeHash }: Account): boolean =>
  nonce === 0n && balance === 0n && equalBytes(codeHash, EMPTY_CODE_HASH);

/** Leaves the frame by an exceptional halt. */
export function fail(m: Machine): void {
  m.gas = 0n;
  m.returned = EMPTY;
  m.goTo(PHASE.leave, new StatusTask(STATUS.failure));
}

/** The status that a frame, or a transaction, ends with. */
export class StatusTask implements Task {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
  words(): readonly Word[] {
    return [this.status];
  }
}

export { toBigInt };
