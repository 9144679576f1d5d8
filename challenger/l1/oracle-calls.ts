import { toHex } from "@elench/bytes/hex";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { type Address, encodeFunctionData, type Hex } from "viem";
import { type Proposal, packProposal } from "../strategy/record.ts";
import { keccakWords, word } from "../strategy/words.ts";
import { type Prices, proposalPrice } from "./calls.ts";
import type { Request } from "./events.ts";
import type { Intent } from "./transactions.ts";

/** Encodes what an agent does with the oracle as calls of the contract. */

const abi = inferenceOracleAbi;

/** A request, and the place of its slot. */
export interface StoredRequest {
  readonly request: Request;
  readonly place: bigint;
}

/** A commitment, and where it is. */
export interface StoredCommitment {
  readonly commitment: Hex;
  /** The number of its event: of two, the smaller was first. */
  readonly order: bigint;
  readonly place: bigint;
}

/** What a commitment is the hash of. */
export interface Secret {
  readonly chainId: number;
  readonly oracle: Address;
  readonly context: Hex;
  readonly provider: Address;
  readonly outputRoot: Hex;
  readonly salt: Hex;
}

export function commitmentOf({ chainId, oracle, context, provider, outputRoot, salt }: Secret): Hex {
  const words = [chainId, oracle, context, provider, outputRoot, salt];
  return keccakWords(...words.map((value) => word(BigInt(value))));
}

/** @param deposit what the oracle takes for a commitment, in wei */
export const commitIntent = (commitment: Hex, hint: bigint, oracle: Address, deposit: bigint): Intent => ({
  key: `commit/${commitment}`,
  to: oracle,
  data: encodeFunctionData({ abi, functionName: "commit", args: [commitment, hint] }),
  value: deposit,
});

/** An answer as the oracle takes it. */
export interface Answer {
  readonly committed: StoredCommitment;
  readonly salt: Hex;
  readonly asked: StoredRequest;
  /** The outputs' bytes, joined. */
  readonly output: Uint8Array;
  /** Where the game looks first for a free region (`regionHint`). */
  readonly hint: number;
}

/** Opens a commitment. @param prices of the game that it opens; undefined if it opens none */
export function openIntent(answer: Answer, oracle: Address, prices: Prices | undefined): Intent {
  const { committed, salt, asked, output, hint } = answer;
  const commitment = { place: committed.place, order: committed.order, salt };
  const args = [commitment, asked.request.inference, toHex(output), BigInt(hint)] as const;
  return {
    key: `open/${committed.commitment}/${committed.order}`,
    to: oracle,
    data: encodeFunctionData({ abi, functionName: "open", args }),
    value: prices ? proposalPrice(prices) : 0n,
  };
}

/** Opens a further game about an output that was opened before. */
export function proposeAgainIntent(
  { asked, outputRoot, hint }: { readonly asked: StoredRequest; readonly outputRoot: Hex; readonly hint: number },
  oracle: Address,
  prices: Prices,
): Intent {
  const { inference } = asked.request;
  const args = [inference, outputRoot, BigInt(hint)] as const;
  return {
    key: `proposeAgain/${inference.modelId}/${inference.inputRoot}/${outputRoot}`,
    to: oracle,
    data: encodeFunctionData({ abi, functionName: "proposeAgain", args }),
    value: proposalPrice(prices),
  };
}

/** @param proposal of a concluded game, with its result as output (`concludedProposal`) */
export const settleAnswerIntent = (proposal: Proposal, oracle: Address): Intent => ({
  key: `settle/${proposal.context}/${proposal.number}`,
  to: oracle,
  data: encodeFunctionData({ abi, functionName: "settle", args: [packProposal(proposal)] }),
  value: 0n,
});

export const deliverIntent = ({ place, request }: StoredRequest, output: Uint8Array, oracle: Address): Intent => ({
  key: `deliver/${request.id}`,
  to: oracle,
  data: encodeFunctionData({ abi, functionName: "deliver", args: [place, request, toHex(output)] }),
  value: 0n,
});

export const collectIntent = (oracle: Address): Intent => ({
  key: "collect",
  to: oracle,
  data: encodeFunctionData({ abi, functionName: "collect" }),
  value: 0n,
});
