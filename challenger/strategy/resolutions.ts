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
 * The resolutions that are due, in an order in which every call succeeds: children before their parents. If a claim waits for a child that
 * is due, it is due with it; if the child is not due, it waits.
 * @param now seconds since 1970
 */
export function dueResolutions(game: Game, times: Times, now: number): Resolution[] {
  const isVoid = game.status === "void";
  // The claims of a void game do not wait for each other: each can be resolved at any time to return its bond.
  if (game.settled && !isVoid) return [];
  const due: Resolution[] = [];
  const waits = new Set<Hex>();

  // Claims are in the order of their creation, parents first; the reverse order visits children first.
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

/** The earliest time of the next resolution, in seconds since 1970, if no further claims are made; undefined if there is none. */
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
 * Whether settling a game is worth its gas: one of our bonds is in it, or the prepayment covers the call.
 * @param prepayment what the contract pays for one resolution, wei
 * @param cost what one resolution costs us, wei
 */
export function worthResolving(game: Game, accounts: ReadonlySet<Hex>, prepayment: bigint, cost: bigint): boolean {
  return prepayment > cost || hasStake(game, accounts);
}

/** Whether a game holds bonds of these accounts, or can still pay them. */
export function hasStake(game: Game, accounts: ReadonlySet<Hex>): boolean {
  if (accounts.has(game.proposal.proposer)) return true;
  for (const node of game.claims.values()) {
    if (accounts.has(node.claimant) || node.refutations.some((r) => accounts.has(r.by))) return true;
  }
  return false;
}
