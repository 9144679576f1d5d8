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
  type Tx,
  txWords,
  type View,
  viewWords,
} from "../../structures/layout.ts";
import { rootOf, type Sparse } from "../../structures/sparse.ts";
import type { Host } from "./host.ts";
import type { Observer } from "./observer.ts";
import { Stack } from "./stack.ts";
import type { Tape } from "./tape.ts";
import { type Task, taskHash } from "./task.ts";
import { shareWaiting } from "./waiting.ts";

/**
 * The machine at one step: the state, held as live values. How a step looks at it is in the files beside this one: every look writes what it opens on the tape, if there is one, in the
 * order in which the contract reads it; so steps are written once, and make their own witnesses.
 */
export class Machine {
  #task: Task;
  /** The task's, at hand: tasks have many shapes, so that to read it there at each step takes longer (15% of an instruction). */
  #phase: Phase;
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
  /** Set where a batch has ended: its output. Such a machine steps to itself. */
  halted: { readonly context: Hash; readonly output: Hash } | null = null;
  /** The witness of the next step, where one is made. */
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

  /** What the next step does. */
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
      returned: hashOf(this.returned, viewWords),
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
    // Views of the task or the frame may look at this very memory: both machines copy it before they write.
    this.memory.shared = true;
    copy.memory = this.memory;
    return copy;
  }
}
