import type { Hex } from "viem";
import { inferenceContext } from "../ml-vm/program/commitment.ts";
import type { Inference } from "./inference-truth.ts";
import type { OracleEvent, Request } from "./l1/events.ts";
import { toBytes, toHex } from "./strategy/bytes.ts";

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

  /** Starts afresh, where events that were learnt are no longer on the chain. */
  forget(): void {
    for (const known of [this.byId, this.byContext, this.answers, this.delivered]) known.clear();
  }

  /** The inference that somebody asked for; undefined if nobody asked for one that has this context. */
  inferenceOf(context: Hex): Inference | undefined {
    const asked = this.byContext.get(context);
    return asked && { modelId: asked.request.modelId, inputRoot: asked.request.inputRoot, input: asked.input };
  }

  learn(events: readonly OracleEvent[]): void {
    for (const { eventName, args } of events) {
      switch (eventName) {
        case "Requested": {
          const asked: Asked = { id: args.id, request: args.request, input: toBytes(args.input) };
          this.byId.set(args.id, asked);
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
