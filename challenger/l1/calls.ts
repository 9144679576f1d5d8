import { toHex } from "@elench/bytes/hex";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { MIDDLES } from "@elench/spec/game/game";
import { type Address, encodeFunctionData, type Hex } from "viem";
import type { Opening as Segment } from "../strategy/dissection.ts";
import type { Move } from "../strategy/moves.ts";
import { type Proposal, packAnswered, packProposal } from "../strategy/record.ts";
import type { Intent } from "./transactions.ts";

/** Encodes the agent's actions as calls of the contracts. */

/** What the game takes for a bond, in wei. */
export interface Prices {
  readonly bond: bigint;
  readonly prepayment: bigint;
}

export const proposalPrice = ({ bond, prepayment }: Prices): bigint => 4n * bond + prepayment;
export const counterPrice = ({ bond, prepayment }: Prices): bigint => 2n * bond + prepayment;
export const movePrice = ({ bond, prepayment }: Prices): bigint => bond + prepayment;

/**
 * A move in a game, with its whole price as value.
 * @param hint where the contract looks first for a free place (`placeHints`)
 */
export function moveIntent(move: Move, disputeGame: Address, prices: Prices, hint: number): Intent {
  const value = { counter: counterPrice, move: movePrice, delegate: movePrice, refute: () => 0n }[move.kind](prices);
  return { key: move.id, to: disputeGame, data: moveData(move, hint), value };
}

function moveData(move: Move, hint: number): Hex {
  if (move.kind === "counter")
    return encodeFunctionData({
      abi: disputeGameAbi,
      functionName: "counter",
      args: [packProposal(move.proposal, hint), move.output, move.middles as Middles],
    });
  const parent = packAnswered(move.parent, move.opening.segment, hint);
  const opening = openingOf(move.opening);
  const { output: stated } = move.parent;
  switch (move.kind) {
    case "move": {
      const said = [opening, move.end, move.middles as Middles] as const;
      return stated === undefined
        ? encodeFunctionData({ abi: disputeGameAbi, functionName: "move", args: [parent, ...said] })
        : encodeFunctionData({ abi: disputeGameAbi, functionName: "moveWhole", args: [parent, stated, ...said] });
    }
    case "refute": {
      const said = [opening, toHex(move.witness)] as const;
      return stated === undefined
        ? encodeFunctionData({ abi: disputeGameAbi, functionName: "refute", args: [parent, ...said] })
        : encodeFunctionData({ abi: disputeGameAbi, functionName: "refuteWhole", args: [parent, stated, ...said] });
    }
    case "delegate": {
      const said = [opening, toHex(move.witness), move.output, move.middles as Middles] as const;
      return stated === undefined
        ? encodeFunctionData({ abi: disputeGameAbi, functionName: "delegate", args: [parent, ...said] })
        : encodeFunctionData({ abi: disputeGameAbi, functionName: "delegateWhole", args: [parent, stated, ...said] });
    }
  }
}

/** The struct `Span`. */
export interface SpanWords {
  readonly first: bigint;
  readonly end: bigint;
  readonly previous: Hex;
  readonly root: Hex;
}

/** What `Outputs.propose` takes beside the span. */
export interface SpanProposal {
  readonly span: SpanWords;
  /** Number of the checkpoint that keeps `span.root`, and of the batches under it. */
  readonly checkpoint: number;
  readonly count: number;
  readonly epoch: number;
  /** Where the game looks first for a free region (`regionHint`). */
  readonly hint: number;
  readonly output: Hex;
}

/** Proposes the output of a span, with the whole price as value. */
export function proposeIntent(proposal: SpanProposal, outputs: Address, prices: Prices): Intent {
  const { span, checkpoint, count, epoch, hint, output } = proposal;
  const args = [span, BigInt(checkpoint), BigInt(count), BigInt(epoch), BigInt(hint), output] as const;
  return {
    key: `propose/${epoch}/${span.first}/${span.end}/${span.previous}/${output}`,
    to: outputs,
    data: encodeFunctionData({ abi: outputsAbi, functionName: "propose", args }),
    value: proposalPrice(prices),
  };
}

/**
 * Takes a game's result as the output of its span's end.
 * @param proposal the game's, with its result as output (`concludedProposal`)
 */
export const settleIntent = (proposal: Proposal, span: SpanWords, outputs: Address): Intent => ({
  key: `settle/${span.end}/${proposal.number}`,
  to: outputs,
  data: encodeFunctionData({ abi: outputsAbi, functionName: "settle", args: [packProposal(proposal), span] }),
  value: 0n,
});

/** Moves `finalCount` over at most so many boundaries. */
export const advanceIntent = (steps: number, outputs: Address): Intent => ({
  key: "advance",
  to: outputs,
  data: encodeFunctionData({ abi: outputsAbi, functionName: "advance", args: [BigInt(steps)] }),
  value: 0n,
});

/** Keeps the root of the inbox's tree. @param count how many batches it should cover: names the action */
export const checkpointIntent = (count: number, inbox: Address): Intent => ({
  key: `checkpoint/${count}`,
  to: inbox,
  data: encodeFunctionData({ abi: inboxAbi, functionName: "checkpoint" }),
  value: 0n,
});

type Repeat<T, N extends number, R extends T[] = []> = R["length"] extends N ? R : Repeat<T, N, [...R, T]>;
type Middles = Repeat<Hex, typeof MIDDLES>;

const openingOf = ({ from, to, proof }: Segment) => ({ from, to, proof }) as const;
