import type { Hex } from "@elench/bytes/hex";
import { dueAt } from "@elench/challenger/strategy/settlement";
import { standingOf } from "@elench/challenger/strategy/standing";
import { type Game, type Node, segmentSteps } from "@elench/challenger/strategy/tree";
import { afterWaiting, longestGame } from "../../challenger/strategy/clock.ts";
import { type Arena, parameters, prices, times } from "./arena.ts";
import type { Stage } from "./stage.ts";
import { outputOf, shapeOf, type ToyTraceProvider } from "./toy.ts";

/** Answers by number. The proposal's number is 0. */
type Answer = { number: number; segment: number; by: Hex };
type Settlement = {
  stands: (claim: number) => boolean;
  winner: (claim: number) => Answer | undefined;
  paid: Map<Hex, bigint>;
  burnt: bigint;
  taken: bigint;
  prepayments: bigint;
};

/** What the rules say must come of a game, worked out from the top of the tree, apart from the contract and from the strategy. */
export function settlementOf(game: Game): Settlement {
  const answersTo = (claim: number): Answer[] => {
    const { children, refutations } =
      claim === 0 ? { children: game.counters, refutations: [] } : game.claims.get(claim)!;
    const claims = children.map((number) => game.claims.get(number)!).filter(({ number }) => stands(number));
    return [...claims, ...refutations].map(({ number, segment, claimant }) => ({ number, segment, by: claimant }));
  };
  const stands = (claim: number): boolean => answersTo(claim).length === 0;
  const winner = (claim: number): Answer | undefined =>
    answersTo(claim).sort((a, b) => a.segment - b.segment || a.number - b.number)[0];

  const paid = new Map<Hex, bigint>();
  let burnt = 0n;
  const settle = (claim: number, owner: Hex, bond: bigint) => {
    const best = winner(claim);
    const lost = best === undefined ? 0n : bond / 3n;
    const to = best?.by ?? owner;
    burnt += lost;
    paid.set(to, (paid.get(to) ?? 0n) + bond - lost);
  };
  let taken = prices.proposal;
  settle(0, game.proposal.proposer, 4n * parameters.bond);
  for (const { number, kind, claimant } of game.claims.values()) {
    settle(number, claimant, kind === "counter" ? 2n * parameters.bond : parameters.bond);
    taken += kind === "counter" ? prices.counter : prices.move;
  }
  const prepayments = BigInt(game.claims.size + 1) * parameters.prepayment;
  return { stands, winner, paid, burnt, taken, prepayments };
}

type Verdict = { trueStart: boolean; firstFalse: number | undefined };

function verdictsOf(game: Game, truth: ToyTraceProvider): Map<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  for (const node of game.claims.values()) {
    const parent = verdicts.get(node.parent);
    const trueStart =
      parent === undefined ||
      (parent.trueStart && (parent.firstFalse === undefined || node.segment <= parent.firstFalse));
    verdicts.set(node.number, { trueStart, firstFalse: trueStart ? firstFalseOf(node, truth) : 0 });
  }
  return verdicts;
}

function firstFalseOf(node: Node, truth: ToyTraceProvider): number | undefined {
  const width = segmentSteps(node.level);
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

  const isTrue = game.proposal.output === output;
  if (game.output !== output) found.push("wrong result: the output is false");
  if ((await arena.ended(game.proposal, output)) !== (isTrue ? 2 : 3))
    found.push("wrong result: the contract does not confirm the true output");
  if ((await arena.ended(game.proposal, outputOf(12345))) !== 0)
    found.push("wrong result: the contract confirms another output");

  const standing = standingOf(game);
  const relevant = new Set<number>();
  for (const node of game.claims.values()) {
    const { number } = node;
    const { trueStart, firstFalse } = verdicts.get(number)!;
    const stands = settlement.stands(number);
    if (standing.stands(number) !== stands) found.push(`the strategy and the rules differ on claim ${number}`);
    if (trueStart && firstFalse === undefined && !stands) found.push("a true claim fell");
    if (node.claimant === arena.honest && !stands) found.push("an honest bond was lost");

    const parent = verdicts.get(node.parent);
    const bears = parent === undefined || parent.firstFalse === undefined || node.segment <= parent.firstFalse;
    if (!bears || !(parent === undefined || relevant.has(node.parent))) continue;
    relevant.add(number);
    if (firstFalse !== undefined && stands) found.push("a false claim that bears on the result stands");
    if (firstFalse !== undefined && !stands && !paysTruth(settlement.winner(number)!, firstFalse, verdicts)) {
      found.push("a false claim's bond went astray");
    }
  }
  const winner = settlement.winner(0);
  if (!isTrue && winner !== undefined && !paysTruth(winner, 0, verdicts)) found.push("the proposal's bond went astray");

  return [...found, ...moneyIn(arena, settlement, before, await booksOf(arena)), ...clocksIn(stage)];
}

/** Each account to the wei; the contract keeps what was burnt. */
function moneyIn(arena: Arena, settlement: Settlement, before: Books, after: Books): string[] {
  const found: string[] = [];
  let staked = 0n;
  for (const [account, credit] of after.credits) {
    const owed = (settlement.paid.get(account) ?? 0n) + (account === arena.settler ? settlement.prepayments : 0n);
    const used = (after.staked.get(account) ?? 0n) - (before.staked.get(account) ?? 0n);
    const got = credit + used - (before.credits.get(account) ?? 0n);
    staked += used;
    if (got !== owed) found.push(`payment: ${account} got ${got}, is owed ${owed}`);
  }
  const received = after.balance - before.balance;
  if (received !== settlement.taken - staked)
    found.push(`the contract received ${received} wei, and ${staked} of credit, for ${settlement.taken}`);
  const paid = [...settlement.paid.values()].reduce((a, b) => a + b, settlement.prepayments);
  if (paid + settlement.burnt !== settlement.taken) found.push("the bonds do not add up to what was taken");
  return found;
}

function clocksIn({ run, game }: Stage): string[] {
  const found: string[] = [];
  const shape = shapeOf(run.context);
  const bound = game.proposal.made + longestGame(times, [run.level, ...(shape.every === 0 ? [] : [shape.otherLevel])]);
  if (dueAt(game, times) > bound) found.push("the game outlasts its bound");
  for (const { number, parent, made, clock, parentClock } of game.claims.values()) {
    const above = game.claims.get(parent) ?? { ...game.proposal, clock: 0, parentClock: 0 };
    if (parentClock !== above.clock || clock !== afterWaiting(above.parentClock, made - above.made, times))
      found.push(`the contract's clock of claim ${number} is wrong`);
  }
  return found;
}

const paysTruth = (winner: Answer, segment: number, verdicts: Map<number, Verdict>): boolean => {
  // A refutation has no verdict: the contract has executed the step.
  const child = verdicts.get(winner.number);
  return winner.segment === segment && (child === undefined || (child.trueStart && child.firstFalse === undefined));
};

export type Books = { credits: Map<Hex, bigint>; staked: Map<Hex, bigint>; balance: bigint };

export async function booksOf(arena: Arena): Promise<Books> {
  const credits = new Map<Hex, bigint>();
  for (const account of arena.players) credits.set(account, await arena.credit(account));
  const balance = BigInt(await arena.chain.request<Hex>("eth_getBalance", [arena.address, "latest"]));
  return { credits, staked: new Map(arena.staked), balance };
}
