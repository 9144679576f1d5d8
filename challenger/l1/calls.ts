import { toHex } from "@elench/bytes/hex";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Deployment } from "@elench/deploy/deployment";
import type { MIDDLES } from "@elench/spec/game/game";
import { encodeFunctionData, type Hex } from "viem";
import type { Move } from "../strategy/moves.ts";
import type { Resolution } from "../strategy/resolutions.ts";
import type { Intent } from "./transactions.ts";

/** Encodes the strategy's moves, resolutions and withdrawals as calls of the contracts. */

/** Contracts to call, and the amounts in wei that they take. */
interface Target {
  readonly deployment: Deployment;
  readonly parameters: { readonly bond: bigint; readonly prepayment: bigint };
}

export function moveIntent(move: Move, { deployment, parameters }: Target): Intent {
  const price = parameters.bond + parameters.prepayment;
  const call = { key: move.id, to: deployment.disputeGame };
  switch (move.kind) {
    case "counter": {
      const args = [move.proposal, move.output, move.middles as Middles] as const;
      const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "counter", args });
      return { ...call, data, value: 2n * parameters.bond + parameters.prepayment };
    }
    case "move": {
      const args = [move.parent, move.opening as Opening, move.end, move.middles as Middles] as const;
      return { ...call, data: encodeFunctionData({ abi: disputeGameAbi, functionName: "move", args }), value: price };
    }
    case "refute": {
      const args = [move.claim, move.opening as Opening, toHex(move.witness)] as const;
      return { ...call, data: encodeFunctionData({ abi: disputeGameAbi, functionName: "refute", args }), value: 0n };
    }
    case "delegate": {
      const args = [
        move.parent,
        move.opening as Opening,
        toHex(move.witness),
        move.output,
        move.middles as Middles,
      ] as const;
      return {
        ...call,
        data: encodeFunctionData({ abi: disputeGameAbi, functionName: "delegate", args }),
        value: price,
      };
    }
  }
}

export function resolutionIntent(resolution: Resolution, { deployment }: Target): Intent {
  const call = { key: `${resolution.kind}/${resolution.id}`, to: deployment.disputeGame, value: 0n };
  return resolution.kind === "resolve"
    ? { ...call, data: encodeFunctionData({ abi: disputeGameAbi, functionName: "resolve", args: [resolution.claim] }) }
    : {
        ...call,
        data: encodeFunctionData({ abi: disputeGameAbi, functionName: "conclude", args: [resolution.proposal] }),
      };
}

/**
 * Resolutions in one transaction: 35 kB of calldata and at most 8,000,000 gas. Nodes refuse transactions above 128 kB, and L1 those above
 * 2^24 gas (EIP-7825).
 */
export const RESOLUTIONS_AT_ONCE = 100;

/**
 * Several resolutions of one game in one transaction. If another account has already made one of them, the whole transaction reverts.
 * @param settling at most `RESOLUTIONS_AT_ONCE`.
 */
export function together(settling: readonly Intent[], game: Hex): Intent {
  const [first] = settling as [Intent, ...Intent[]];
  const args = [settling.map(({ data }) => data)] as const;
  return {
    ...first,
    key: `settle/${game}`,
    data: encodeFunctionData({ abi: disputeGameAbi, functionName: "multicall", args }),
  };
}

type Repeat<T, N extends number, R extends T[] = []> = R["length"] extends N ? R : Repeat<T, N, [...R, T]>;
type Middles = Repeat<Hex, typeof MIDDLES>;
type Opening = { segment: number; from: Hex; to: Hex; proof: Repeat<Hex, 4> };
