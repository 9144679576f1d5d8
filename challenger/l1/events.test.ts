import assert from "node:assert/strict";
import { test } from "node:test";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Deployment } from "@elench/deploy/deployment";
import { type Address, encodeAbiParameters, encodeEventTopics, type Hex } from "viem";
import { decodeLogs } from "./events.ts";
import type { ChainLog } from "./follower.ts";

/** What logs are taken for. */

const address = (i: number): Address => `0x${i.toString(16).padStart(40, "0")}`;
const hash = (i: number): Hex => `0x${i.toString(16).padStart(64, "0")}`;
const [disputeGame, inferenceOracle] = [address(1), address(2)];
const deployment = { disputeGame, inferenceOracle } as Deployment;

const voided: ChainLog = {
  address: disputeGame,
  topics: encodeEventTopics({ abi: disputeGameAbi, eventName: "Voided", args: { game: hash(7) } }) as Hex[],
  data: "0x",
  blockNumber: 5n,
  blockHash: hash(5),
  logIndex: 3,
  transactionHash: hash(9),
};

test("a log that is no event of its contract is told of, and keeps no other from being read", () => {
  const concluded = encodeEventTopics({
    abi: disputeGameAbi,
    eventName: "Concluded",
    args: { game: hash(7) },
  }) as Hex[];
  const whole = encodeAbiParameters([{ type: "uint8" }, { type: "bytes32" }], [2, hash(1)]);
  const { game, unreadable } = decodeLogs(deployment, [
    { ...voided, topics: concluded, data: whole.slice(0, -2) as Hex },
    { ...voided, address: inferenceOracle },
    { ...voided, topics: [] },
    { ...voided, address: address(3) },
    voided,
  ]);
  assert.deepEqual(game, [{ eventName: "Voided", args: { game: hash(7) } }]);
  assert.equal(unreadable.length, 3);
  for (const words of unreadable) assert.match(words, /^log 3 of block 5, of 0x0+[12]: ./);
});
