import type { Hex } from "@elench/bytes/hex";
import { ElenchError } from "@elench/errors/elench-error";
import { SEGMENTS, STATUS } from "@elench/spec/game/game";
import { deadlineOf, type Times } from "./clock.ts";
import { type Points, rootOf } from "./dissection.ts";
import {
  type Answered,
  type Claim,
  type ClaimWords,
  claimIdOf,
  type Entry,
  gameIdOf,
  generationOf,
  NO_COMMITMENT,
  type Proposal,
  type ProposalWords,
  unpackClaim,
  unpackProposal,
  wholeCommitment,
} from "./record.ts";
import type { Run } from "./trace-provider.ts";

/** The events of `IDisputeGame` that a game is rebuilt from, shaped as viem decodes them. `number` is the game's. */
export type GameEvent =
  | { eventName: "Proposed"; args: { proposal: ProposalWords } }
  | { eventName: "WholeRange"; args: { number: bigint; context: Hex; start: Hex; halted: Hex } }
  | {
      eventName: "Claimed";
      args: { number: bigint; terms: bigint; origin: bigint; end: Hex; middles: readonly Hex[] };
    }
  | { eventName: "Refuted"; args: { number: bigint; terms: bigint; origin: bigint } }
  | { eventName: "PartSettled"; args: { number: bigint; left: bigint } }
  | { eventName: "Concluded"; args: { number: bigint; status: number; output: Hex; claims: bigint } };

/** A claim with the values that follow from its position in the tree. */
export interface Node extends Answered {
  /** See `claimIdOf`. */
  readonly id: Hex;
  /** The execution that it disputes or defends. */
  readonly run: Run;
  /** Step of h[0]. */
  readonly offset: bigint;
  readonly points: Points;
  /** Numbers of the claims that answer it. */
  readonly children: readonly number[];
  readonly refutations: readonly Entry[];
}

export type GameStatus = "open" | "upheld" | "replaced";

export interface Game {
  readonly id: Hex;
  readonly proposal: Proposal;
  readonly status: GameStatus;
  /** The result, once the game is over. */
  readonly output: Hex | undefined;
  readonly counters: readonly number[];
  /** By number, in the order of inclusion. Refutations are with the claims that they answer. */
  readonly claims: ReadonlyMap<number, Node>;
  /** The highest number of a claim or a refutation: as many there are. */
  readonly entries: number;
  /** The claims from 1 to this one are not settled yet. */
  readonly unsettled: number;
}

/** Every game of one contract, rebuilt from its events. */
export interface Forest {
  /** By id. */
  readonly games: ReadonlyMap<Hex, Game>;
  /** The id of each game by its number, which is all that events after `Proposed` name it by. */
  readonly numbers: ReadonlyMap<bigint, Hex>;
  /** By a game's number, why its log is incomplete, or not of this contract: the first contradiction. */
  readonly broken: ReadonlyMap<bigint, string>;
}

/** An event contradicts the events before it. */
class BrokenLogError extends ElenchError {
  override readonly name = "BrokenLogError";
  override readonly kind = "environment";
}

export const emptyForest = (): Forest => ({ games: new Map(), numbers: new Map(), broken: new Map() });

/** EXT(c): longer if the answer needs a step's witness or the whole run of another machine. */
export const extensionOf = ({ level, kind }: Claim, times: Times): number =>
  level === 1 || kind === "delegation" ? times.longExtension : times.extension;

/** Deadline of answers to a claim, in seconds since 1970. */
export const nodeDeadline = (claim: Claim, times: Times): number =>
  deadlineOf(claim.made, extensionOf(claim, times), claim.parentClock, times);

/** Deadline of counters to a proposal, in seconds since 1970. */
export const proposalDeadline = ({ proposal }: Game, times: Times): number => proposal.made + times.maxClock;

/** Steps of one segment of a claim of this level. */
export const segmentSteps = (level: number): bigint => BigInt(SEGMENTS) ** BigInt(level - 1);

/** The run of a game's proposal. */
export const runOf = ({ proposal: { machine, context, start, level } }: Game): Run => ({
  machine,
  context,
  start,
  level,
});

/**
 * The games after further events. The given forest is not changed. An event that contradicts those before it is left out, and breaks only its own
 * game; the known part of that game can still be played, because each claim is judged by itself.
 * @param events in the order of the chain
 */
export function extend(forest: Forest, events: Iterable<GameEvent>): Forest {
  const games = new Map(forest.games);
  const numbers = new Map(forest.numbers);
  const broken = new Map(forest.broken);
  const owned = new Set<object>();
  const breaks = (number: bigint, why: string): void => {
    if (!broken.has(number)) broken.set(number, why);
  };

  // Each game and claim is copied at most once per call, so the cost is the number of events plus the size of the games they touch.
  const gameOf = (number: bigint): Draft => {
    const game = games.get(numbers.get(number) as Hex);
    if (game === undefined)
      throw new BrokenLogError(`an event of game number ${number}, whose Proposed event is missing`);
    if (owned.has(game)) return game as Draft;
    const copy = { ...game, counters: [...game.counters], claims: new Map(game.claims) };
    games.set(game.id, copy);
    owned.add(copy);
    return copy;
  };
  const nodeOf = (game: Draft, number: number): DraftNode => {
    const node = game.claims.get(number);
    if (node === undefined) throw new BrokenLogError(`an answer to claim ${number}, whose Claimed event is missing`);
    if (owned.has(node)) return node as DraftNode;
    const copy = { ...node, children: [...node.children], refutations: [...node.refutations] };
    game.claims.set(number, copy);
    owned.add(copy);
    return copy;
  };
  const begin = (proposal: Proposal): void => {
    const { number } = proposal;
    if (numbers.has(number)) throw new BrokenLogError(`two proposals have the number ${number}`);
    // A region is used again only after the game that was there: generations have no holes.
    if (generationOf(number) > 1 && !numbers.has(number - 1n))
      breaks(number - 1n, `game number ${number} took its place, but its own Proposed event is missing`);
    const id = gameIdOf(proposal);
    const game: Draft = {
      id,
      proposal,
      status: "open",
      output: undefined,
      counters: [],
      claims: new Map(),
      entries: 0,
      unsettled: 0,
    };
    games.set(id, game);
    numbers.set(number, id);
    owned.add(game);
  };
  /** Counts a claim or a refutation, which follows immediately on the one before it. */
  const count = (game: Draft, { number }: Claim): void => {
    if (number <= game.entries) throw new BrokenLogError(`claim ${number} comes after claim ${game.entries}`);
    if (number > game.entries + 1)
      breaks(game.proposal.number, `claim ${game.entries + 1} is missing before ${number}`);
    game.entries = number;
    game.unsettled = number;
  };

  let whole: WholeRange | undefined;
  const apply = ({ eventName, args }: GameEvent): void => {
    switch (eventName) {
      case "Proposed":
        begin(unpackProposal(args.proposal));
        break;
      case "WholeRange":
        whole = args;
        break;
      case "Claimed": {
        const game = gameOf(args.number);
        const entry = entryOf({ ...args, commitment: NO_COMMITMENT });
        count(game, entry);
        const node = nodeFrom(game, entry, args, whole?.number === args.number ? whole : undefined);
        if (node.kind === "counter") game.counters.push(node.number);
        else nodeOf(game, node.parent).children.push(node.number);
        game.claims.set(node.number, node);
        owned.add(node);
        break;
      }
      case "Refuted": {
        const game = gameOf(args.number);
        const entry = entryOf({ ...args, commitment: NO_COMMITMENT });
        count(game, entry);
        nodeOf(game, entry.parent).refutations.push(entry);
        break;
      }
      case "PartSettled":
        gameOf(args.number).unsettled = Number(args.left);
        break;
      case "Concluded": {
        const game = gameOf(args.number);
        game.status = args.status === STATUS.Upheld ? "upheld" : "replaced";
        game.output = args.output;
        game.unsettled = 0;
        if (Number(args.claims) !== game.entries)
          throw new BrokenLogError(`it had ${args.claims} claims and refutations, of which ${game.entries} are known`);
        break;
      }
    }
  };
  for (const event of events) {
    try {
      apply(event);
    } catch (error) {
      if (!(error instanceof BrokenLogError)) throw error;
      breaks(numberOf(event), error.message);
    }
    if (event.eventName !== "WholeRange") whole = undefined;
  }
  return { games, numbers, broken };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type WholeRange = Extract<GameEvent, { eventName: "WholeRange" }>["args"];
type Claimed = Extract<GameEvent, { eventName: "Claimed" }>["args"];
type DraftNode = Omit<Node, "children" | "refutations"> & { children: number[]; refutations: Entry[] };
type Draft = Writable<Omit<Game, "counters" | "claims">> & { counters: number[]; claims: Map<number, Node> };

const numberOf = ({ eventName, args }: GameEvent): bigint =>
  eventName === "Proposed" ? unpackProposal(args.proposal).number : args.number;

function entryOf(words: ClaimWords): Entry {
  const entry = unpackClaim(words);
  if (entry === undefined) throw new BrokenLogError(`0x${words.terms.toString(16)} are not the terms of a claim`);
  return entry;
}

const wholeRun = ({ context, start }: WholeRange, { machine, level }: Claim, askedBy: Run["askedBy"]): Run => ({
  machine,
  context,
  start,
  level,
  ...(askedBy && { askedBy }),
});

/** The claim of a `Claimed` event, which follows from the claim that it answers. */
function nodeFrom(game: Draft, entry: Entry, { end, middles }: Claimed, whole: WholeRange | undefined): DraftNode {
  const { number, segment } = entry;
  const isCounter = entry.kind === "counter";
  const isWhole = entry.kind !== "move";
  const parent = isCounter ? undefined : game.claims.get(entry.parent);
  if (isWhole && whole === undefined)
    throw new BrokenLogError(`claim ${number} is about a whole run, but its WholeRange event is missing`);
  if (parent === undefined && !isCounter)
    throw new BrokenLogError(`claim ${number} answers claim ${entry.parent}, whose Claimed event is missing`);
  if (parent && (entry.parentClock !== parent.clock || (!isWhole && entry.level !== parent.level - 1)))
    throw new BrokenLogError(`claim ${number} does not follow from claim ${entry.parent} as the log tells it`);

  const offset = parent === undefined ? 0n : parent.offset + BigInt(segment) * segmentSteps(parent.level);
  const run = isWhole ? wholeRun(whole!, entry, parent && { run: parent.run, step: offset }) : parent!.run;
  const points = [isWhole ? run.start : parent!.points[segment]!, ...middles, isWhole ? whole!.halted : end];
  const root = rootOf(points);
  const claim = { ...entry, commitment: isWhole ? wholeCommitment(root, end) : root };
  return {
    ...claim,
    id: claimIdOf(parent?.id ?? game.id, claim),
    run,
    offset: isWhole ? 0n : offset,
    points,
    root,
    output: isWhole ? end : undefined,
    children: [],
    refutations: [],
  };
}
