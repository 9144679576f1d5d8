import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, keccak256, treeDepth, zeroDataRoot } from "@elench/merkle/tree";
import { type BatchInput, startWords } from "../../batch/claim.ts";
import type { Signature } from "../../batch/transaction.ts";
import { Code } from "../../structures/code.ts";
import {
  hashOf,
  type Log,
  PHASE,
  type Phase,
  readView,
  type View,
  viewWords,
  ZERO_HASH,
} from "../../structures/layout.ts";

/**
 * What the machine does next: a phase, with what that phase needs besides the rest of the state (docs/evm-machine.md, "Phases"). The state commits to the phase, and to the hash of the
 * task's words; where a field stands for more than its words do, those who verify get the rest with the witness.
 */
export type Task = PlainTask | LoadTask | BulkTask | FrameTask | DigestTask | TransactionTask;

/** The task of one phase. */
export type TaskOf<P extends Phase> = Extract<Task, { readonly phase: P }>;

// Phases that need nothing

type PlainPhase = typeof PHASE.execute | typeof PHASE.next | typeof PHASE.validate | typeof PHASE.idle;
type PlainTask = { readonly [P in PlainPhase]: { readonly phase: P } }[PlainPhase];

export const EXECUTE = { phase: PHASE.execute } as const;
export const NEXT = { phase: PHASE.next } as const;
export const VALIDATE = { phase: PHASE.validate } as const;
export const IDLE = { phase: PHASE.idle } as const;

// Loads

/** A record or a code that a step needs. */
export type Wanted =
  | { readonly phase: typeof PHASE.loadAccount; readonly address: bigint }
  | { readonly phase: typeof PHASE.loadSlot; readonly address: bigint; readonly slot: bigint }
  | { readonly phase: typeof PHASE.loadCode; readonly codeHash: Hash };

/** A load, and what it returns to. */
export type LoadTask = Wanted & { readonly resume: Task };

export const isLoad = (task: Task): task is LoadTask =>
  task.phase === PHASE.loadAccount || task.phase === PHASE.loadSlot || task.phase === PHASE.loadCode;

// Bulk work

/** What is copied from: a window on data, or a whole code. */
export type Source = View | Code;

export interface CopyTask {
  readonly phase: typeof PHASE.copy;
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  readonly rest: number;
}

/** keccak256 of prefix ‖ view ‖ suffix. */
export interface HashTask {
  readonly phase: typeof PHASE.hash;
  readonly then: DigestUse;
  readonly view: View;
  /** At most 32 bytes before the view. */
  readonly prefix: Uint8Array;
  /** At most 32 bytes after it. */
  readonly suffix: Uint8Array;
  readonly position: number;
  /** State of the sponge at `position`, 200 bytes. */
  readonly sponge: Uint8Array;
}

/** Initcode that is being brought in. The frame's code holds all its bytes; its tree, those before `position`. */
export interface BuildTask {
  readonly phase: typeof PHASE.build;
  readonly view: View;
  readonly position: number;
  /** Of the chunk at `position`. */
  readonly carry: number;
}

/** A model's input that is being made of a view. */
export interface InputTask {
  readonly phase: typeof PHASE.input;
  readonly modelId: Hash;
  /** The model's entry in the directory. */
  readonly entry: bigint;
  readonly view: View;
  readonly position: number;
}

/** What the tensor machine is asked. */
export interface AskTask {
  readonly phase: typeof PHASE.ask;
  readonly modelId: Hash;
  readonly entry: bigint;
  readonly input: PagedBytes;
}

type BulkTask = CopyTask | HashTask | BuildTask | InputTask | AskTask;

/** The input as far as it is made; zeros from there. */
export function builtInput({ view, position }: InputTask): PagedBytes {
  const bytes = new Uint8Array(view.length);
  bytes.set(readView(view, 0, position));
  return new PagedBytes(bytes);
}

// What takes a digest

/** What a digest is for: EXECUTE pushes it; another phase gets it, with what was known before. */
export type DigestUse =
  | { readonly phase: typeof PHASE.execute }
  /** Whether the creation is a CREATE2: for CREATE nothing is hashed. */
  | { readonly phase: typeof PHASE.create; readonly salted: boolean }
  | { readonly phase: typeof PHASE.deposit; readonly code: View }
  | { readonly phase: typeof PHASE.log; readonly log: Log }
  | { readonly phase: typeof PHASE.recover; readonly signature: Signature };

export type DigestTask = Exclude<DigestUse, { readonly phase: typeof PHASE.execute }> & { readonly digest: Hash };

/** What the state keeps, in one word, of what a digest is for. */
export function digestArgument(use: DigestUse): Word {
  switch (use.phase) {
    case PHASE.create:
      return use.salted ? 1n : 0n;
    case PHASE.log:
      return hashWords([use.log.address, use.log.topics.length, ...use.log.topics]);
    case PHASE.recover:
      return hashWords([use.signature.r, use.signature.s, use.signature.parity]);
    default:
      return 0n;
  }
}

// Frames

/** What lies between a call and its first instruction. */
export interface EnterTask {
  readonly phase: typeof PHASE.enter;
  /** Whose code runs; of a creation, the new address. */
  readonly codeAddress: bigint;
  /** Whether the frame's value moves, and its account is touched: all but DELEGATECALL. */
  readonly transfers: boolean;
  readonly creates: boolean;
  /** Of a creation, else EMPTY. */
  readonly initcode: View;
}

/** The status that a frame ends with. */
export interface LeaveTask {
  readonly phase: typeof PHASE.leave;
  readonly status: number;
}

/** What is left of a precompile. */
export interface PrecompileTask {
  readonly phase: typeof PHASE.precompile;
  readonly address: bigint;
  /** Bytes, or rounds, that are done. */
  readonly position: number;
  /** What stands for the work so far in the state: the state of the hash, or its hash; 0 before the first step. */
  readonly midstate: Hash;
  /** Of BLAKE2F: the working vector that `midstate` is the hash of; else, and before the first step, no bytes. */
  readonly vector: Uint8Array;
}

type FrameTask = EnterTask | LeaveTask | PrecompileTask;

/** A precompile before its first step. */
export const precompileTask = (address: bigint): PrecompileTask => ({
  phase: PHASE.precompile,
  address,
  position: 0,
  midstate: ZERO_HASH,
  vector: NOTHING,
});

const NOTHING = new Uint8Array(0);

// Transactions

/** The first step of a batch. */
export interface StartTask {
  readonly phase: typeof PHASE.start;
  readonly input: BatchInput;
}

/** Where the transaction stands in the batch. */
export interface DecodeTask {
  readonly phase: typeof PHASE.decode;
  readonly start: number;
  readonly end: number;
}

/** How many bytes of data are counted. */
export interface CountTask {
  readonly phase: typeof PHASE.count;
  readonly position: number;
}

/** Where the next item of the access list stands; and where the slots of its last address end, if there are more of them. */
export interface AccessTask {
  readonly phase: typeof PHASE.access;
  readonly position: number;
  readonly slotsEnd: number;
  readonly address: bigint;
}

/** The status that the transaction's own frame ended with. */
export interface SettleTask {
  readonly phase: typeof PHASE.settle;
  readonly status: number;
}

/** How a transaction ended: what FLUSH hands on to RECEIPT. */
export interface Outcome {
  /** Of the transaction's own frame. */
  readonly status: number;
  /** Gas that the sender paid for, refunds taken off. */
  readonly used: bigint;
}

export interface FlushTask extends Outcome {
  readonly phase: typeof PHASE.flush;
}

export interface ReceiptTask extends Outcome {
  readonly phase: typeof PHASE.receipt;
}

type TransactionTask = StartTask | DecodeTask | CountTask | AccessTask | SettleTask | FlushTask | ReceiptTask;

// Words

/** The words of a task's fields, which the state commits to; none for a phase that needs nothing. */
export function taskWords(task: Task): readonly Word[] {
  switch (task.phase) {
    case PHASE.execute:
    case PHASE.next:
    case PHASE.validate:
    case PHASE.idle:
      return [];
    case PHASE.loadAccount:
      return [...resumeWords(task), task.address];
    case PHASE.loadSlot:
      return [...resumeWords(task), task.address, task.slot];
    case PHASE.loadCode:
      return [...resumeWords(task), task.codeHash];
    case PHASE.copy:
      return [...sourceWords(task.source), task.from, task.to, task.rest];
    case PHASE.hash:
      return hashTaskWords(task);
    case PHASE.build:
      return [...viewWords(task.view), task.position, task.carry];
    case PHASE.input:
      return [task.modelId, task.entry, ...viewWords(task.view), task.position, builtRoot(task)];
    case PHASE.ask:
      return [task.modelId, task.entry, task.input.root];
    case PHASE.create:
    case PHASE.deposit:
    case PHASE.log:
    case PHASE.recover:
      return [digestArgument(task), task.digest];
    case PHASE.enter:
      return [task.codeAddress, task.transfers, task.creates, hashOf(task.initcode, viewWords)];
    case PHASE.leave:
    case PHASE.settle:
      return [task.status];
    case PHASE.precompile:
      return [task.address, task.position, task.midstate];
    case PHASE.start:
      return startWords(task.input);
    case PHASE.decode:
      return [task.start, task.end];
    case PHASE.count:
      return [task.position];
    case PHASE.access:
      return [task.position, task.slotsEnd, task.address];
    case PHASE.flush:
    case PHASE.receipt:
      return [task.status, task.used];
  }
}

/** Hash of the task's words; 0 where it has none. */
export function taskHash(task: Task): Word {
  const words = taskWords(task);
  return words.length === 0 ? ZERO_HASH : hashWords(words);
}

const resumeWords = ({ resume }: LoadTask): Word[] => [resume.phase, taskHash(resume)];

const SOURCE = { view: 0, code: 1 } as const;

const sourceWords = (source: Source): Word[] =>
  source instanceof Code
    ? [SOURCE.code, source.root, source.size, 0, source.size]
    : [SOURCE.view, ...viewWords(source)];

function hashTaskWords({ then, view, prefix, suffix, position, sponge }: HashTask): Word[] {
  const ends = [padded(prefix), prefix.length, ...viewWords(view), padded(suffix), suffix.length];
  return [then.phase, digestArgument(then), ...ends, position, position === 0 ? ZERO_HASH : keccak256(sponge)];
}

function padded(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(bytes);
  return word;
}

const builtRoot = (task: InputTask): Hash =>
  task.position === 0 ? zeroDataRoot(treeDepth(task.view.length)) : builtInput(task).root;
