import type { Hex } from "@elench/bytes/hex";
import { type Game, type Node, nodeDeadline, segmentSteps } from "@elench/challenger/strategy/tree";
import { longestGame } from "../../challenger/strategy/clock.ts";
import { parameters, prices, times } from "./arena.ts";
import type { Stage } from "./stage.ts";
import { shapeOf, type ToyTraceProvider } from "./toy.ts";

type Winner = { by: Hex; segment: number; made: number; id: Hex | undefined };
type Settlement = {
  stands: Map<Hex, boolean>;
  winner: Map<Hex, Winner>;
  paid: Map<Hex, bigint>;
  burnt: bigint;
  taken: bigint;
};

/** What the rules say must come of a game, worked out from its claims, apart from the contract. */
export function settlementOf(game: Game): Settlement {
  const stands = new Map<Hex, boolean>();
  const winner = new Map<Hex, Winner>();
  const paid = new Map<Hex, bigint>();
  let burnt = 0n;
  let taken = prices.proposal;
  const offer = (claim: Hex, candidate: Winner) => {
    const best = winner.get(claim);
    if (best === undefined || before(candidate, best)) winner.set(claim, candidate);
  };
  const settle = (id: Hex, owner: Hex, bond: bigint) => {
    const best = winner.get(id);
    stands.set(id, best === undefined);
    const lost = best === undefined ? 0n : bond / 3n;
    const to = best?.by ?? owner;
    burnt += lost;
    paid.set(to, (paid.get(to) ?? 0n) + bond - lost);
  };

  for (const node of [...game.claims.values()].reverse()) {
    for (const r of node.refutations) offer(node.id, { ...r, id: undefined });
    const isCounter = node.claim.parent === game.id;
    settle(node.id, node.claimant, isCounter ? 2n * parameters.bond : parameters.bond);
    taken += isCounter ? prices.counter : prices.move;
    if (stands.get(node.id)) {
      offer(node.claim.parent, { by: node.claimant, segment: node.claim.segment, made: node.made, id: node.id });
    }
  }
  settle(game.id, game.proposal.proposer, 4n * parameters.bond);
  return { stands, winner, paid, burnt, taken };
}

const before = (a: Winner, b: Winner): boolean =>
  a.segment !== b.segment ? a.segment < b.segment : a.made !== b.made ? a.made < b.made : (a.id ?? "") < (b.id ?? "");

type Verdict = { trueStart: boolean; firstFalse: number | undefined };

function verdictsOf(game: Game, truth: ToyTraceProvider): Map<Hex, Verdict> {
  const verdicts = new Map<Hex, Verdict>();
  for (const node of game.claims.values()) {
    const parent = verdicts.get(node.claim.parent);
    const { segment } = node.claim;
    const trueStart =
      parent === undefined || (parent.trueStart && (parent.firstFalse === undefined || segment <= parent.firstFalse));
    verdicts.set(node.id, { trueStart, firstFalse: trueStart ? firstFalseOf(node, truth) : 0 });
  }
  return verdicts;
}

function firstFalseOf(node: Node, truth: ToyTraceProvider): number | undefined {
  const width = segmentSteps(node.claim.level);
  for (let j = 0; j < 16; j++) {
    if (truth.hash(node.run, Number(node.offset + BigInt(j + 1) * width)) !== node.points[j + 1]) return j;
  }
  return undefined;
}

/**
 * Everything that a game must keep, looked at when it is settled. Each entry says what went wrong; an honest game has none.
 * @param before credits of all accounts, and the contract's balance, before the game
 */
export async function violations(stage: Stage, before: Books): Promise<string[]> {
  const { arena, game, truth } = stage;
  const found: string[] = [...stage.wrongs];
  const settlement = settlementOf(game);
  const verdicts = verdictsOf(game, truth);
  const output = truth.outputHex(stage.run);

  const told = await arena.result(game.id);
  const isTrue = game.proposal.output === output;
  if (told.output !== output) found.push("wrong result: the output is false");
  if (told.status !== (isTrue ? 2 : 3)) found.push(`wrong result: status ${told.status}`);

  const relevant = new Set<Hex>();
  for (const node of game.claims.values()) {
    const { trueStart, firstFalse } = verdicts.get(node.id)!;
    const stands = settlement.stands.get(node.id)!;
    if (node.stands !== stands) found.push(`the contract and the rules differ on claim ${node.id}`);
    if (trueStart && firstFalse === undefined && !stands) found.push("a true claim fell");
    if (node.claimant === arena.honest && !stands) found.push("an honest bond was lost");

    const parent = verdicts.get(node.claim.parent);
    const bears = parent === undefined || parent.firstFalse === undefined || node.claim.segment <= parent.firstFalse;
    if (!bears || !(parent === undefined || relevant.has(node.claim.parent))) continue;
    relevant.add(node.id);
    if (firstFalse !== undefined && stands) found.push("a false claim that bears on the result stands");
    if (firstFalse !== undefined && !stands && !paysTruth(settlement.winner.get(node.id)!, firstFalse, verdicts)) {
      found.push("a false claim's bond went astray");
    }
  }
  const winner = settlement.winner.get(game.id);
  if (!isTrue && winner !== undefined && !paysTruth(winner, 0, verdicts)) found.push("the proposal's bond went astray");

  const after = await booksOf(stage);
  const prepayments = BigInt(game.claims.size + 1) * parameters.prepayment;
  for (const [account, credit] of after.credits) {
    const owed = (settlement.paid.get(account) ?? 0n) + (account === arena.resolver ? prepayments : 0n);
    const got = credit - (before.credits.get(account) ?? 0n);
    if (got !== owed) found.push(`payment: ${account} got ${got}, is owed ${owed}`);
  }
  const kept = after.balance - before.balance;
  if (kept !== settlement.taken - settlement.burnt)
    found.push(`burnt: the contract keeps ${kept} wei of ${settlement.taken}`);
  const shape = shapeOf(stage.run.context);
  const bound = game.made + longestGame(times, stage.run.level, shape.every === 0 ? 0 : shape.otherLevel);
  for (const node of game.claims.values()) {
    const deadline = await stage.deadline(node);
    if (deadline !== nodeDeadline(node, times)) found.push("the contract and the strategy differ on a deadline");
    if (deadline > bound) found.push("the game outlasts its bound");
  }
  return found;
}

const paysTruth = (winner: Winner, segment: number, verdicts: Map<Hex, Verdict>): boolean => {
  const child = winner.id === undefined ? undefined : verdicts.get(winner.id)!;
  return winner.segment === segment && (child === undefined || (child.trueStart && child.firstFalse === undefined));
};

export type Books = { credits: Map<Hex, bigint>; balance: bigint };

export async function booksOf({ arena }: Stage): Promise<Books> {
  const credits = new Map<Hex, bigint>();
  for (const account of arena.players) credits.set(account, await arena.credit(account));
  const balance = BigInt(await arena.chain.request<Hex>("eth_getBalance", [arena.address, "latest"]));
  return { credits, balance };
}
