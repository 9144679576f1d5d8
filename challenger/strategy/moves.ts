import { type Hex, toHex } from "./bytes.ts";
import { open, type Opening, rootOf, SEGMENTS } from "./dissection.ts";
import { type Claim, claimIdOf, type Proposal } from "./identity.ts";
import { type Game, type Node, nodeDeadline, proposalDeadline, segmentSteps } from "./tree.ts";
import type { Times } from "./clock.ts";
import type { Run, Truth } from "./truth.ts";

/** A call of the contract. `id` names what it brings about, so that it is made once: the claim, or the refutation. */
export type Move = {
  id: string;
  game: Hex;
  /** The transaction must be included before this time, in seconds since 1970. */
  deadline: number;
} & (
  | { kind: "counter"; proposal: Proposal; output: Hex; middles: Hex[] }
  | { kind: "move"; parent: Claim; opening: Opening; end: Hex; middles: Hex[] }
  | { kind: "refute"; claim: Claim; opening: Opening; witness: Uint8Array }
  | { kind: "delegate"; parent: Claim; opening: Opening; witness: Uint8Array; output: Hex; middles: Hex[] }
);

/** The first segment of a claim that ends in a false hash; undefined where all of its hashes are true. */
export type Verdict = number | undefined;

/** Verdicts never change, so a caller may keep them from one call to the next. Losing them costs time alone. */
export type Verdicts = Map<Hex, Verdict>;

/**
 * Every move that an honest party still owes to one game, worked out from the tree alone, so that it can be asked at any moment,
 * after any crash, and gives the same answer.
 *
 * Relevant are the proposal; every child of a relevant true claim; every child of a relevant false claim at or below its first
 * false segment. A relevant claim starts from a true state, so the truth can judge it. Each relevant claim with a false hash is
 * answered at the first one, with true hashes alone. Nothing else is: a claim above the first false hash argues from a false
 * start, can not be paid, and can not make a true claim fall.
 *
 * @param now seconds since 1970; what can not be answered any more is left out
 */
export async function honestMoves(
  game: Game,
  truth: Truth,
  times: Times,
  now: number,
  verdicts: Verdicts = new Map(),
): Promise<Move[]> {
  if (game.status !== "open") return [];
  const moves: Move[] = [];
  const run = runOf(game);
  if (!(await truth.knows(run))) return [];

  const output = toHex(await truth.output(run));
  if (game.proposal.output !== output && now < proposalDeadline(game, times)) {
    const counter = await counterOf(game, run, output, truth, proposalDeadline(game, times));
    if (!game.claims.has(counter.id as Hex)) moves.push(counter);
  }

  // Children are visited after their parents, so the list grows while it is read.
  const relevant: Hex[] = [...game.counters];
  for (const id of relevant) {
    const node = game.claims.get(id)!;
    const verdict = await judge(node, truth, verdicts);
    relevant.push(...node.children.filter((child) => bears(game.claims.get(child)!, verdict)));
    if (verdict === undefined || node.stands !== undefined) continue;
    const deadline = nodeDeadline(node, times);
    if (now >= deadline) continue;
    const answer = await answerTo(game, node, verdict, truth, deadline);
    if (answer !== undefined) moves.push(answer);
  }
  return moves;
}

const runOf = (game: Game): Run => ({
  machine: game.proposal.machine,
  context: game.proposal.context,
  start: game.proposal.start,
  level: game.proposal.level,
});

const bears = (child: Node, verdict: Verdict): boolean => verdict === undefined || child.claim.segment <= verdict;

async function judge(node: Node, truth: Truth, verdicts: Verdicts): Promise<Verdict> {
  if (verdicts.has(node.id)) return verdicts.get(node.id);
  const hashes = await pointsOf(node.run, node.offset, node.claim.level, truth);
  const wrong = hashes.findIndex((hash, i) => hash !== node.points[i + 1]);
  const verdict = wrong === -1 ? undefined : wrong;
  verdicts.set(node.id, verdict);
  return verdict;
}

/** h[1] … h[16] of the true claim from this step. */
async function pointsOf(run: Run, offset: bigint, level: number, truth: Truth): Promise<Hex[]> {
  const width = segmentSteps(level);
  const steps = Array.from({ length: SEGMENTS }, (_, i) => offset + BigInt(i + 1) * width);
  return (await truth.stateHashes(run, steps)).map(toHex);
}

async function counterOf(game: Game, run: Run, output: Hex, truth: Truth, deadline: number): Promise<Move> {
  const points = await pointsOf(run, 0n, run.level, truth);
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
  return { kind: "counter", id: claimIdOf(claim), game: game.id, deadline, proposal: game.proposal, output, middles };
}

/** The answer to a false claim at its first false segment; undefined where it was given already, by whomever. */
async function answerTo(
  game: Game,
  node: Node,
  segment: number,
  truth: Truth,
  deadline: number,
): Promise<Move | undefined> {
  if (isRefuted(game, node, segment)) return undefined;
  const answer =
    node.claim.level > 1
      ? await moveAgainst(node, segment, truth, deadline)
      : await stepAgainst(node, segment, truth, deadline);
  // Only full identity makes a claim ours: one with the same end and another dissection is somebody else's, and false.
  return game.claims.has(answer.id as Hex) ? undefined : answer;
}

/** A step refutation, or a delegation that was settled in time, closes its segment of a level-1 claim and those above. */
const isRefuted = (game: Game, node: Node, segment: number): boolean =>
  node.refutations.some((r) => r.segment <= segment) ||
  (node.claim.level === 1 &&
    node.children
      .map((child) => game.claims.get(child)!)
      .some((child) => child.stands === true && child.claim.segment <= segment));

async function moveAgainst(node: Node, segment: number, truth: Truth, deadline: number): Promise<Move> {
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
    deadline,
    parent: node.claim,
    opening: open(node.points, segment),
    end,
    middles: points.slice(0, -1),
  };
}

async function stepAgainst(node: Node, segment: number, truth: Truth, deadline: number): Promise<Move> {
  const step = node.offset + BigInt(segment);
  const game = node.claim.game;
  const opening = open(node.points, segment);
  const witness = await truth.witness(node.run, step);
  const run = await truth.asked(node.run, step);
  if (run === undefined) {
    return { kind: "refute", id: `${node.id}/${segment}`, game, deadline, claim: node.claim, opening, witness };
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
  const middles = points.slice(0, -1);
  return { kind: "delegate", id: claimIdOf(claim), game, deadline, parent: node.claim, opening, witness, output, middles };
}
