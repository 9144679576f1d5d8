import type { Hex } from "@elench/bytes/hex";
import type { Times } from "./clock.ts";
import type { Entry, Proposal } from "./record.ts";
import { entriesOf, standingOf } from "./standing.ts";
import { type Game, nodeDeadline, proposalDeadline } from "./tree.ts";

/** What settles a game, once nothing in it can be answered any more: one call, or parts of it (`partsOf`). */
export interface Settlement {
  readonly game: Hex;
  readonly proposal: Proposal;
  /** Claims and refutations that are not settled yet, the latest first. */
  readonly entries: readonly Entry[];
  /** The counter that receives the proposal's bond, and whose output is the result; undefined if the proposal stands. */
  readonly winner: { readonly root: Hex; readonly output: Hex } | undefined;
}

/** The latest deadline in a game: nothing of it is settled before. In seconds since 1970. */
export const dueAt = (game: Game, times: Times): number =>
  [...game.claims.values()].reduce(
    (latest, node) => Math.max(latest, nodeDeadline(node, times)),
    proposalDeadline(game, times),
  );

/**
 * The settlement of a game; undefined while it is not due, once it is over, and if its log is incomplete, because the contract wants every claim.
 * @param now seconds since 1970
 */
export function dueSettlement(game: Game, times: Times, now: number): Settlement | undefined {
  if (game.status !== "open" || now < dueAt(game, times)) return undefined;
  const entries = entriesOf(game);
  if (entries.length !== game.entries) return undefined;
  const counter = game.claims.get(standingOf(game).winner(0)?.number ?? 0);
  return {
    game: game.id,
    proposal: game.proposal,
    entries: entries.filter(({ number }) => number <= game.unsettled),
    winner: counter && { root: counter.root, output: counter.output as Hex },
  };
}

/** Prepayments that the settlement of these entries brings: none for refutations, and the proposal's with the conclusion. */
export const prepaymentsOf = (entries: readonly Entry[], isConcluded: boolean): number =>
  entries.filter(({ kind }) => kind !== "refutation").length + (isConcluded ? 1 : 0);

/** The accounts that receive a bond, their own or another's, when a game is settled as it is now. */
export function payeesOf(game: Game): Set<Hex> {
  const { winner } = standingOf(game);
  const payees = new Set([winner(0)?.by ?? game.proposal.proposer]);
  for (const node of game.claims.values()) payees.add(winner(node.number)?.by ?? node.claimant);
  return payees;
}

/** Whether one of these accounts receives a bond. Who settles for others alone should do it only if the prepayments cover the gas. */
export const pays = (game: Game, accounts: ReadonlySet<Hex>): boolean => !payeesOf(game).isDisjointFrom(accounts);

/** Whether these accounts have a bond in a game, or have refuted a claim of it. */
export function hasStake(game: Game, accounts: ReadonlySet<Hex>): boolean {
  return accounts.has(game.proposal.proposer) || entriesOf(game).some(({ claimant }) => accounts.has(claimant));
}

/** The proposal as a consumer brings it to the contract's `ended`: with the result as its output. */
export const concludedProposal = ({ proposal, output }: Game): Proposal => ({
  ...proposal,
  output: output ?? proposal.output,
});
