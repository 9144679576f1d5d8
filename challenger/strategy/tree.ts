import type { Hex } from "@elench/bytes/hex";
import { ElenchError } from "@elench/errors/elench-error";
import { SEGMENTS, STATUS } from "@elench/spec/game/game";
import { afterWaiting, deadlineOf, type Times } from "./clock.ts";
import { type Points, rootOf } from "./dissection.ts";
import { type Claim, claimIdOf, type Deployment, gameIdOf, type Proposal } from "./identity.ts";
import type { Run } from "./trace-provider.ts";

/** The events of `IDisputeGame` that a game is rebuilt from, shaped as viem decodes them. */
export type GameEvent =
  | { eventName: "Proposed"; args: Proposal & { game: Hex; made: number } }
  | { eventName: "WholeRange"; args: Run & { game: Hex; id: Hex; halted: Hex } }
  | {
      eventName: "Claimed";
      args: {
        game: Hex;
        parent: Hex;
        id: Hex;
        claimant: Hex;
        made: number;
        segment: number;
        end: Hex;
        middles: readonly Hex[];
      };
    }
  | { eventName: "Refuted"; args: { game: Hex; claim: Hex; refuter: Hex; made: number; segment: number } }
  | { eventName: "Resolved"; args: { game: Hex; claim: Hex; stands: boolean } }
  | { eventName: "Concluded"; args: { game: Hex; status: number; output: Hex } }
  | { eventName: "Voided"; args: { game: Hex } };

/** A step refutation: a standing child at its segment. */
export type Refutation = { by: Hex; segment: number; made: number };

/** A claim with the values that follow from its position in the tree. */
export type Node = {
  id: Hex;
  claim: Claim;
  claimant: Hex;
  /** t(c), seconds since 1970. */
  made: number;
  /** d(c), seconds. */
  clock: number;
  /** d(parent of c), seconds. */
  parentClock: number;
  /** The execution that it disputes or defends. */
  run: Run;
  /** Step of h[0]. */
  offset: bigint;
  points: Points;
  children: readonly Hex[];
  refutations: readonly Refutation[];
  /** Whether it was upheld; undefined while it is not settled. */
  stands: boolean | undefined;
};

export type GameStatus = "open" | "upheld" | "replaced" | "void";

export type Game = {
  id: Hex;
  proposal: Proposal;
  made: number;
  status: GameStatus;
  /** The result, once it is upheld or replaced. */
  output: Hex | undefined;
  /** Whether the proposal's bond is paid out. */
  settled: boolean;
  counters: readonly Hex[];
  claims: ReadonlyMap<Hex, Node>;
};

/** Every game of one contract, rebuilt from its events. */
export type Forest = {
  deployment: Deployment;
  times: Times;
  games: ReadonlyMap<Hex, Game>;
  /** By game, the first of its events that contradicts the earlier ones and was left out: the log is incomplete, or not of this contract. */
  broken: ReadonlyMap<Hex, string>;
};

/** An event contradicts the events before it. */
class BrokenLogError extends ElenchError {
  override readonly name = "BrokenLogError";
  override readonly kind = "environment";
}

export const emptyForest = (deployment: Deployment, times: Times): Forest => ({
  deployment,
  times,
  games: new Map(),
  broken: new Map(),
});

/** EXT(c): longer if the answer needs a step's witness or the whole run of another machine. */
export const extensionOf = (claim: Claim, times: Times): number =>
  claim.level === 1 || claim.delegated ? times.longExtension : times.extension;

/** Deadline of answers to a claim, in seconds since 1970. */
export const nodeDeadline = (node: Node, times: Times): number =>
  deadlineOf(node.made, extensionOf(node.claim, times), node.parentClock, times);

/** Deadline of counters to a proposal, in seconds since 1970. */
export const proposalDeadline = (game: Game, times: Times): number => game.made + times.maxClock;

/** Steps of one segment of a claim of this level. */
export const segmentSteps = (level: number): bigint => BigInt(SEGMENTS) ** BigInt(level - 1);

/**
 * The games after further events. The given forest is not changed. An event that contradicts those before it is left out, and breaks only its own
 * game; the known part of that game can still be played, because each claim is judged by itself.
 * @param events in the order of the chain
 */
export function extend(forest: Forest, events: Iterable<GameEvent>): Forest {
  const games = new Map(forest.games);
  const broken = new Map(forest.broken);
  const owned = new Set<object>();

  // Each game and claim is copied at most once per call, so the cost is the number of events plus the size of the games they touch.
  const gameOf = (id: Hex): Draft => {
    const game = games.get(id);
    if (game === undefined) throw new BrokenLogError(`an event of game ${id}, whose Proposed event is missing`);
    if (owned.has(game)) return game as Draft;
    const copy = { ...game, counters: [...game.counters], claims: new Map(game.claims) };
    games.set(id, copy);
    owned.add(copy);
    return copy;
  };
  const nodeOf = (game: Draft, id: Hex): DraftNode => {
    const node = game.claims.get(id);
    if (node === undefined) throw new BrokenLogError(`an event of claim ${id}, whose Claimed event is missing`);
    if (owned.has(node)) return node as DraftNode;
    const copy = { ...node, children: [...node.children], refutations: [...node.refutations] };
    game.claims.set(id, copy);
    owned.add(copy);
    return copy;
  };

  let whole: WholeRange | undefined;
  const apply = ({ eventName, args }: GameEvent): void => {
    switch (eventName) {
      case "Proposed": {
        const proposal = proposalFrom(args);
        if (gameIdOf(forest.deployment, proposal) !== args.game) {
          throw new BrokenLogError(`the proposal in the log does not hash to game ${args.game}`);
        }
        const game: Draft = {
          id: args.game,
          proposal,
          made: Number(args.made),
          status: "open",
          output: undefined,
          settled: false,
          counters: [],
          claims: new Map(),
        };
        games.set(game.id, game);
        owned.add(game);
        break;
      }
      case "WholeRange":
        whole = args;
        break;
      case "Claimed": {
        const game = gameOf(args.game);
        const node = nodeFrom(game, args, whole?.id === args.id ? whole : undefined, forest.times);
        if (node.claim.parent === game.id) game.counters.push(node.id);
        else nodeOf(game, node.claim.parent).children.push(node.id);
        game.claims.set(node.id, node);
        owned.add(node);
        break;
      }
      case "Refuted":
        nodeOf(gameOf(args.game), args.claim).refutations.push({
          by: lower(args.refuter),
          segment: args.segment,
          made: Number(args.made),
        });
        break;
      case "Resolved":
        nodeOf(gameOf(args.game), args.claim).stands = args.stands;
        break;
      case "Concluded": {
        const game = gameOf(args.game);
        game.settled = true;
        if (args.status === STATUS.Void) break;
        game.status = args.status === STATUS.Upheld ? "upheld" : "replaced";
        game.output = args.output;
        break;
      }
      case "Voided":
        gameOf(args.game).status = "void";
        break;
    }
  };
  for (const event of events) {
    try {
      apply(event);
    } catch (error) {
      if (!(error instanceof BrokenLogError)) throw error;
      if (!broken.has(event.args.game)) broken.set(event.args.game, error.message);
    }
  }
  return { ...forest, games, broken };
}

type WholeRange = Extract<GameEvent, { eventName: "WholeRange" }>["args"];
type Claimed = Extract<GameEvent, { eventName: "Claimed" }>["args"];
type DraftNode = Omit<Node, "children" | "refutations"> & { children: Hex[]; refutations: Refutation[] };
type Draft = Omit<Game, "counters" | "claims"> & { counters: Hex[]; claims: Map<Hex, Node> };

const lower = (address: Hex): Hex => address.toLowerCase() as Hex;

const proposalFrom = (args: Proposal): Proposal => ({
  consumer: lower(args.consumer),
  proposer: lower(args.proposer),
  number: BigInt(args.number),
  machine: lower(args.machine),
  context: args.context,
  start: args.start,
  level: Number(args.level),
  output: args.output,
});

const wholeRun = ({ machine, context, start, level }: WholeRange, askedBy: Run["askedBy"]): Run => ({
  machine: lower(machine),
  context,
  start,
  level: Number(level),
  ...(askedBy && { askedBy }),
});

function nodeFrom(game: Draft, args: Claimed, whole: WholeRange | undefined, times: Times): DraftNode {
  const isCounter = args.parent === game.id;
  const parent = isCounter ? undefined : game.claims.get(args.parent);
  if (parent === undefined && !isCounter)
    throw new BrokenLogError(`claim ${args.id} answers a claim whose Claimed event is missing`);
  if (whole === undefined && (parent === undefined || parent.claim.level === 1)) {
    throw new BrokenLogError(`claim ${args.id} is about a whole run, but its WholeRange event is missing`);
  }

  const segment = Number(args.segment);
  const offset = parent === undefined ? 0n : parent.offset + BigInt(segment) * segmentSteps(parent.claim.level);
  const run = whole === undefined ? parent!.run : wholeRun(whole, parent && { run: parent.run, step: offset });
  const level = whole === undefined ? parent!.claim.level - 1 : run.level;
  const start = whole === undefined ? parent!.points[segment]! : run.start;
  const points = [start, ...args.middles, whole === undefined ? args.end : whole.halted];
  const claim: Claim = {
    game: game.id,
    parent: args.parent,
    segment,
    machine: run.machine,
    level,
    delegated: whole !== undefined && !isCounter,
    end: args.end,
    root: rootOf(points),
  };
  if (claimIdOf(claim) !== args.id) throw new BrokenLogError(`the claim in the log does not hash to ${args.id}`);

  const made = Number(args.made);
  const answered = parent ?? { clock: 0, parentClock: 0, made: game.made };
  return {
    id: args.id,
    claim,
    claimant: lower(args.claimant),
    made,
    clock: afterWaiting(answered.parentClock, made - answered.made, times),
    parentClock: answered.clock,
    run,
    offset: whole === undefined ? offset : 0n,
    points,
    children: [],
    refutations: [],
    stands: undefined,
  };
}
