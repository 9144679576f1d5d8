import { decodeEventLog, type Hex } from "viem";
import type { GameEvent } from "../strategy/tree.ts";
import { disputeGameAbi, inferenceOracleAbi } from "./abi.ts";
import type { Deployment } from "./deployment.ts";
import type { ChainLog } from "./follower.ts";

/** A request as the oracle keeps its hash. */
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

const MONEY = new Set(["Credited", "Unlocked", "Withdrawn", "Held"]);

/** Sorts logs into events of the game and of the oracle, each in the order of the chain. Logs of other contracts are passed over. */
export function decodeLogs(
  deployment: Deployment,
  logs: readonly ChainLog[],
): { game: GameEvent[]; oracle: OracleEvent[] } {
  const [game, oracle]: [GameEvent[], OracleEvent[]] = [[], []];
  for (const log of logs) {
    const [topics, data] = [log.topics as [Hex, ...Hex[]], log.data];
    if (isSame(log.address, deployment.disputeGame)) {
      const event = decodeEventLog({ abi: disputeGameAbi, topics, data });
      if (!MONEY.has(event.eventName)) game.push(event as unknown as GameEvent);
    } else if (isSame(log.address, deployment.inferenceOracle)) {
      oracle.push(decodeEventLog({ abi: inferenceOracleAbi, topics, data }) as OracleEvent);
    }
  }
  return { game, oracle };
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
