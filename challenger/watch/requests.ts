import { toBytes, toHex } from "@elench/bytes/hex";
import { inferenceContext } from "@elench/tensor/program/commitment";
import type { Hex } from "viem";
import type { OracleEvent, Request } from "../l1/events.ts";
import type { Inference } from "./inference-trace-provider.ts";

/** An inference that was requested on L1, with its input. */
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

/** Requests and answers, rebuilt from the oracle's events. Applying the same events again changes nothing. */
export class Requests {
  readonly byId = new Map<bigint, Asked>();
  readonly byContext = new Map<Hex, Asked>();
  readonly answers = new Map<Hex, Answered>();
  readonly delivered = new Set<bigint>();
  /** Every request with an event, cancelled ones included. */
  readonly #told = new Set<bigint>();
  /** All requests below the first number have an event; the second number is 1 + the highest in any event. */
  #complete = 0n;
  #count = 0n;

  /** Starts again from nothing, after a reorganisation removed events. */
  forget(): void {
    for (const known of [this.byId, this.byContext, this.answers, this.delivered, this.#told]) known.clear();
    this.#complete = this.#count = 0n;
  }

  /** The first request without an event, if an event names it or a later one. */
  get missing(): bigint | undefined {
    return this.#complete < this.#count ? this.#complete : undefined;
  }

  /** The requested inference with this context; undefined if there is none. */
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
