import { type Hex, toBytes } from "@elench/bytes/hex";
import { type Config, configHash, type Declaration, recordHash } from "@elench/evm/batch/record";
import { RecordTree } from "@elench/evm/batch/record-tree";
import type { InboxEvent } from "../l1/events.ts";
import { Numbered } from "./numbered.ts";

/** A batch on L1. */
export interface Appended {
  /** All of its record but its bytes. */
  readonly declaration: Declaration;
  /** Root of the data tree over its bytes. */
  readonly root: Hex;
  readonly bytes: Uint8Array;
}

/** A root of the tree of records that the inbox keeps. */
export interface Checkpoint {
  readonly number: number;
  /** Number of batches under the root. */
  readonly count: number;
  readonly root: Hex;
  /** The L1 block that made it: a proposal can name it in a later one. */
  readonly block: bigint;
}

/** The batches and the kept roots of the inbox, rebuilt from its events. Applying the same events again, in the same order, changes nothing. */
export class Batches {
  readonly #config: Config;
  readonly #configHash: Uint8Array;
  readonly batches = new Numbered<Appended>();
  readonly checkpoints = new Numbered<Checkpoint>();
  /** The tree of the records of `appended`. */
  readonly records = new RecordTree();

  /** @param config the chain's, which every record names. */
  constructor(config: Config) {
    this.#config = config;
    this.#configHash = configHash(config);
  }

  /** From 0 to the last before the first missing one. */
  get appended(): readonly Appended[] {
    return this.batches.complete;
  }

  /** Starts again from nothing, after a reorganisation removed events. */
  forget(): void {
    this.batches.forget();
    this.checkpoints.forget();
    this.records.truncate(0);
  }

  learn(events: readonly InboxEvent[]): void {
    for (const { eventName, args, block } of events) {
      if (eventName === "Appended") {
        const { root, kind, gas, time } = args;
        const declaration = { config: this.#config, kind, gas, time, source: 0n };
        this.batches.add(Number(args.index), { declaration, root, bytes: toBytes(args.batch) });
      } else {
        const [number, count] = [Number(args.number), Number(args.count)];
        this.checkpoints.add(number, { number, count, root: args.root, block });
        this.batches.expect(count);
      }
    }
    for (const batch of this.appended.slice(this.records.count)) this.records.append(this.#recordOf(batch));
  }

  #recordOf({ declaration, root, bytes }: Appended): Uint8Array {
    return recordHash({ ...declaration, config: this.#configHash, root: toBytes(root), size: bytes.length });
  }
}
