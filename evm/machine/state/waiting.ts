import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import type { PagedBytes } from "@elench/merkle/paged-bytes";
import type { Hash } from "@elench/merkle/tree";
import { wordsInOrder } from "@elench/spec/evm/structures";
import type { Code } from "../../structures/code.ts";
import {
  type Account,
  EMPTY,
  type Frame,
  frameWords,
  type Hashed,
  hashOf,
  type PHASE,
  sliceWords,
  type Tx,
  txWords,
} from "../../structures/layout.ts";
import { rootOf, type Sparse } from "../../structures/sparse.ts";
import type { Machine } from "./machine.ts";
import type { Stack } from "./stack.ts";

/** A state that waits for a frame to end. */
export class Waiting implements Hashed {
  /** Phase in which it resumes: EXECUTE in a caller's frame, SETTLE after the outermost frame. */
  readonly phase: typeof PHASE.execute | typeof PHASE.settle;
  readonly pc: number;
  readonly gas: bigint;
  readonly stack: Stack;
  readonly memory: PagedBytes;
  readonly code: Code;
  readonly journal: Sparse<Account>;
  readonly frame: Frame | null;
  readonly tx: Tx;
  /** Whether copies of the machine share it. If so, resuming copies its stack and memory. */
  shared = false;
  #hash: Hash | undefined;

  constructor(m: Machine, phase: Waiting["phase"]) {
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
    return wordsInOrder<"State", Word>("State", {
      phase: this.phase,
      clock: 0,
      pc: this.pc,
      gas: this.gas,
      stack: this.stack.chain(),
      height: this.stack.height,
      memory: this.memory.root,
      memorySize: this.memory.size,
      code: this.code.root,
      codeSize: this.code.size,
      returned: hashOf(EMPTY, sliceWords),
      journal: rootOf(this.journal),
      frame: this.frame ? hashOf(this.frame, frameWords) : 0,
      tx: hashOf(this.tx, txWords),
      task: 0,
    });
  }

  get hash(): Hash {
    this.#hash ??= hashWords(this.words());
    return this.#hash;
  }
}

/** Marks all waiting states below a frame as shared between machines. */
export function shareWaiting(frame: Frame | null): void {
  for (let at = frame?.parent; at instanceof Waiting && !at.shared; at = at.frame?.parent) {
    at.shared = true;
    at.memory.shared = true;
  }
}
