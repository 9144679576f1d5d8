/**
 * The rules of the game alone: no hashes, no machines, no money but who is paid. Small enough to be searched exhaustively with two
 * segments a claim, and held against the contract with sixteen. States are labels, compared and nothing else; what a machine
 * does to them is told by the caller.
 */

export type Rules = { maxClock: number; extension: number; longExtension: number };

/** One claim; the first of a game is the proposal, which has no points but its output's. Claims are in the order of inclusion. */
export type Claim<H> = {
  /** Index among the game's claims; −1 for the proposal. */
  parent: number;
  segment: number;
  /** 0 for the proposal. */
  level: number;
  delegated: boolean;
  /** h[0] … h[k]; for the proposal, its halted state alone. */
  points: readonly H[];
  owner: number;
  made: number;
  clock: number;
  /** The lowest step refutation. */
  refuted: { segment: number; by: number; made: number } | undefined;
};

export type Position<H> = readonly Claim<H>[];

export const propose = <H>(output: H, owner: number, now: number): Position<H> => [
  {
    parent: -1,
    segment: 0,
    level: 0,
    delegated: false,
    points: [output],
    owner,
    made: now,
    clock: 0,
    refuted: undefined,
  },
];

const clockOf = <H>(game: Position<H>, i: number): number => (i < 0 ? 0 : game[i]!.clock);

export function deadline<H>(rules: Rules, game: Position<H>, i: number): number {
  const claim = game[i]!;
  if (claim.level === 0) return claim.made + rules.maxClock;
  const extension = claim.level === 1 || claim.delegated ? rules.longExtension : rules.extension;
  return claim.made + Math.max(extension, rules.maxClock - clockOf(game, claim.parent));
}

/** What a child says, and where: the segment's end in the parent, and where a delegation's step then ends. */
export type Child<H> = {
  parent: number;
  segment: number;
  /** Of a delegated claim or a counter: its machine's. */
  level?: number;
  points: readonly H[];
  /** Of a delegated claim: the state after the parent's step, if the other machine answers so. */
  post?: H;
};

/** The game after a counter, a move or a delegation; undefined where the rules refuse it. The same may be claimed twice. */
export function answer<H>(
  rules: Rules,
  game: Position<H>,
  child: Child<H>,
  owner: number,
  now: number,
): Position<H> | undefined {
  const { parent, segment, points } = child;
  const answered = game[parent]!;
  const delegated = answered.level === 1;
  const level = child.level ?? answered.level - 1;
  if (now >= deadline(rules, game, parent)) return undefined;
  if (delegated && closes(answered, segment)) return undefined;
  const denied = answered.level === 0 ? answered.points[0] : answered.points[segment + 1];
  if ((delegated ? child.post : points.at(-1)) === denied) return undefined;
  const waited = clockOf(game, answered.parent) + now - answered.made;
  const clock = Math.min(rules.maxClock, waited);
  return [...game, { parent, segment, level, delegated, points, owner, made: now, clock, refuted: undefined }];
}

/** The game after a step is executed; undefined where the rules refuse it. */
export function refute<H>(
  rules: Rules,
  game: Position<H>,
  step: { claim: number; segment: number; post: H },
  by: number,
  now: number,
): Position<H> | undefined {
  const claim = game[step.claim]!;
  if (claim.level !== 1 || now >= deadline(rules, game, step.claim) || closes(claim, step.segment)) return undefined;
  if (claim.points[step.segment + 1] === step.post) return undefined;
  const refuted = { segment: step.segment, by, made: now };
  return game.map((c, i) => (i === step.claim ? { ...c, refuted } : c));
}

const closes = <H>(claim: Claim<H>, segment: number): boolean =>
  claim.refuted !== undefined && segment >= claim.refuted.segment;

/** Whoever brings a claim down: a child, or a step (`child` is −1). */
export type Winner = { child: number; segment: number; by: number; made: number };

/** Who stands when all is over, and who is paid where not: the lowest segment, the first included among equals. */
export function settle<H>(game: Position<H>): { stands: boolean[]; winner: (Winner | undefined)[] } {
  const stands: boolean[] = [];
  const winner: (Winner | undefined)[] = game.map(({ refuted }) => (refuted ? { child: -1, ...refuted } : undefined));
  for (let i = game.length - 1; i >= 0; i--) {
    const claim = game[i]!;
    stands[i] = winner[i] === undefined;
    if (!stands[i] || i === 0) continue;
    const best = winner[claim.parent];
    // Later claims come first here, so an equal is earlier.
    if (best === undefined || claim.segment <= best.segment) {
      winner[claim.parent] = { child: i, segment: claim.segment, by: claim.owner, made: claim.made };
    }
  }
  return { stands, winner };
}

/** When nothing in a game can be answered any more: it is settled then, and not before. */
export const due = <H>(rules: Rules, game: Position<H>): number =>
  game.reduce((latest, _, i) => Math.max(latest, deadline(rules, game, i)), 0);
