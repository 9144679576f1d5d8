import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Deployment } from "@elench/deploy/deployment";
import { type Abi, type BaseError, type DecodeEventLogReturnType, decodeEventLog, type Hex } from "viem";
import type { GameEvent } from "../strategy/tree.ts";
import type { ChainLog } from "./follower.ts";

/** The events of a contract, as viem decodes them, with their L1 blocks. */
type EventOf<abi extends Abi> = DecodeEventLogReturnType<abi> & { readonly block: bigint };

export type OracleEvent = EventOf<typeof inferenceOracleAbi>;
/** A request; the oracle stores its hash. */
export type Request = Extract<OracleEvent, { eventName: "Requested" }>["args"]["request"];
export type InboxEvent = EventOf<typeof inboxAbi>;
export type OutputsEvent = EventOf<typeof outputsAbi>;

/** The dispute game's events about games; the others are about accounts, which the contract itself tells of. */
const OF_GAMES = {
  Proposed: true,
  WholeRange: true,
  Claimed: true,
  Refuted: true,
  PartSettled: true,
  Concluded: true,
} as const satisfies Record<GameEvent["eventName"], true>;

export interface Events {
  readonly game: GameEvent[];
  readonly oracle: OracleEvent[];
  readonly inbox: InboxEvent[];
  readonly outputs: OutputsEvent[];
  /** Logs of the contracts that do not decode as their events: position and reason. */
  readonly unreadable: string[];
}

/** Sorts logs into events of the game, of the oracle, of the inbox and of the outputs, each in the chain's order. Logs of other contracts are ignored. */
export function decodeLogs(deployment: Deployment, logs: readonly ChainLog[]): Events {
  const events: Events = { game: [], oracle: [], inbox: [], outputs: [], unreadable: [] };
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
function decodeInto({ game, oracle, inbox, outputs }: Events, deployment: Deployment, log: ChainLog): void {
  const { disputeGame, inferenceOracle, rollup } = deployment;
  if (isSame(log.address, disputeGame)) {
    const event = decode(disputeGameAbi, log);
    if (event.eventName in OF_GAMES) game.push(event as GameEvent);
  } else if (isSame(log.address, inferenceOracle)) oracle.push(decode(inferenceOracleAbi, log));
  else if (isSame(log.address, rollup?.inbox)) inbox.push(decode(inboxAbi, log));
  else if (isSame(log.address, rollup?.outputs)) outputs.push(decode(outputsAbi, log));
}

function decode<const abi extends Abi>(abi: abi, { topics, data, blockNumber }: ChainLog): EventOf<abi> {
  const event = decodeEventLog({ abi: abi as Abi, topics: topics as [Hex, ...Hex[]], data });
  return { ...event, block: blockNumber } as unknown as EventOf<abi>;
}

const isSame = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
