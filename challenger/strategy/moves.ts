import { type Hex, toHex } from "@elench/bytes/hex";
import { SEGMENTS } from "@elench/spec/game/game";
import type { Times } from "./clock.ts";
import { type Opening, open, rootOf } from "./dissection.ts";
import { type Claim, claimIdOf, type Proposal } from "./identity.ts";
import type { Run, TraceProvider } from "./trace-provider.ts";
import { type Game, type Node, nodeDeadline, proposalDeadline, segmentSteps } from "./tree.ts";

/** A call of the contract. `id` identifies its effect (the claim or the refutation), so that it is made only once. */
export type Move = {
  id: string;
  game: Hex;
  /** The claim that it answers; for a counter, the game's id. */
  answers: Hex;
  /** The transaction must be included before this time, in seconds since 1970. */
  deadline: number;
} & (
  | { kind: "counter"; proposal: Proposal; output: Hex; middles: Hex[] }
  | { kind: "move"; parent: Claim; opening: Opening; end: Hex; middles: Hex[] }
  | { kind: "refute"; claim: Claim; opening: Opening; witness: Uint8Array }
  | { kind: "delegate"; parent: Claim; opening: Opening; witness: Uint8Array; output: Hex; middles: Hex[] }
);

/** The judgement of a claim: the first segment that ends in a false hash, if there is one, and the answer to it. */
type Judgement = { firstFalse: number | undefined; answer?: Move };

/**
 * Judgements by the id of the claim, or of the game for the proposal. They never change, so a caller may keep them from one call
 * to the next. If they are lost, they are computed again.
 */
export type Judgements = Map<Hex, Judgement>;

/**
 * Every move that an honest party still has to make in one game. It depends on the tree alone, so it can be called at any moment,
 * after any crash, with the same result.
 *
 * Relevant are the proposal; every child of a relevant true claim; every child of a relevant false claim at or below its first
 * false segment. A relevant claim starts from a true state, so it can be judged. Each relevant claim with a false hash is
 * answered at the first false hash, with true hashes only. No other claim is answered: a claim above the first false hash starts from a false
 * state, cannot be paid, and cannot refute a true claim.
 *
 * @param now seconds since 1970; claims whose deadline has passed are left out
 */
export async function honestMoves(
  game: Game,
  truth: TraceProvider,
  times: Times,
  now: number,
  judgements: Judgements = new Map(),
): Promise<Move[]> {
  if (game.status !== "open") return [];
  const run = runOf(game);
  if (!(await truth.knows(run))) return [];
  const moves: Move[] = [];

  const judgement = await judgeProposal(game, run, truth, judgements);
  if (judgement.firstFalse !== undefined && now < proposalDeadline(game, times)) {
    judgement.answer ??= await counterOf(game, run, truth, proposalDeadline(game, times));
    // A claim is ours only if its whole id is equal: a claim with the same end and another dissection is false.
    if (!game.claims.has(judgement.answer.id as Hex)) moves.push(judgement.answer);
  }

  // The list grows during the iteration: children are appended after their parents.
  const relevant: Hex[] = [...game.counters];
  for (const id of relevant) {
    const node = game.claims.get(id)!;
    const judgement = await judge(node, truth, judgements);
    const { firstFalse } = judgement;
    relevant.push(...node.children.filter((child) => bears(game.claims.get(child)!, firstFalse)));
    const deadline = nodeDeadline(node, times);
    if (firstFalse === undefined || node.stands !== undefined || now >= deadline) continue;
    if (isRefuted(game, node, firstFalse)) continue;
    judgement.answer ??= await answerTo(node, firstFalse, truth, deadline);
    if (!game.claims.has(judgement.answer.id as Hex)) moves.push(judgement.answer);
  }
  return moves;
}

const runOf = (game: Game): Run => ({
  machine: game.proposal.machine,
  context: game.proposal.context,
  start: game.proposal.start,
  level: game.proposal.level,
});

const bears = (child: Node, firstFalse: number | undefined): boolean =>
  firstFalse === undefined || child.claim.segment <= firstFalse;

async function judgeProposal(game: Game, run: Run, truth: TraceProvider, judgements: Judgements): Promise<Judgement> {
  const known = judgements.get(game.id);
  if (known !== undefined) return known;
  const isTrue = toHex(await truth.output(run)) === game.proposal.output;
  const judgement = { firstFalse: isTrue ? undefined : 0 };
  judgements.set(game.id, judgement);
  return judgement;
}

async function judge(node: Node, truth: TraceProvider, judgements: Judgements): Promise<Judgement> {
  const known = judgements.get(node.id);
  if (known !== undefined) return known;
  const hashes = await pointsOf(node.run, node.offset, node.claim.level, truth);
  const wrong = hashes.findIndex((hash, i) => hash !== node.points[i + 1]);
  const judgement = { firstFalse: wrong === -1 ? undefined : wrong };
  judgements.set(node.id, judgement);
  return judgement;
}

/** h[1] … h[16] of the true claim from this step. */
async function pointsOf(run: Run, offset: bigint, level: number, truth: TraceProvider): Promise<Hex[]> {
  const width = segmentSteps(level);
  const steps = Array.from({ length: SEGMENTS }, (_, i) => offset + BigInt(i + 1) * width);
  return (await truth.stateHashes(run, steps)).map(toHex);
}

async function counterOf(game: Game, run: Run, truth: TraceProvider, deadline: number): Promise<Move> {
  const [points, output] = [await pointsOf(run, 0n, run.level, truth), toHex(await truth.output(run))];
  const claim: Claim = {
    game: game.id,
    parent: game.id,
    segment: 0,
    machine: run.machine,
    level: run.level,
    delegated: false,
    end: output,
    root: rootOf([run.start, ...points]),
  };
  const middles = points.slice(0, -1);
  const id = claimIdOf(claim);
  return { kind: "counter", id, game: game.id, answers: game.id, deadline, proposal: game.proposal, output, middles };
}

/** The answer to a false claim at its first false segment. */
const answerTo = (node: Node, segment: number, truth: TraceProvider, deadline: number): Promise<Move> =>
  node.claim.level > 1 ? moveAgainst(node, segment, truth, deadline) : stepAgainst(node, segment, truth, deadline);

/** A step refutation, or a delegation that was settled in time, closes its segment of a level-1 claim and those above. */
const isRefuted = (game: Game, node: Node, segment: number): boolean =>
  node.refutations.some((r) => r.segment <= segment) ||
  (node.claim.level === 1 &&
    node.children
      .map((child) => game.claims.get(child)!)
      .some((child) => child.stands === true && child.claim.segment <= segment));

async function moveAgainst(node: Node, segment: number, truth: TraceProvider, deadline: number): Promise<Move> {
  const level = node.claim.level - 1;
  const offset = node.offset + BigInt(segment) * segmentSteps(node.claim.level);
  const points = await pointsOf(node.run, offset, level, truth);
  const end = points.at(-1)!;
  const root = rootOf([node.points[segment]!, ...points]);
  const claim: Claim = { ...node.claim, parent: node.id, segment, level, delegated: false, end, root };
  return {
    kind: "move",
    id: claimIdOf(claim),
    game: claim.game,
    answers: node.id,
    deadline,
    parent: node.claim,
    opening: open(node.points, segment),
    end,
    middles: points.slice(0, -1),
  };
}

async function stepAgainst(node: Node, segment: number, truth: TraceProvider, deadline: number): Promise<Move> {
  const step = node.offset + BigInt(segment);
  const game = node.claim.game;
  const opening = open(node.points, segment);
  const witness = await truth.witness(node.run, step);
  const run = await truth.asked(node.run, step);
  if (run === undefined) {
    const id = `${node.id}/${segment}`;
    return { kind: "refute", id, game, answers: node.id, deadline, claim: node.claim, opening, witness };
  }

  const [points, output] = [await pointsOf(run, 0n, run.level, truth), toHex(await truth.output(run))];
  const claim: Claim = {
    game,
    parent: node.id,
    segment,
    machine: run.machine,
    level: run.level,
    delegated: true,
    end: output,
    root: rootOf([run.start, ...points]),
  };
  return {
    kind: "delegate",
    id: claimIdOf(claim),
    game,
    answers: node.id,
    deadline,
    parent: node.claim,
    opening,
    witness,
    output,
    middles: points.slice(0, -1),
  };
}
