/** The public interface of `@elench/game`: how an honest party plays the dispute game. Pure: events of the contract in, calls of the contract out. */
export type { Hex } from "@elench/bytes/hex";
export { SEGMENTS } from "@elench/spec/game/game";
export { afterWaiting, deadlineOf, longestGame, type Times } from "./clock.ts";
export { type Disagreement, firstDisagreement } from "./disagreement.ts";
export { type Opening, open, type Points, rootOf } from "./dissection.ts";
export { type Claim, claimIdOf, type Deployment, gameIdOf, type Proposal } from "./identity.ts";
export { honestMoves, type Judgements, type Move } from "./moves.ts";
export { inOrder, nextDeadline } from "./order.ts";
export { dueResolutions, hasStake, nextResolution, type Resolution, worthResolving } from "./resolutions.ts";
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
  type Refutation,
  segmentSteps,
} from "./tree.ts";
export { type Account, dueWithdrawal } from "./withdrawals.ts";
