import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { LEAST_PART } from "@elench/spec/game/game";
import { type Address, encodeFunctionData, type Hex, size, zeroHash } from "viem";
import { type Part, packPart, partsOf } from "../strategy/parts.ts";
import { packClaim, packProposal } from "../strategy/record.ts";
import type { Settlement } from "../strategy/settlement.ts";
import type { Game } from "../strategy/tree.ts";
import { type Intent, MAX_GAS } from "./transactions.ts";

/** Settles a game in one transaction, or in parts, each of which fits a transaction: computed here, whatever an endpoint accepts. */

/** What one transaction carries. */
export interface Capacity {
  /** Of its calldata. */
  readonly bytes: number;
  readonly gas: number;
}

/** Nodes refuse transactions above 128 KiB, of which 1 KiB is left for the other fields and the signature; L1 those above 2^24 gas (EIP-7825). */
export const CAPACITY: Capacity = { bytes: 127 * 1_024, gas: Number(MAX_GAS) };

/**
 * Upper bounds of the gas of a settlement, under today's rules and under those of Amsterdam, where the first credit of an account costs
 * 110,020: the call with its conclusion; each claim; each claim of a later part whose verdict is kept; each account that is paid.
 */
const GAS = { call: 400_000, claim: 12_000, kept: 25_000, payee: 115_000 } as const;

/** EIP-7976: the floor price of a byte of calldata, which applies if it exceeds the whole execution. */
const FLOOR = { transaction: 21_000, byte: 64 } as const;

export interface SettlementCall {
  readonly intent: Intent;
  /** The contract's function. */
  readonly call: "settle" | "settlePart";
  readonly part: Part;
}

/**
 * The next transaction of a game's settlement: all of it if it fits; else the longest part that fits.
 * @param most number of claims at most: fewer than fit, after an endpoint has refused more
 */
export function settlementCall(
  game: Game,
  settlement: Settlement,
  disputeGame: Address,
  most = Number.POSITIVE_INFINITY,
  capacity = CAPACITY,
): SettlementCall {
  const all = settlement.entries.length;
  for (let claims = Math.min(all, Math.max(most, LEAST_PART)); ; claims = Math.floor((7 * claims) / 8)) {
    // The contract takes no smaller part. It fits: each claim pays one account, and keeps one verdict.
    const isLeast = claims <= LEAST_PART;
    if (isLeast) claims = Math.min(all, LEAST_PART);
    const part = partsOf(game, claims)[0] ?? EMPTY;
    const isWhole = part.isLast && part.entries.length === game.entries;
    const data = isWhole ? wholeData(settlement) : partData(settlement, part);
    if (!isLeast && !fits(settlement, part, data, capacity)) continue;
    const key = `settle/${settlement.game}/${all - part.entries.length}`;
    return { intent: { key, to: disputeGame, data, value: 0n }, call: isWhole ? "settle" : "settlePart", part };
  }
}

/** The settlement of a proposal that nobody answered. */
const EMPTY: Part = { entries: [], parents: [], carried: [], against: undefined, isLast: true };

function fits({ proposal }: Settlement, part: Part, data: Hex, capacity: Capacity): boolean {
  const [entries, parents, bytes] = [part.entries.length, part.parents.length, size(data)];
  // Whoever is paid has made one of these claims, or an answer that an earlier part took; or is the proposer; or settles.
  const payees = new Set([proposal.proposer, ...part.entries.map((entry) => entry.claimant)]);
  for (const { by } of [...part.carried, ...(part.against ? [part.against] : [])]) payees.add(by);
  const execution = GAS.call + GAS.claim * entries + GAS.kept * parents + GAS.payee * (payees.size + 1);
  const floor = FLOOR.transaction + FLOOR.byte * bytes;
  return bytes <= capacity.bytes && Math.max(execution, floor) <= capacity.gas;
}

const wholeData = ({ proposal, entries, winner }: Settlement): Hex =>
  encodeFunctionData({
    abi: disputeGameAbi,
    functionName: "settle",
    args: [packProposal(proposal), entries.map(packClaim), winner?.root ?? zeroHash, winner?.output ?? zeroHash],
  });

const partData = (settlement: Settlement, part: Part): Hex =>
  encodeFunctionData({ abi: disputeGameAbi, functionName: "settlePart", args: [packPart(settlement, part)] });
