import { concat } from "@elench/bytes/concat";
import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { leavesOf, PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, keccak256, treeDepth, zeroDataRoot } from "@elench/merkle/tree";
import { KECCAK_INITIAL, KECCAK_RATE, keccakAbsorb } from "../../crypto/hashes/keccak.ts";
import { keccakPad } from "../../crypto/hashes/padding.ts";
import { Code } from "../../structures/code.ts";
import {
  isFirstLog,
  type Log,
  PHASE,
  type Phase,
  readView,
  type View,
  viewWords,
  ZERO_HASH,
} from "../../structures/layout.ts";
import { type Machine, type Task, toBigInt } from "../state/machine.ts";
import type { Steps } from "../state/operation.ts";

/** Bulk work in bounded pieces: copying into memory, hashing, building code and model input. And the task that every hash ends in. */

/** Bytes copied in a step. */
const COPY_BYTES = 2048;
/** A message up to this is hashed in one step. */
const HASH_AT_ONCE = 8192;
/** Bytes absorbed in a step of hashing a longer one: 32 blocks. */
const ABSORB_BYTES = 32 * KECCAK_RATE;
/** Bytes that BUILD and INPUT take in a step. */
const BUILD_BYTES = 4096;

// COPY

const SOURCE = { view: 0, code: 1 } as const;

/** What is copied from: a window on data, or a whole code. */
export type Source = View | Code;

const lengthOf = (source: Source): number => (source instanceof Code ? source.size : source.length);

const sourceWords = (source: Source): Word[] =>
  source instanceof Code
    ? [SOURCE.code, source.root, source.size, 0, source.size]
    : [SOURCE.view, ...viewWords(source)];

export class CopyTask implements Task {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  readonly rest: number;

  constructor(source: Source, from: number, to: number, rest: number) {
    this.source = source;
    this.from = from;
    this.to = to;
    this.rest = rest;
  }

  words(): readonly Word[] {
    return [...sourceWords(this.source), this.from, this.to, this.rest];
  }
}

/**
 * Goes on with COPY, if there is anything to copy.
 * @param from any 256-bit number: beyond the source's end there are zeros.
 * @param to … to + length is within memory, if length > 0.
 */
export function copyToMemory(m: Machine, source: Source, from: bigint, to: bigint, length: bigint): void {
  if (length === 0n) return;
  // Cut off, so that going on from there never comes round to the source's beginning.
  const end = lengthOf(source);
  const start = from < BigInt(end) ? Number(from) : end;
  m.goTo(PHASE.copy, new CopyTask(source, start, Number(to), Number(length)));
}

function copy(m: Machine): void {
  const { source, from, to, rest } = m.task as CopyTask;
  m.openTask();
  const count = Math.min(rest, COPY_BYTES);
  const bytes = source instanceof Code ? m.readCode(source, from, count) : m.readView(source, from, count);
  // Memory that is copied within itself stays as it was for the pieces to come; the last piece, which may be the only one, is written in place.
  if (rest > count && !(source instanceof Code) && source.tree === m.memory) m.memory.shared = true;
  m.writeMemory(to, bytes);
  if (rest > count) m.goTo(PHASE.copy, new CopyTask(source, from + count, to + count, rest - count));
  else m.goTo(PHASE.execute);
}

// HASH

interface Hashing {
  /** Phase that takes the digest; EXECUTE: it is pushed. */
  readonly then: Phase;
  /** What that phase needs besides, by 32 bytes. */
  readonly argument: Word;
  readonly view: View;
  /** At most 32 bytes before the view. */
  readonly prefix: Uint8Array;
  /** At most 32 bytes after it. */
  readonly suffix: Uint8Array;
  /** What `argument` stands for. */
  readonly live: unknown;
}

export class HashTask implements Task {
  readonly hashing: Hashing;
  readonly position: number;
  /** State of the sponge at `position`, 200 bytes. */
  readonly sponge: Uint8Array;

  constructor(hashing: Hashing, position = 0, sponge = KECCAK_INITIAL) {
    this.hashing = hashing;
    this.position = position;
    this.sponge = sponge;
  }

  words(): readonly Word[] {
    const { then, argument, prefix, view, suffix } = this.hashing;
    const sponge = this.position === 0 ? ZERO_HASH : keccak256(this.sponge);
    const ends = [padded(prefix), prefix.length, ...viewWords(view), padded(suffix), suffix.length];
    return [then, argument, ...ends, this.position, sponge];
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(bytes);
  return word;
}

/** The task of a phase that hashing goes on to. */
export class DigestTask implements Task {
  readonly argument: Word;
  readonly digest: Hash;
  /** What `argument` stands for, as whoever began to hash gave it. */
  readonly live: unknown;

  constructor(argument: Word, digest: Hash, live: unknown = undefined) {
    this.argument = argument;
    this.digest = digest;
    this.live = live;
  }

  words(): readonly Word[] {
    return [this.argument, this.digest];
  }
}

const NOTHING = new Uint8Array(0);

/** Goes on with HASH: keccak256(prefix ‖ view ‖ suffix), then the phase `then` with a DigestTask; EXECUTE gets the digest on the stack. */
export function hashView(
  m: Machine,
  then: Phase,
  argument: Word,
  view: View,
  {
    prefix = NOTHING,
    suffix = NOTHING,
    live,
  }: { readonly prefix?: Uint8Array; readonly suffix?: Uint8Array; readonly live?: unknown } = {},
): void {
  m.goTo(PHASE.hash, new HashTask({ then, argument, view, prefix, suffix, live }));
}

function hash(m: Machine): void {
  const { hashing, position, sponge } = m.task as HashTask;
  m.openTask();
  const { prefix, view, suffix } = hashing;
  const length = prefix.length + view.length + suffix.length;
  if (length <= HASH_AT_ONCE) {
    digested(m, hashing, keccak256(readMessage(m, hashing, 0, length)));
    return;
  }
  if (m.tape && position > 0) m.tape.bytes(sponge);
  const rest = length - position;
  const piece = readMessage(m, hashing, position, Math.min(position + ABSORB_BYTES, length));
  if (rest > ABSORB_BYTES) {
    m.goTo(PHASE.hash, new HashTask(hashing, position + ABSORB_BYTES, keccakAbsorb(sponge, piece)));
    return;
  }
  const whole = rest - (rest % KECCAK_RATE);
  const blocks = concat(piece.subarray(0, whole), keccakPad(piece.subarray(whole)));
  digested(m, hashing, keccakAbsorb(sponge, blocks).slice(0, 32));
}

/** Bytes from … to − 1 of prefix ‖ view ‖ suffix, opening those of the view. */
function readMessage(m: Machine, { prefix, view, suffix }: Hashing, from: number, to: number): Uint8Array {
  const end = prefix.length + view.length;
  const first = within(from, prefix.length, view.length);
  return concat(
    prefix.subarray(from, to),
    m.readView(view, first, within(to, prefix.length, view.length) - first),
    suffix.subarray(within(from, end, suffix.length), within(to, end, suffix.length)),
  );
}

/** How many of `length` bytes that begin at `start` come before a place. */
const within = (place: number, start: number, length: number): number => Math.min(Math.max(place - start, 0), length);

function digested(m: Machine, { then, argument, live }: Hashing, digest: Hash): void {
  if (then === PHASE.execute) {
    m.stack.push(toBigInt(digest));
    m.goTo(PHASE.execute);
  } else m.goTo(then, new DigestTask(argument, digest, live));
}

// LOG

function log(m: Machine): void {
  const { argument, digest, live } = m.task as DigestTask;
  m.openTask();
  const tx = m.openTx();
  m.tx = {
    ...tx,
    logs: hashWords([tx.logs, hashWords([argument, digest])]),
    emitted: { log: live as Log, before: isFirstLog(tx) ? undefined : tx.emitted },
  };
  m.goTo(PHASE.execute);
}

// BUILD

/** Initcode that is being brought in. The frame's code holds all its bytes; its tree, those before `position`. */
export class BuildTask implements Task {
  readonly view: View;
  readonly position: number;
  /** Of the chunk at `position`. */
  readonly carry: number;

  constructor(view: View, position = 0, carry = 0) {
    this.view = view;
    this.position = position;
    this.carry = carry;
  }

  words(): readonly Word[] {
    return [...viewWords(this.view), this.position, this.carry];
  }
}

function build(m: Machine): void {
  const { view, position } = m.task as BuildTask;
  m.openTask();
  const count = Math.min(view.length - position, BUILD_BYTES);
  m.readView(view, position, count);
  m.tape?.bytes(...m.code.siblings(...leavesOf(position, count)));
  const end = position + count;
  m.code = m.code.upTo(end);
  if (end < view.length) m.goTo(PHASE.build, new BuildTask(view, end, m.code.carryAt(end)));
  else m.goTo(PHASE.execute);
}

// INPUT

/** A model's input that is being made of a view. */
export class InputTask implements Task {
  readonly modelId: Word;
  readonly entry: Word;
  readonly view: View;
  readonly position: number;

  constructor(modelId: Word, entry: Word, view: View, position = 0) {
    this.modelId = modelId;
    this.entry = entry;
    this.view = view;
    this.position = position;
  }

  words(): readonly Word[] {
    const root = this.position === 0 ? zeroDataRoot(treeDepth(this.view.length)) : this.built().root;
    return [this.modelId, this.entry, ...viewWords(this.view), this.position, root];
  }

  /** The input as far as it is made; zeros from there. */
  built(): PagedBytes {
    const bytes = new Uint8Array(this.view.length);
    bytes.set(readView(this.view, 0, this.position));
    return new PagedBytes(bytes);
  }
}

/** What the tensor machine is asked. */
export class AskTask implements Task {
  readonly modelId: Word;
  readonly entry: Word;
  readonly input: PagedBytes;

  constructor(modelId: Word, entry: Word, input: PagedBytes) {
    this.modelId = modelId;
    this.entry = entry;
    this.input = input;
  }

  words(): readonly Word[] {
    return [this.modelId, this.entry, this.input.root];
  }
}

function input(m: Machine): void {
  const task = m.task as InputTask;
  const { modelId, entry, view, position } = task;
  m.openTask();
  const count = Math.min(view.length - position, BUILD_BYTES);
  m.readView(view, position, count);
  if (m.tape && count > 0) m.tape.bytes(...task.built().siblings(...leavesOf(position, count)));
  const next = new InputTask(modelId, entry, view, position + count);
  if (next.position < view.length) m.goTo(PHASE.input, next);
  else m.goTo(PHASE.ask, new AskTask(modelId, entry, next.built()));
}

export const BULK: Steps = {
  [PHASE.copy]: copy,
  [PHASE.hash]: hash,
  [PHASE.build]: build,
  [PHASE.input]: input,
  [PHASE.log]: log,
};
