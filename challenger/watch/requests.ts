import { toBytes } from "@elench/bytes/hex";
import { type Hex, zeroAddress } from "viem";
import type { OracleEvent, Request } from "../l1/events.ts";
import type { StoredCommitment, StoredRequest } from "../l1/oracle-calls.ts";
import type { Inference } from "./inference-trace-provider.ts";

/** An inference that was requested on L1, with its input. */
export interface Asked extends StoredRequest {
  readonly id: bigint;
  readonly context: Hex;
  /** The inputs' bytes, joined. */
  readonly input: Uint8Array;
}

/** A commitment to an answer, as its event tells it: neither the provider nor the output is known. */
export interface Committed extends StoredCommitment {
  /** The L1 block. */
  readonly block: bigint;
}

/** A commitment that was opened: an answer. */
export interface Opened {
  readonly provider: Hex;
  readonly order: bigint;
  readonly outputRoot: Hex;
  /** The outputs' bytes, joined. */
  readonly output: Uint8Array;
}

/** The result of a question. */
export interface Result {
  readonly outputRoot: Hex;
  /** When it is final, in seconds since 1970, unless the question is frozen. */
  readonly readyAt: number;
}

/** All that is known about one context: a model and an input. */
export interface Question {
  readonly context: Hex;
  /** What was answered, in the order of the openings. Asking again does not change it. */
  readonly answers: readonly Opened[];
  /** Numbers of the games that count: those opened since the guardian last asked. */
  readonly games: readonly bigint[];
  readonly result: Result | undefined;
  /** Number of the game whose result contradicts the settled one. */
  readonly frozenBy: bigint | undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** Requests, commitments, answers and results, rebuilt from the oracle's events in their order. */
export class Requests {
  /** Every request. */
  readonly byId = new Map<bigint, Asked>();
  /** The first request of each context. */
  readonly byContext = new Map<Hex, Asked>();
  readonly questions = new Map<Hex, Question>();
  /** Requests that are over, and how. */
  readonly over = new Map<bigint, "delivered" | "cancelled">();
  /** Requests that their requester has cancelled: from this time on, in seconds since 1970, it can take the fees back at any moment. */
  readonly cancelling = new Map<bigint, number>();
  /** By commitment, in the order of inclusion; opened ones included. */
  readonly committed = new Map<Hex, readonly Committed[]>();
  /** Orders of the commitments that were opened. */
  readonly opened = new Set<bigint>();
  /** By context, by id. */
  readonly #pending = new Map<Hex, Map<bigint, Asked>>();
  /** Accounts that an event credited since their last collection. */
  readonly #credited = new Set<Hex>();
  /** Places of commitments, and the order of the last one there. */
  readonly #places = new Map<bigint, bigint>();

  /** Starts again from nothing, after a reorganisation removed events. */
  forget(): void {
    for (const known of [this.byId, this.byContext, this.questions, this.over, this.cancelling, this.committed])
      known.clear();
    for (const known of [this.opened, this.#pending, this.#credited, this.#places]) known.clear();
  }

  /** The requested inference with this context; undefined if there is none. */
  inferenceOf(context: Hex): Inference | undefined {
    const asked = this.byContext.get(context);
    return asked && { ...asked.request.inference, input: asked.input };
  }

  /** Requests that are neither delivered nor reclaimed. */
  get pending(): Asked[] {
    return [...this.#pending.values()].flatMap((asked) => [...asked.values()]);
  }

  /** Those about one context. */
  pendingAbout(context: Hex): Asked[] {
    return [...(this.#pending.get(context)?.values() ?? [])];
  }

  /** The account that gets the request's fee if this output is the result: the provider that committed to it first, else the requester. */
  paidBy({ request, context }: Asked, outputRoot: Hex): Hex {
    const question = this.questions.get(context);
    const { result } = question ?? {};
    const isKnown = result !== undefined && Number(request.made) >= result.readyAt;
    return (isKnown ? undefined : question && firstAnswer(question, outputRoot)?.provider) ?? lower(request.requester);
  }

  /** Whether the oracle may owe the account anything. */
  mayHaveCredit(account: Hex): boolean {
    return this.#credited.has(account);
  }

  /**
   * A hint for the place of the next commitment: one that was used before and is free, if any is known, because a used slot is cheaper than a
   * fresh one.
   */
  commitmentHint(): bigint {
    const free = [...this.#places].find(([, order]) => this.opened.has(order));
    return free?.[0] ?? BigInt(this.#places.size);
  }

  learn(events: readonly OracleEvent[]): void {
    for (const event of events) this.#apply(event);
  }

  #apply(event: OracleEvent): void {
    switch (event.eventName) {
      case "Requested": {
        const { context, place, request, input } = event.args;
        const asked: Asked = { id: request.id, request, place, context, input: toBytes(input) };
        this.byId.set(asked.id, asked);
        this.#pending.set(context, (this.#pending.get(context) ?? new Map()).set(asked.id, asked));
        if (!this.byContext.has(context)) this.byContext.set(context, asked);
        this.#question(context);
        break;
      }
      case "Cancelling":
        this.cancelling.set(event.args.id, Number(event.args.effectiveAt));
        break;
      case "Cancelled": {
        const { id } = event.args;
        this.#end(id, "cancelled");
        this.#credited.add(lower(this.byId.get(id)?.request.requester ?? zeroAddress));
        break;
      }
      case "Delivered":
        this.#end(event.args.id, "delivered");
        this.#credited.add(lower(event.args.paid)).add(lower(event.args.deliverer));
        break;
      case "Collected":
        this.#credited.delete(lower(event.args.account));
        break;
      case "Committed": {
        const { sequence: order, commitment, place } = event.args;
        const earlier = this.committed.get(commitment) ?? [];
        this.committed.set(commitment, [...earlier, { commitment, order, place, block: event.block }]);
        this.#places.set(place, order);
        break;
      }
      case "Opened": {
        const { context, provider, order, number, outputRoot, output } = event.args;
        const question = this.#question(context);
        question.answers.push({ provider: lower(provider), order, outputRoot, output: toBytes(output) });
        if (number !== 0n) question.games.push(number);
        this.opened.add(order);
        this.#credited.add(lower(provider));
        break;
      }
      case "ProposedAgain":
        this.#question(event.args.context).games.push(event.args.number);
        break;
      case "Settled": {
        const { context, outputRoot, readyAt } = event.args;
        this.#question(context).result = { outputRoot, readyAt: Number(readyAt) };
        break;
      }
      case "Frozen":
        this.#question(event.args.context).frozenBy = event.args.number;
        break;
      case "AskedAgain": {
        const question = this.#question(event.args.context);
        question.games = [];
        question.result = undefined;
        question.frozenBy = undefined;
      }
    }
  }

  #end(id: bigint, how: "delivered" | "cancelled"): void {
    this.over.set(id, how);
    this.#pending.get(this.byId.get(id)?.context ?? "0x")?.delete(id);
  }

  /** An event about a context whose `Requested` event is missing is kept: the log is known to be incomplete. */
  #question(context: Hex): Writable<Question> {
    const known = this.questions.get(context) as Writable<Question> | undefined;
    const question = known ?? { context, answers: [], games: [], result: undefined, frozenBy: undefined };
    this.questions.set(context, question);
    return question;
  }
}

/** Whether a question's result is final. @param now seconds since 1970 */
export const isFinal = ({ result, frozenBy }: Question, now: number): boolean =>
  result !== undefined && frozenBy === undefined && now >= result.readyAt;

/** The answer with this output whose commitment was made first. */
export const firstAnswer = ({ answers }: Question, outputRoot: Hex): Opened | undefined =>
  answers.filter((answer) => answer.outputRoot === outputRoot).sort((a, b) => (a.order < b.order ? -1 : 1))[0];

/** Whether a request wants a callback. */
export const hasCallback = ({ terms }: Pick<Request, "terms">): boolean => terms.consumer !== zeroAddress;

const lower = (address: Hex): Hex => address.toLowerCase() as Hex;
