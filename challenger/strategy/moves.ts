import { type Hex, toHex } from "@elench/bytes/hex";
import { SEGMENTS } from "@elench/spec/game/game";
import type { Times } from "./clock.ts";
import { type Opening, open, rootOf } from "./dissection.ts";
import { type Answered, type Proposal, wholeCommitment } from "./record.ts";
import type { Run, TraceProvider } from "./trace-provider.ts";
import { type Game, type Node, nodeDeadline, proposalDeadline, runOf, segmentSteps } from "./tree.ts";

/** What an honest party says against one false segment. It follows from the content of the claim alone, wherever L1 has included that. */
type Answer =
  | { kind: "counter"; commitment: Hex; output: Hex; middles: Hex[] }
  | { kind: "move"; commitment: Hex; opening: Opening; end: Hex; middles: Hex[] }
  | { kind: "refute"; opening: Opening; witness: Uint8Array }
  | { kind: "delegate"; commitment: Hex; opening: Opening; witness: Uint8Array; output: Hex; middles: Hex[] };

/** A call of the contract. */
export type Move = {
  /** Names its effect, so that it is made only once: game, number of the answered claim, segment, and what is claimed there. */
  id: string;
  game: Hex;
  /** Number of the claim that it answers; 0 for a counter. */
  answers: number;
  /** The transaction must be included before this time, in seconds since 1970. */
  deadline: number;
} & (
  | (Extract<Answer, { kind: "counter" }> & { proposal: Proposal })
  | (Exclude<Answer, { kind: "counter" }> & {
      /** The claim that it answers. If it states an output, the call is `moveWhole`, `refuteWhole` or `delegateWhole`. */
      parent: Answered;
    })
);

/** The judgement of a claim: the first segment that ends in a false hash, if there is one, and the answer to it. */
type Judgement = { firstFalse: number | undefined; answer?: Answer };

/**
 * Judgements by the id of the claim, or of the game for the proposal. They never change, so a caller may keep them from one call
 * to the next, also across a reorganisation: an id names a claim with all that is above it. If they are lost, they are computed again.
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
 * Relevant are also true claims of our own, wherever they are. We make none below a claim that is not relevant; but after a reorganisation L1
 * can include our answer again, below a claim of the same record that has other ancestors.
 *
 * @param now seconds since 1970; claims whose deadline has passed are left out
 * @param own our accounts
 */
export async function honestMoves(
  game: Game,
  truth: TraceProvider,
  times: Times,
  now: number,
  judgements: Judgements = new Map(),
  own: ReadonlySet<Hex> = new Set(),
): Promise<Move[]> {
  if (game.status !== "open") return [];
  const run = runOf(game);
  if (!(await truth.knows(run))) return [];
  const moves: Move[] = [];

  const judgement = await judgeProposal(game, run, truth, judgements);
  if (judgement.firstFalse !== undefined && now < proposalDeadline(game, times)) {
    judgement.answer ??= await counterOf(run, truth);
    const { answer } = judgement;
    if (answer.kind === "counter" && !isMade(game, game.counters, 0, answer)) {
      const id = moveId(game, 0, 0, answer);
      const deadline = proposalDeadline(game, times);
      moves.push({ ...answer, id, game: game.id, answers: 0, deadline, proposal: game.proposal });
    }
  }

  const visited = new Set<number>();
  const visit = async (numbers: readonly number[]): Promise<void> => {
    for (const number of numbers) {
      if (visited.has(number)) continue;
      visited.add(number);
      const node = game.claims.get(number)!;
      const judgement = await judge(node, truth, judgements);
      const { firstFalse } = judgement;
      if (firstFalse !== undefined) {
        const move = await moveFor(game, node, firstFalse, judgement, truth, times, now);
        if (move !== undefined) moves.push(move);
      }
      await visit(node.children.filter((child) => bears(game.claims.get(child)!, firstFalse)));
    }
  };
  await visit(game.counters);
  for (const node of game.claims.values()) {
    if (visited.has(node.number) || !own.has(node.claimant) || !(await truth.knows(node.run))) continue;
    if ((await judge(node, truth, judgements)).firstFalse === undefined) await visit([node.number]);
  }
  return moves;
}

/** The move against a false claim; undefined if it is too late, or not needed any more. */
async function moveFor(
  game: Game,
  node: Node,
  firstFalse: number,
  judgement: Judgement,
  truth: TraceProvider,
  times: Times,
  now: number,
): Promise<Move | undefined> {
  const deadline = nodeDeadline(node, times);
  if (now >= deadline) return undefined;
  // An executed step closes its segment and those above.
  if (node.refutations.some((refutation) => refutation.segment <= firstFalse)) return undefined;
  judgement.answer ??= await answerTo(node, firstFalse, truth);
  const { answer } = judgement;
  if (answer.kind === "counter" || isMade(game, node.children, firstFalse, answer)) return undefined;
  const id = moveId(game, node.number, firstFalse, answer);
  return { ...answer, id, game: game.id, answers: node.number, deadline, parent: node };
}

/**
 * Whether somebody has already claimed the same. The commitment binds every hash, so a claim with the same end and another dissection is
 * another claim, and a false one. Machine and level follow from what is answered.
 */
const isMade = (game: Game, answers: readonly number[], segment: number, answer: Answer): boolean =>
  answer.kind !== "refute" &&
  answers.some((number) => {
    const claim = game.claims.get(number)!;
    return claim.segment === segment && claim.commitment === answer.commitment;
  });

const moveId = (game: Game, answers: number, segment: number, answer: Answer): string =>
  [game.id, answers, segment, ...(answer.kind === "refute" ? [] : [answer.commitment])].join("/");

const bears = (child: Node, firstFalse: number | undefined): boolean =>
  firstFalse === undefined || child.segment <= firstFalse;

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
  const hashes = await pointsOf(node.run, node.offset, node.level, truth);
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

/** The true claim about a whole run. */
async function wholeOf(run: Run, truth: TraceProvider): Promise<{ commitment: Hex; output: Hex; middles: Hex[] }> {
  const [points, output] = [await pointsOf(run, 0n, run.level, truth), toHex(await truth.output(run))];
  return { commitment: wholeCommitment(rootOf([run.start, ...points]), output), output, middles: points.slice(0, -1) };
}

const counterOf = async (run: Run, truth: TraceProvider): Promise<Answer> => ({
  kind: "counter",
  ...(await wholeOf(run, truth)),
});

/** The answer to a false claim at its first false segment. */
const answerTo = (node: Node, segment: number, truth: TraceProvider): Promise<Answer> =>
  node.level > 1 ? moveAgainst(node, segment, truth) : stepAgainst(node, segment, truth);

async function moveAgainst(node: Node, segment: number, truth: TraceProvider): Promise<Answer> {
  const offset = node.offset + BigInt(segment) * segmentSteps(node.level);
  const points = await pointsOf(node.run, offset, node.level - 1, truth);
  return {
    kind: "move",
    commitment: rootOf([node.points[segment]!, ...points]),
    opening: open(node.points, segment),
    end: points.at(-1)!,
    middles: points.slice(0, -1),
  };
}

async function stepAgainst(node: Node, segment: number, truth: TraceProvider): Promise<Answer> {
  const step = node.offset + BigInt(segment);
  const opening = open(node.points, segment);
  const witness = await truth.witness(node.run, step);
  const run = await truth.asked(node.run, step);
  if (run === undefined) return { kind: "refute", opening, witness };
  return { kind: "delegate", opening, witness, ...(await wholeOf(run, truth)) };
}
