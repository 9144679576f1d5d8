import { type Hex, toBytes } from "@elench/bytes/hex";
import type { RollupEvent } from "../l1/events.ts";

/** A batch on L1. */
export interface Appended {
  /** Root of the data tree over its bytes. */
  readonly root: Hex;
  readonly bytes: Uint8Array;
}

/** What is proposed as a batch's output. */
export interface ProposedOutput {
  readonly batch: number;
  readonly game: Hex;
  /** The output that it builds on. */
  readonly previous: Hex;
  /** The proposed output; after settlement, the game's result. */
  readonly output: Hex;
  /** Time at which it is final, in seconds since 1970; undefined while it is not settled. */
  readonly readyAt: bigint | undefined;
}

/** Batches and outputs, rebuilt from the events of the inbox and of the outputs. Applying the same events again, in the same order, changes nothing. */
export class Batches {
  /** Batches from 0 to the last before the first missing one. */
  readonly appended: Appended[] = [];
  /** Every batch with an event, by index. Events can be missing. */
  readonly #byIndex = new Map<number, Appended>();
  /** 1 + the highest index in any event. */
  #count = 0;
  /** By batch. */
  readonly entries = new Map<number, ProposedOutput>();

  /** Starts again from nothing, after a reorganisation removed events. */
  forget(): void {
    this.appended.length = 0;
    this.#byIndex.clear();
    this.#count = 0;
    this.entries.clear();
  }

  /** The first batch without an event, if an event names it or a later one. */
  get missing(): number | undefined {
    return this.appended.length < this.#count ? this.appended.length : undefined;
  }

  learn(events: readonly RollupEvent[]): void {
    for (const { eventName, args } of events) {
      switch (eventName) {
        case "Appended":
          this.#place(Number(args.index), { root: args.root, bytes: toBytes(args.batch) });
          break;
        case "OutputProposed": {
          const { game, previous, output } = args;
          const batch = Number(args.batch);
          this.entries.set(batch, { batch, game, previous, output, readyAt: undefined });
          this.#count = Math.max(this.#count, batch + 1);
          break;
        }
        case "Settled": {
          const entry = this.entries.get(Number(args.batch));
          if (entry) this.entries.set(entry.batch, { ...entry, output: args.output, readyAt: args.readyAt });
          break;
        }
        case "Stopped":
          this.entries.delete(Number(args.batch));
          this.#unsettle(Number(args.batch));
          break;
        case "Discarded":
          this.entries.delete(Number(args.batch));
      }
    }
  }

  #place(index: number, batch: Appended): void {
    this.#byIndex.set(index, batch);
    this.#count = Math.max(this.#count, index + 1);
    for (let next = this.#byIndex.get(this.appended.length); next; next = this.#byIndex.get(this.appended.length))
      this.appended.push(next);
  }

  /** Outputs above a stopped one must be settled again. */
  #unsettle(from: number): void {
    for (const entry of this.entries.values())
      if (entry.batch > from) this.entries.set(entry.batch, { ...entry, readyAt: undefined });
  }
}
