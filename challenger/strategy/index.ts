/** The public interface of `@elench/game`: how an honest party plays the dispute game. Pure: events of the contract in, calls of the contract out. */
export type { Hex } from "@elench/bytes/hex";
export { SEGMENTS } from "@elench/spec/game/game";
export { afterWaiting, deadlineOf, longestGame, type Times } from "./clock.ts";
export { type Disagreement, firstDisagreement } from "./disagreement.ts";
export { type Opening, open, type Points, rootOf } from "./dissection.ts";
export { honestMoves, type Judgements, type Move } from "./moves.ts";
export { defendsOwn, inOrder, nextDeadline } from "./order.ts";
export { type Part, type PartWords, packPart, partsOf } from "./parts.ts";
export { freePlaces, placeHints, regionHint } from "./places.ts";
export {
  type Answered,
  type Claim,
  type ClaimWords,
  type Entry,
  gameIdOf,
  generationOf,
  type Kind,
  type Proposal,
  type ProposalWords,
  packAnswered,
  packClaim,
  packProposal,
  packVerdict,
  regionOf,
  unpackClaim,
  unpackProposal,
  wholeCommitment,
} from "./record.ts";
export {
  concludedProposal,
  dueAt,
  dueSettlement,
  hasStake,
  payeesOf,
  pays,
  prepaymentsOf,
  type Settlement,
} from "./settlement.ts";
export { entriesOf, type Standing, standingOf, type Winner } from "./standing.ts";
export type { Run, TraceProvider } from "./trace-provider.ts";
export {
  emptyForest,
  extend,
  extensionOf,
  type Forest,
  type Game,
  type GameEvent,
  type GameStatus,
  type Node,
  nodeDeadline,
  proposalDeadline,
  runOf,
  segmentSteps,
} from "./tree.ts";
export { type Account, dueWithdrawal, stakeable } from "./withdrawals.ts";
