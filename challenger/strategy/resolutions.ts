import type { Hex } from "@elench/bytes/hex";
import type { Times } from "./clock.ts";
import type { Claim, Proposal } from "./identity.ts";
import { type Game, nodeDeadline, proposalDeadline } from "./tree.ts";

/** A call that settles a claim, or the proposal and with it the game. */
export type Resolution = { game: Hex; id: Hex } & (
  | { kind: "resolve"; claim: Claim }
  | { kind: "conclude"; proposal: Proposal }
);

/**
 * What can be settled now, in an order in which every call succeeds: children before their parents. What waits for a child that
 * is due is due with it; what waits for a child that is not, waits.
 * @param now seconds since 1970
 */
export function dueResolutions(game: Game, times: Times, now: number): Resolution[] {
  const isVoid = game.status === "void";
  // A void game's claims do not wait for each other: whoever concludes it first leaves the bonds of the others to be fetched.
  if (game.settled && !isVoid) return [];
  const due: Resolution[] = [];
  const waits = new Set<Hex>();

  // A claim comes after its parent in the tree's order of making, so the reverse meets children first.
  for (const node of [...game.claims.values()].reverse()) {
    if (node.stands !== undefined) continue;
    if (isVoid || (now >= nodeDeadline(node, times) && !waits.has(node.id))) {
      due.push({ kind: "resolve", game: game.id, id: node.id, claim: node.claim });
    } else {
      waits.add(node.claim.parent);
    }
  }
  const isDue = isVoid || (now >= proposalDeadline(game, times) && !waits.has(game.id));
  if (isDue && !game.settled) {
    due.push({ kind: "conclude", game: game.id, id: game.id, proposal: game.proposal });
  }
  return due;
}

/** When something can be settled next, in seconds since 1970, if nobody says anything more; undefined if nothing ever can. */
export function nextResolution(game: Game, times: Times, now: number): number | undefined {
  const deadlines = [
    proposalDeadline(game, times),
    ...[...game.claims.values()].map((node) => nodeDeadline(node, times)),
  ];
  return [now, ...deadlines.filter((deadline) => deadline > now).sort((a, b) => a - b)].find(
    (time) => dueResolutions(game, times, time).length > 0,
  );
}

/**
 * Whether settling a game is worth its gas to us: it holds money of ours, or the prepayment covers the call.
 * @param prepayment what the contract pays for one resolution, wei
 * @param cost what one resolution costs us, wei
 */
export function worthResolving(game: Game, accounts: ReadonlySet<Hex>, prepayment: bigint, cost: bigint): boolean {
  return prepayment > cost || hasStake(game, accounts);
}

/** Whether a game holds money of these accounts, or may yet pay them. */
export function hasStake(game: Game, accounts: ReadonlySet<Hex>): boolean {
  if (accounts.has(game.proposal.proposer)) return true;
  for (const node of game.claims.values()) {
    if (accounts.has(node.claimant) || node.refutations.some((r) => accounts.has(r.by))) return true;
  }
  return false;
}
