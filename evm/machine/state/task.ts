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
  readSlice,
  type Slice,
  sliceWords,
  ZERO_HASH,
} from "../../structures/layout.ts";

/**
 * What the machine does next: a phase, with the data that this phase needs besides the rest of the state (docs/evm-machine.md, "Phases"). The state commits to the phase and to the hash
 * of the task's words. If a field holds more than its words, the witness carries the rest.
 */
export type Task = PlainTask | LoadTask | BulkTask | FrameTask | DigestTask | TransactionTask;

/** The task of a given phase. */
export type TaskOf<P extends Phase> = Extract<Task, { readonly phase: P }>;

// Phases without data

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

/** Source of a copy: a slice, or a whole code. */
export type Source = Slice | Code;

export interface CopyTask {
  readonly phase: typeof PHASE.copy;
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  readonly rest: number;
}

/** keccak256 of prefix ‖ slice ‖ suffix. */
export interface HashTask {
  readonly phase: typeof PHASE.hash;
  readonly then: DigestUse;
  readonly slice: Slice;
  /** At most 32 bytes before the slice. */
  readonly prefix: Uint8Array;
  /** At most 32 bytes after it. */
  readonly suffix: Uint8Array;
  readonly position: number;
  /** State of the sponge at `position`, 200 bytes. */
  readonly sponge: Uint8Array;
}

/** Initcode being copied into the frame's code. The code holds all its bytes; its tree holds those before `position`. */
export interface BuildTask {
  readonly phase: typeof PHASE.build;
  readonly slice: Slice;
  readonly position: number;
  /** Carry of the chunk at `position`. */
  readonly carry: number;
}

/** A model's input, being copied from a slice. */
export interface InputTask {
  readonly phase: typeof PHASE.input;
  readonly modelId: Hash;
  /** The model's entry in the directory. */
  readonly entry: bigint;
  readonly slice: Slice;
  readonly position: number;
}

/** The inference that the tensor machine is asked for. */
export interface AskTask {
  readonly phase: typeof PHASE.ask;
  readonly modelId: Hash;
  readonly entry: bigint;
  readonly input: PagedBytes;
}

type BulkTask = CopyTask | HashTask | BuildTask | InputTask | AskTask;

/** The input up to `position`; zeros beyond. */
export function builtInput({ slice, position }: InputTask): PagedBytes {
  const bytes = new Uint8Array(slice.length);
  bytes.set(readSlice(slice, 0, position));
  return new PagedBytes(bytes);
}

// Phases that use a digest

/** Use of a digest: EXECUTE pushes it; another phase receives it with its own data. */
export type DigestUse =
  | { readonly phase: typeof PHASE.execute }
  /** Whether the creation is a CREATE2. CREATE hashes nothing. */
  | { readonly phase: typeof PHASE.create; readonly salted: boolean }
  | { readonly phase: typeof PHASE.deposit; readonly code: Slice }
  | { readonly phase: typeof PHASE.log; readonly log: Log }
  | { readonly phase: typeof PHASE.recover; readonly signature: Signature };

export type DigestTask = Exclude<DigestUse, { readonly phase: typeof PHASE.execute }> & { readonly digest: Hash };

/** The word in which the state keeps the data of a digest's use. */
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

/** The start of a frame, before its first instruction. */
export interface EnterTask {
  readonly phase: typeof PHASE.enter;
  /** Account whose code runs; for a creation, the new address. */
  readonly codeAddress: bigint;
  /** Whether the frame's value is transferred and its account touched: always, except for DELEGATECALL. */
  readonly transfers: boolean;
  readonly creates: boolean;
  /** The initcode of a creation, else EMPTY. */
  readonly initcode: Slice;
}

/** The status that a frame ends with. */
export interface LeaveTask {
  readonly phase: typeof PHASE.leave;
  readonly status: number;
}

/** A precompile in progress. */
export interface PrecompileTask {
  readonly phase: typeof PHASE.precompile;
  readonly address: bigint;
  /** Bytes or rounds already done. */
  readonly position: number;
  /** The hash function's state so far, or its hash; 0 before the first step. */
  readonly midstate: Hash;
  /** For BLAKE2F, the working vector whose hash is `midstate`; empty otherwise and before the first step. */
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

/** The transaction's bytes in the batch: start … end − 1. */
export interface DecodeTask {
  readonly phase: typeof PHASE.decode;
  readonly start: number;
  readonly end: number;
}

/** Progress of COUNT, in bytes of data. */
export interface CountTask {
  readonly phase: typeof PHASE.count;
  readonly position: number;
}

/** Position of the next item of the access list. If slots of the last address remain, `slotsEnd` is their end. */
export interface AccessTask {
  readonly phase: typeof PHASE.access;
  readonly position: number;
  readonly slotsEnd: number;
  readonly address: bigint;
}

/** The status of the outermost frame. */
export interface SettleTask {
  readonly phase: typeof PHASE.settle;
  readonly status: number;
}

/** Result of a transaction, passed from FLUSH to RECEIPT. */
export interface Outcome {
  /** Status of the outermost frame. */
  readonly status: number;
  /** Gas that the sender pays for, after refunds. */
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

/** The words of a task's fields, to which the state commits; none for a phase without data. */
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
      return [...sliceWords(task.slice), task.position, task.carry];
    case PHASE.input:
      return [task.modelId, task.entry, ...sliceWords(task.slice), task.position, builtRoot(task)];
    case PHASE.ask:
      return [task.modelId, task.entry, task.input.root];
    case PHASE.create:
    case PHASE.deposit:
    case PHASE.log:
    case PHASE.recover:
      return [digestArgument(task), task.digest];
    case PHASE.enter:
      return [task.codeAddress, task.transfers, task.creates, hashOf(task.initcode, sliceWords)];
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

/** Hash of the task's words; 0 if it has none. */
export function taskHash(task: Task): Word {
  const words = taskWords(task);
  return words.length === 0 ? ZERO_HASH : hashWords(words);
}

const resumeWords = ({ resume }: LoadTask): Word[] => [resume.phase, taskHash(resume)];

const SOURCE = { slice: 0, code: 1 } as const;

const sourceWords = (source: Source): Word[] =>
  source instanceof Code
    ? [SOURCE.code, source.root, source.size, 0, source.size]
    : [SOURCE.slice, ...sliceWords(source)];

function hashTaskWords({ then, slice, prefix, suffix, position, sponge }: HashTask): Word[] {
  const ends = [padded(prefix), prefix.length, ...sliceWords(slice), padded(suffix), suffix.length];
  return [then.phase, digestArgument(then), ...ends, position, position === 0 ? ZERO_HASH : keccak256(sponge)];
}

function padded(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(bytes);
  return word;
}

const builtRoot = (task: InputTask): Hash =>
  task.position === 0 ? zeroDataRoot(treeDepth(task.slice.length)) : builtInput(task).root;
