import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Deployment } from "@elench/deploy/deployment";
import { type BaseError, decodeEventLog, type Hex } from "viem";
import type { GameEvent } from "../strategy/tree.ts";
import type { ChainLog } from "./follower.ts";

/** A request; the oracle stores its hash. */
export interface Request {
  readonly requester: Hex;
  readonly modelId: Hex;
  readonly inputRoot: Hex;
  readonly consumer: Hex;
  readonly callbackGas: bigint;
  readonly fee: bigint;
}

export type OracleEvent =
  | {
      readonly eventName: "Requested";
      readonly args: { readonly id: bigint; readonly modelId: Hex; readonly request: Request; readonly input: Hex };
    }
  | { readonly eventName: "Answered"; readonly args: { readonly id: bigint; readonly game: Hex; readonly output: Hex } }
  | { readonly eventName: "Reopened"; readonly args: { readonly id: bigint; readonly game: Hex } }
  | { readonly eventName: "Cancelled"; readonly args: { readonly id: bigint } }
  | {
      readonly eventName: "Delivered";
      readonly args: {
        readonly id: bigint;
        readonly game: Hex;
        readonly output: Hex;
        readonly callbackSucceeded: boolean;
      };
    };

/** Events of the L2 chain's batches and outputs (docs/rollup.md). */
export type RollupEvent =
  | {
      readonly eventName: "Appended";
      readonly args: { readonly index: bigint; readonly root: Hex; readonly size: bigint; readonly batch: Hex };
    }
  | {
      /** `Proposed` of the outputs contract; the dispute game has another event of that name. */
      readonly eventName: "OutputProposed";
      readonly args: { readonly batch: bigint; readonly game: Hex; readonly previous: Hex; readonly output: Hex };
    }
  | {
      readonly eventName: "Settled";
      readonly args: { readonly batch: bigint; readonly game: Hex; readonly output: Hex; readonly readyAt: bigint };
    }
  | {
      readonly eventName: "Discarded" | "Stopped";
      readonly args: { readonly batch: bigint; readonly game: Hex };
    };

const MONEY = new Set(["Credited", "Unlocked", "Withdrawn", "Held"]);

export interface Events {
  readonly game: GameEvent[];
  readonly oracle: OracleEvent[];
  readonly rollup: RollupEvent[];
  /** Logs of the contracts that do not decode as their events: position and reason. */
  readonly unreadable: string[];
}

/** Sorts logs into events of the game, of the oracle and of the rollup, each in the chain's order. Logs of other contracts are ignored. */
export function decodeLogs(deployment: Deployment, logs: readonly ChainLog[]): Events {
  const events: Events = { game: [], oracle: [], rollup: [], unreadable: [] };
  for (const log of logs) {
    try {
      decodeInto(events, deployment, log);
    } catch (error) {
      const why = (error as BaseError).shortMessage ?? String(error);
      events.unreadable.push(`log ${log.logIndex} of block ${log.blockNumber}, of ${log.address}: ${why}`);
    }
  }
  return events;
}

/** @throws viem's error for a log that does not decode as an event of its contract */
function decodeInto({ game, oracle, rollup }: Events, deployment: Deployment, log: ChainLog): void {
  const [topics, data] = [log.topics as [Hex, ...Hex[]], log.data];
  if (isSame(log.address, deployment.disputeGame)) {
    const event = decodeEventLog({ abi: disputeGameAbi, topics, data });
    if (!MONEY.has(event.eventName)) game.push(event as unknown as GameEvent);
  } else if (isSame(log.address, deployment.inferenceOracle)) {
    oracle.push(decodeEventLog({ abi: inferenceOracleAbi, topics, data }) as OracleEvent);
  } else if (isSame(log.address, deployment.rollup?.inbox)) {
    rollup.push(decodeEventLog({ abi: inboxAbi, topics, data }) as RollupEvent);
  } else if (isSame(log.address, deployment.rollup?.outputs)) {
    const event = decodeEventLog({ abi: outputsAbi, topics, data });
    const eventName = event.eventName === "Proposed" ? "OutputProposed" : event.eventName;
    rollup.push({ ...event, eventName } as RollupEvent);
  }
}

const isSame = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
