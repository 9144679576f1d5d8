import { type Hex, toBytes, toHex } from "@elench/bytes/hex";
import { type Span, spanContext } from "@elench/evm/batch/span";
import type { SpanWords } from "../l1/calls.ts";
import type { OutputsEvent } from "../l1/events.ts";

/** A span whose output was proposed. */
export interface ProposedSpan {
  readonly first: number;
  readonly end: number;
  /** The output that it builds on. */
  readonly previous: Hex;
  /** Root of the inbox's tree of records after `count` batches. */
  readonly root: Hex;
  readonly count: number;
  /** What its game is about. */
  readonly context: Hex;
  /** Number of its game. */
  readonly game: bigint;
  readonly epoch: number;
}

/** A settled boundary. */
export interface Boundary {
  readonly end: number;
  readonly output: Hex;
  /** When it is final, in seconds since 1970. */
  readonly readyAt: number;
  /** Where the span began that it was settled from. */
  readonly first: number;
  /** Number of the game whose result it is. */
  readonly game: bigint;
  readonly epoch: number;
}

/** The guardian asked again. */
interface Asking {
  /** The L1 block. */
  readonly block: bigint;
  /** The epoch that ended. */
  readonly epoch: number;
  /** Of the boundaries settled in that epoch, those count whose readyAt is at most this. */
  readonly endedAt: number;
}

/** The span as a call takes it. */
export const spanWords = ({ first, end, previous, root }: ProposedSpan): SpanWords => ({
  first: BigInt(first),
  end: BigInt(end),
  previous,
  root,
});

/** Contents of the span that the trace of a game is made of. */
export const spanOf = ({ first, end, previous, root }: ProposedSpan): Span => ({
  first,
  end,
  previous: toBytes(previous),
  root: toBytes(root),
});

/**
 * Spans, boundaries and epochs, rebuilt from the events of the outputs contract: the rules are those of `IOutputs`. Applying the same events
 * again, in the same order, changes nothing.
 */
export class Spans {
  /** Of the L2 chain. */
  readonly chainId: bigint;
  readonly #genesis: Boundary;
  /** By number of the game. */
  readonly proposals = new Map<bigint, ProposedSpan>();
  /** The first proposal of each context. */
  readonly byContext = new Map<Hex, ProposedSpan>();
  readonly #boundaries = new Map<number, Boundary>();
  /** The boundaries that raised `settledCount`, in order. */
  #list: number[] = [];
  #askings: Asking[] = [];
  #machines: { fromBatch: number; machine: Hex }[] = [];
  #frozenBy: bigint | undefined;

  /** @param genesisOutput boundary 0, which is final from the start. */
  constructor({ chainId, genesisOutput }: { readonly chainId: bigint; readonly genesisOutput: Hex }) {
    this.chainId = chainId;
    this.#genesis = { end: 0, output: genesisOutput, readyAt: 0, first: 0, game: 0n, epoch: 0 };
    this.forget();
  }

  get epoch(): number {
    return this.#askings.length;
  }

  /** The L1 block in which the guardian last asked again. */
  get askedIn(): bigint | undefined {
    return this.#askings.at(-1)?.block;
  }

  /** The game that contradicted a settled boundary; undefined if the contract is not frozen. */
  get frozenBy(): bigint | undefined {
    return this.#frozenBy;
  }

  /** Starts again from nothing, after a reorganisation removed events. */
  forget(): void {
    for (const known of [this.proposals, this.byContext, this.#boundaries]) known.clear();
    this.#boundaries.set(0, this.#genesis);
    [this.#list, this.#askings, this.#machines, this.#frozenBy] = [[0], [], [], undefined];
  }

  learn(events: readonly OutputsEvent[]): void {
    for (const event of events) this.#apply(event);
  }

  /** The output at a boundary that is settled and counts. */
  at(boundary: number): Boundary | undefined {
    const settled = this.#boundaries.get(boundary);
    return settled && this.#counts(settled) ? settled : undefined;
  }

  /** Settled boundaries that count, in no order. */
  get settled(): readonly Boundary[] {
    return [...this.#boundaries.values()].filter((boundary) => this.#counts(boundary));
  }

  /** @param time now; while the contract is frozen, when that began. */
  isFinal(boundary: number, time: number): boolean {
    const settled = this.at(boundary);
    return settled !== undefined && settled.readyAt <= time;
  }

  /**
   * The boundaries of the contract's list that are final, lowest first. `finalCount` is one of them: the last, once `advance` has walked the
   * list so far.
   * @param time as for `isFinal`.
   */
  finalList(time: number): readonly number[] {
    const open = this.#list.findIndex((boundary) => !this.isFinal(boundary, time));
    return open === -1 ? this.#list : this.#list.slice(0, open);
  }

  /**
   * The machine that executes batch `first`, and the first batch of the next one: infinity if there is none. Undefined if no event has named the
   * machine.
   */
  machineOf(first: number): { readonly machine: Hex; readonly until: number } | undefined {
    const at = this.#machines.findLastIndex(({ fromBatch }) => fromBatch <= first);
    const entry = this.#machines[at];
    return entry && { machine: entry.machine, until: this.#machines[at + 1]?.fromBatch ?? Number.POSITIVE_INFINITY };
  }

  /** Whether the games of a span's epoch counted at this L1 block or later. */
  countedSince({ epoch }: Pick<ProposedSpan, "epoch">, block: bigint): boolean {
    const ended = this.#askings[epoch];
    return ended === undefined || ended.block >= block;
  }

  #counts({ epoch, readyAt }: Boundary): boolean {
    // If the event of an asking is missing, nothing of its epoch counts.
    return epoch === this.epoch || readyAt <= (this.#askings[epoch]?.endedAt ?? -1);
  }

  #apply({ eventName, args, block }: OutputsEvent): void {
    switch (eventName) {
      case "Proposed":
        this.#propose(args);
        break;
      case "Settled":
        this.#settle(args);
        break;
      case "Frozen":
        this.#frozenBy = args.number;
        break;
      case "AskedAgain":
        this.#askAgain({ block, epoch: Number(args.epoch) - 1, endedAt: Number(args.endedAt) });
        break;
      case "MachineSet":
        this.#setMachine(Number(args.fromBatch), args.machine);
        break;
    }
  }

  #propose({ number: game, span, count, epoch }: Args<"Proposed">): void {
    const { previous, root } = span;
    const [first, end] = [Number(span.first), Number(span.end)];
    const hashes = { previous: toBytes(previous), root: toBytes(root) };
    const context = toHex(spanContext({ first, end, ...hashes }, this.chainId));
    const proposed = { first, end, previous, root, count: Number(count), context, game, epoch: Number(epoch) };
    this.proposals.set(game, proposed);
    if (!this.byContext.has(context)) this.byContext.set(context, proposed);
  }

  #settle({ end, first, number: game, output, readyAt }: Args<"Settled">): void {
    const boundary = Number(end);
    this.#boundaries.set(boundary, {
      end: boundary,
      output,
      readyAt: Number(readyAt),
      first: Number(first),
      game,
      epoch: this.epoch,
    });
    if (boundary > (this.#list.at(-1) as number)) this.#list.push(boundary);
  }

  /** The contract walks its list to the last boundary that is final at the epoch's end, and cuts it there. */
  #askAgain(asking: Asking): void {
    const final = [...this.finalList(asking.endedAt)];
    this.#askings[asking.epoch] = asking;
    [this.#list, this.#frozenBy] = [final, undefined];
  }

  /** A machine takes the place of those for the same batches and later ones. */
  #setMachine(fromBatch: number, machine: Hex): void {
    const earlier = this.#machines.filter((entry) => entry.fromBatch < fromBatch);
    this.#machines = [...earlier, { fromBatch, machine }];
  }
}

type Args<Name extends OutputsEvent["eventName"]> = Extract<OutputsEvent, { eventName: Name }>["args"];
