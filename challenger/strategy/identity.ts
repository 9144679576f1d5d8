import type { Hex } from "@elench/bytes/hex";
import { addressWord, keccakWords, word } from "./words.ts";

/** The struct `Proposal` of `contracts/game/IDisputeGame.sol`. */
export type Proposal = {
  consumer: Hex;
  proposer: Hex;
  number: bigint;
  machine: Hex;
  context: Hex;
  start: Hex;
  level: number;
  output: Hex;
};

/** The struct `Claim` of `contracts/game/IDisputeGame.sol`. */
export type Claim = {
  game: Hex;
  parent: Hex;
  segment: number;
  machine: Hex;
  level: number;
  delegated: boolean;
  end: Hex;
  root: Hex;
};

/** Chain id and address of the contract: part of every game's id. */
export type Deployment = { chainId: bigint; address: Hex };

/** keccak256 of ten words: chain, contract, and the proposal's fields in order. */
export const gameIdOf = (deployment: Deployment, p: Proposal): Hex =>
  keccakWords(
    word(deployment.chainId),
    addressWord(deployment.address),
    addressWord(p.consumer),
    addressWord(p.proposer),
    word(p.number),
    addressWord(p.machine),
    p.context.slice(2),
    p.start.slice(2),
    word(p.level),
    p.output.slice(2),
  );

/** keccak256 of eight words: the claim's fields in order. */
export const claimIdOf = (c: Claim): Hex =>
  keccakWords(
    c.game.slice(2),
    c.parent.slice(2),
    word(c.segment),
    addressWord(c.machine),
    word(c.level),
    word(c.delegated ? 1 : 0),
    c.end.slice(2),
    c.root.slice(2),
  );
