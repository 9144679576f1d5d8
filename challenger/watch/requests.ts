import { toBytes, toHex } from "@elench/bytes/hex";
import { inferenceContext } from "@elench/tensor/program/commitment";
import type { Hex } from "viem";
import type { OracleEvent, Request } from "../l1/events.ts";
import type { Inference } from "./inference-trace-provider.ts";

/** An inference that somebody asked for on L1, with its input. */
export interface Asked {
  readonly id: bigint;
  readonly request: Request;
  /** The inputs' bytes, joined. */
  readonly input: Uint8Array;
}

/** An answer to a request, and the game about it. */
export interface Answered {
  readonly id: bigint;
  readonly game: Hex;
  /** The outputs' bytes, joined. */
  readonly output: Uint8Array;
}

/** What the oracle's events tell. Learning the same events again changes nothing. */
export class Requests {
  readonly byId = new Map<bigint, Asked>();
  readonly byContext = new Map<Hex, Asked>();
  readonly answers = new Map<Hex, Answered>();
  readonly delivered = new Set<bigint>();
  /** Every request that was told of; cancelled ones too. */
  readonly #told = new Set<bigint>();
  /** Requests below it were told of, and one more than the highest that an event named. */
  #complete = 0n;
  #count = 0n;

  /** Starts afresh, where events that were learnt are no longer on the chain. */
  forget(): void {
    for (const known of [this.byId, this.byContext, this.answers, this.delivered, this.#told]) known.clear();
    this.#complete = this.#count = 0n;
  }

  /** The first request that no event told of, where an event named it or a later one. */
  get missing(): bigint | undefined {
    return this.#complete < this.#count ? this.#complete : undefined;
  }

  /** The inference that somebody asked for; undefined if nobody asked for one that has this context. */
  inferenceOf(context: Hex): Inference | undefined {
    const asked = this.byContext.get(context);
    return asked && { modelId: asked.request.modelId, inputRoot: asked.request.inputRoot, input: asked.input };
  }

  learn(events: readonly OracleEvent[]): void {
    for (const { eventName, args } of events) {
      if (args.id >= this.#count) this.#count = args.id + 1n;
      switch (eventName) {
        case "Requested": {
          const asked: Asked = { id: args.id, request: args.request, input: toBytes(args.input) };
          this.byId.set(args.id, asked);
          this.#told.add(args.id);
          while (this.#told.has(this.#complete)) this.#complete++;
          this.byContext.set(toHex(inferenceContext(toBytes(args.modelId), toBytes(args.request.inputRoot))), asked);
          break;
        }
        case "Answered":
          this.answers.set(args.game, { id: args.id, game: args.game, output: toBytes(args.output) });
          break;
        case "Reopened":
          this.answers.delete(args.game);
          break;
        case "Cancelled":
          this.byId.delete(args.id);
          break;
        case "Delivered":
          this.delivered.add(args.id);
      }
    }
  }
}
