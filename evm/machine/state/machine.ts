import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, hashPair } from "@elench/merkle/tree";
import { wordsInOrder } from "@elench/spec/evm/structures";
import { Code } from "../../structures/code.ts";
import {
  type Account,
  EMPTY,
  type Frame,
  frameWords,
  hashOf,
  type Phase,
  type Slice,
  sliceWords,
  type Tx,
  txWords,
} from "../../structures/layout.ts";
import { rootOf, type Sparse } from "../../structures/sparse.ts";
import type { Host } from "./host.ts";
import type { Observer } from "./observer.ts";
import { Stack } from "./stack.ts";
import type { Tape } from "./tape.ts";
import { type Task, taskHash } from "./task.ts";
import { shareWaiting } from "./waiting.ts";

/**
 * The machine at one step: the state, held as live values. The files beside this one read and write it. Each read also puts what it opens on the tape, if there is one, in the order in
 * which the contract reads it. So each step is written once, and produces its own witness.
 */
export class Machine {
  #task: Task;
  /** Copy of the task's phase. Tasks have many shapes, so reading `task.phase` is megamorphic and costs 15% of an instruction. */
  #phase: Phase;
  clock: bigint;
  pc = 0;
  gas = 0n;
  stack = new Stack();
  memory = new PagedBytes();
  code: Code = Code.NONE;
  returned: Slice = EMPTY;
  journal: Sparse<Account> = null;
  frame: Frame | null = null;
  tx: Tx | null = null;
  /** The output, once the batch has ended. A halted machine steps to itself. */
  halted: { readonly context: Hash; readonly output: Hash } | null = null;
  /** Records the witness of the next step; null if no witness is wanted. */
  tape: Tape | null = null;
  observer: Observer | null = null;
  readonly host: Host;

  constructor(host: Host, task: Task, clock = 0n) {
    this.host = host;
    this.#task = task;
    this.#phase = task.phase;
    this.clock = clock;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The task of the next step. */
  get task(): Task {
    return this.#task;
  }

  goTo(task: Task): void {
    this.#task = task;
    this.#phase = task.phase;
  }

  /** The 15 words of the state. */
  words(): Word[] {
    return wordsInOrder<"State", Word>("State", {
      phase: this.phase,
      clock: this.clock,
      pc: this.pc,
      gas: this.gas,
      stack: this.stack.chain(),
      height: this.stack.height,
      memory: this.memory.root,
      memorySize: this.memory.size,
      code: this.code.root,
      codeSize: this.code.size,
      returned: hashOf(this.returned, sliceWords),
      journal: rootOf(this.journal),
      frame: this.frame ? hashOf(this.frame, frameWords) : 0,
      tx: this.tx ? hashOf(this.tx, txWords) : 0,
      task: taskHash(this.task),
    });
  }

  /** Hash of the state. */
  hash(): Hash {
    return this.halted ? hashPair(this.halted.context, this.halted.output) : hashWords(this.words());
  }

  /** An independent machine at the same step, without tape or observer. */
  copy(): Machine {
    const copy = new Machine(this.host, this.task, this.clock);
    shareWaiting(this.frame);
    copy.pc = this.pc;
    copy.gas = this.gas;
    copy.stack = this.stack.copy();
    copy.code = this.code;
    copy.returned = this.returned;
    copy.journal = this.journal;
    copy.frame = this.frame;
    copy.tx = this.tx;
    copy.halted = this.halted;
    // Slices in the task or the frame can refer to this memory, so both machines copy it before they write.
    this.memory.shared = true;
    copy.memory = this.memory;
    return copy;
  }
}
