import type { Backend } from "@elench/tensor/engine/backend";
import { type Position, STAGE } from "@elench/tensor/program/commitment";
import { dtypeSpec } from "@elench/tensor/program/dtype";
import type { TensorInstruction } from "@elench/tensor/program/program";
import type { Content } from "@elench/tensor/stepper/content";
import { runStage, store } from "@elench/tensor/stepper/element";
import { positionOf, type Spaces, spacesOf, writesBefore } from "@elench/tensor/stepper/positions";
import {
  encodedAt,
  type FetchState,
  operandContents,
  type RunningState,
  type TensorMachine,
  tableContent,
} from "@elench/tensor/stepper/state";
import { elementOf, variablesAt } from "@elench/tensor/stepper/views";
import { type History, innerAccumulatorsAt, type Sources, Tracer } from "./accumulators.ts";
import { Latest } from "./latest.ts";
import { prefixOf } from "./prefix.ts";
import { type RisingWrites, risingWrites } from "./writes.ts";

/** Number of elements whose accumulators are cached: a dispute narrows down to one. */
const KEPT_HISTORIES = 4;
/** Number of prefixes cached: nearby states share one, and its root. */
const KEPT_PREFIXES = 64;
/** Number of partly written contents cached, for writes that do not ascend. */
const KEPT_REWRITTEN = 4;

/** One execution of a tensor instruction: any of its states, from its operands and its result. */
export class Work {
  readonly #machine: TensorMachine;
  readonly #backend: Backend;
  readonly #fetch: FetchState;
  readonly #final: Content;
  readonly #former: Content;
  readonly #instruction: TensorInstruction;
  readonly #spaces: Spaces;
  readonly #sources: Sources;
  readonly #rising: RisingWrites | null;
  readonly #histories: Latest<number, History>;
  /** Prefixes by the address of the next write. */
  readonly #prefixes: Latest<number, Content>;
  /** Contents by the number of writes. */
  readonly #rewritten: Latest<number, Content>;

  /**
   * @param fetch the state at which the instruction began.
   * @param final its result.
   * @param onRedo called when an element is re-executed for its accumulators.
   */
  constructor(
    machine: TensorMachine,
    backend: Backend,
    fetch: FetchState,
    instruction: TensorInstruction,
    final: Content,
    onRedo: () => void,
  ) {
    this.#machine = machine;
    this.#backend = backend;
    this.#fetch = fetch;
    this.#instruction = instruction;
    this.#final = final;
    this.#former = tableContent(machine, fetch.table, instruction.target);
    this.#spaces = spacesOf(instruction);
    const operands = operandContents(machine, fetch, instruction).map(({ bytes }) => bytes);
    this.#sources = { instruction, operands, counters: fetch.counters };
    this.#rising = risingWrites(instruction, fetch.counters);
    const tracer = new Tracer(backend, this.#sources);
    this.#histories = new Latest(KEPT_HISTORIES, (element) => {
      onRedo();
      return tracer.history(element);
    });
    const { size } = dtypeSpec(instruction.targetDtype);
    this.#prefixes = new Latest(KEPT_PREFIXES, (address) => prefixOf(final, this.#former, address * size));
    this.#rewritten = new Latest(KEPT_REWRITTEN, (writes) => this.#rewrite(writes));
  }

  /** The running state before the given step of the instruction, which is at least 1. */
  state(step: bigint): RunningState {
    const position = positionOf(this.#spaces, step);
    return {
      kind: "running",
      fetch: this.#fetch,
      position,
      target: this.#target(position),
      accumulators: this.#accumulators(position),
      innerAccumulators: innerAccumulatorsAt(this.#sources, position, this.#machine.scalar),
    };
  }

  #accumulators({ stage, element, term }: Position): readonly bigint[] {
    const { scan, terms, fold } = this.#spaces;
    const done = stage === STAGE.commit || !fold ? 0 : stage !== STAGE.finish ? term : scan ? term + 1 : terms;
    return done === 0
      ? this.#instruction.accumulators.map(({ bits }) => bits)
      : this.#histories.get(element).after(done);
  }

  #target(position: Position): Content {
    if (position.stage === STAGE.commit) return this.#final;
    const writes = writesBefore(this.#spaces, position);
    if (writes === 0) return this.#former;
    if (this.#rising === null) return this.#rewritten.get(writes);
    const term = this.#spaces.scan ? position.term : 0;
    return this.#prefixes.get(this.#rising.address(position.element, term));
  }

  /** The content after a number of writes, by repeating them. */
  #rewrite(writes: number): Content {
    const { scan, terms } = this.#spaces;
    const element = scan ? Math.floor(writes / terms) : writes;
    const target = this.#former.bytes.slice();
    this.#backend.execute(
      encodedAt(this.#machine, this.#fetch),
      this.#sources.operands,
      target,
      this.#fetch.counters,
      0,
      element,
    );
    for (let term = 0; scan && term < writes % terms; term++)
      this.#write(target, { stage: STAGE.finish, element, term, innerTerm: 0 });
    return this.#machine.content(target);
  }

  /** One write of a scan. */
  #write(target: Uint8Array, position: Position): void {
    const { operands, counters, instruction } = this.#sources;
    const variables = variablesAt(instruction, position, counters);
    const { outs, readBits } = runStage(
      instruction.finish,
      this.#accumulators(position),
      operands,
      variables,
      this.#machine.scalar,
    );
    const at = elementOf(instruction.write, variables, readBits);
    if (at !== null) store(target, instruction.targetDtype, at, outs[0] as bigint, this.#machine.scalar);
  }
}
