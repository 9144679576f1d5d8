import type { Hex } from "@elench/bytes/hex";
import { FLAGS } from "@elench/spec/game/game";
import { addressOf, keccakWords, word } from "./words.ts";

/**
 * The records of `contracts/game/IDisputeGame.sol`: what the contract keeps of a game and of a claim is a hash of them, so every
 * call brings them back. In events and calls they are packed words; here they are unpacked.
 */

/** What a proposal says, and where its game is. */
export interface Proposal {
  /** Of the game: region (24 bits) ‖ generation (16). */
  readonly number: bigint;
  readonly level: number;
  /** Seconds since 1970. */
  readonly made: number;
  readonly consumer: Hex;
  readonly proposer: Hex;
  readonly machine: Hex;
  readonly context: Hex;
  readonly start: Hex;
  readonly output: Hex;
}

/** The struct `Proposal`. */
export interface ProposalWords {
  readonly head: bigint;
  readonly proposer: bigint;
  readonly machine: bigint;
  readonly context: Hex;
  readonly start: Hex;
  readonly output: Hex;
}

/** What a claim answers, and how. A counter and a delegation are about a whole run, and state its output. */
export type Kind = "move" | "counter" | "delegation" | "refutation";

/** A claim or a refutation. */
export interface Claim {
  readonly kind: Kind;
  /** Within its game, from 1, in the order of inclusion. */
  readonly number: number;
  /** Number of the claim that it answers; 0 for the proposal. */
  readonly parent: number;
  /** The segment of the parent that it denies. */
  readonly segment: number;
  /** 0 for a refutation. */
  readonly level: number;
  readonly machine: Hex;
  readonly claimant: Hex;
  /** t(c), seconds since 1970. */
  readonly made: number;
  /** d(c), seconds. */
  readonly clock: number;
  /** d(parent of c), seconds. */
  readonly parentClock: number;
  /** The dissection's root; for a claim about a whole run `wholeCommitment`; zero for a refutation. */
  readonly commitment: Hex;
}

/** A claim with the place of its slot in the contract's pool. The place is no part of the record: it can change with a reorganisation. */
export interface Entry extends Claim {
  readonly place: number;
}

/** The struct `Claim`. */
export interface ClaimWords {
  readonly terms: bigint;
  readonly origin: bigint;
  readonly commitment: Hex;
}

const KIND_BITS: Readonly<Record<Kind, number>> = {
  move: 0,
  counter: FLAGS.counter.bit,
  delegation: FLAGS.delegated.bit,
  refutation: FLAGS.refutation.bit,
};

/** The commitment of a refutation, which has no dissection. */
export const NO_COMMITMENT: Hex = `0x${"0".repeat(64)}`;

const field = (value: bigint, at: number, bits: number): bigint => BigInt.asUintN(bits, value >> BigInt(at));
const small = (value: bigint, at: number, bits: number): number => Number(field(value, at, bits));
const put = (value: bigint | number, at: number): bigint => BigInt(value) << BigInt(at);

export const unpackProposal = (words: ProposalWords): Proposal => ({
  number: field(words.head, 216, 40),
  level: small(words.head, 208, 8),
  made: small(words.head, 168, 40),
  consumer: addressOf(words.head),
  proposer: addressOf(words.proposer),
  machine: addressOf(words.machine),
  context: words.context,
  start: words.start,
  output: words.output,
});

/** @param hint where `counter` looks first for a free place, 16 bits */
export const packProposal = (p: Proposal, hint = 0): ProposalWords => ({
  head: put(p.number, 216) | put(p.level, 208) | put(p.made, 168) | BigInt(p.consumer),
  proposer: put(hint, 240) | BigInt(p.proposer),
  machine: BigInt(p.machine),
  context: p.context,
  start: p.start,
  output: p.output,
});

/** The game's id: keccak256 of the proposal's six words. */
export function gameIdOf(proposal: Proposal): Hex {
  const { head, proposer, machine, context, start, output } = packProposal(proposal);
  return keccakWords(word(head), word(proposer), word(machine), context.slice(2), start.slice(2), output.slice(2));
}

/** The place of a game's slots. */
export const regionOf = (number: bigint): number => small(number, 16, 24);

/** Which game of its region it is, from 1. */
export const generationOf = (number: bigint): number => small(number, 0, 16);

/** @returns undefined if the words are no claim: then the log is not the contract's */
export function unpackClaim({ terms, origin, commitment }: ClaimWords): Entry | undefined {
  const flags = small(terms, 224, 4);
  const kind = (Object.keys(KIND_BITS) as Kind[]).find((name) => KIND_BITS[name] === flags);
  if (kind === undefined) return undefined;
  return {
    kind,
    number: small(origin, 184, 24),
    parent: small(origin, 160, 24),
    segment: small(terms, 232, 4),
    level: small(terms, 228, 4),
    machine: addressOf(terms),
    claimant: addressOf(origin),
    made: small(terms, 184, 40),
    clock: small(terms, 160, 24),
    parentClock: small(origin, 208, 24),
    commitment,
    place: small(origin, 232, 24),
  };
}

/** The record as a call brings it, for settlement. */
export const packClaim = (claim: Entry): ClaimWords => ({
  terms:
    put(claim.segment, 232) |
    put(claim.level, 228) |
    put(KIND_BITS[claim.kind], 224) |
    put(claim.made, 184) |
    put(claim.clock, 160) |
    BigInt(claim.machine),
  origin:
    put(claim.place, 232) |
    put(claim.parentClock, 208) |
    put(claim.number, 184) |
    put(claim.parent, 160) |
    BigInt(claim.claimant),
  commitment: claim.commitment,
});

/** A claim that is answered: beside its record what opens it. */
export interface Answered extends Entry {
  /** The dissection's root. */
  readonly root: Hex;
  /** The output that a claim about a whole run states. The calls that answer such a claim are named `…Whole`, and bring it. */
  readonly output: Hex | undefined;
}

/**
 * The record as a call brings it, to answer one segment.
 * @param hint where the contract looks first for a free place, 16 bits
 */
export function packAnswered(claim: Answered, segment: number, hint = 0): ClaimWords {
  const { terms, origin } = packClaim(claim);
  return { terms: put(hint, 240) | put(segment, 236) | terms, origin, commitment: claim.root };
}

/** What stands against a claim, as the parts of a settlement hand it on: segment (4 bits) ‖ number (24) of the answer ‖ its maker (160). */
export const packVerdict = (answer: { segment: number; number: number; by: Hex }): bigint =>
  put(answer.segment, 184) | put(answer.number, 160) | BigInt(answer.by);

/** The commitment of a claim about a whole run binds the output as well. */
export const wholeCommitment = (root: Hex, output: Hex): Hex => keccakWords(root.slice(2), output.slice(2));

/**
 * Names a claim and all that it answers up to the proposal. The same number, and even the same record, may stand for another
 * claim after a reorganisation, below other ancestors.
 * @param parent the parent's id; the game's for a counter
 */
export function claimIdOf(parent: Hex, claim: Claim): Hex {
  const { terms, origin, commitment } = packClaim({ ...claim, place: 0 });
  return keccakWords(parent.slice(2), word(terms), word(origin), commitment.slice(2));
}
