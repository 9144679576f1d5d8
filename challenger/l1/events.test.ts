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

const concluded: ChainLog = {
  address: disputeGame,
  topics: encodeEventTopics({ abi: disputeGameAbi, eventName: "Concluded", args: { number: 7n } }) as Hex[],
  data: encodeAbiParameters([{ type: "uint8" }, { type: "bytes32" }, { type: "uint256" }], [2, hash(1), 3n]),
  blockNumber: 5n,
  blockHash: hash(5),
  logIndex: 3,
  transactionHash: hash(9),
};

const event = { eventName: "Concluded", args: { number: 7n, status: 2, output: hash(1), claims: 3n }, block: 5n };

test("a log that is no event of its contract is told of, and keeps no other from being read", () => {
  const { game, unreadable } = decodeLogs(deployment, [
    { ...concluded, data: concluded.data.slice(0, -2) as Hex },
    { ...concluded, address: inferenceOracle },
    { ...concluded, topics: [] },
    { ...concluded, address: address(3) },
    concluded,
  ]);
  assert.deepEqual(game, [event]);
  assert.equal(unreadable.length, 3);
  for (const words of unreadable) assert.match(words, /^log 3 of block 5, of 0x0+[12]: ./);
});

test("what the game tells of accounts is no event of a game", () => {
  const topics = encodeEventTopics({
    abi: disputeGameAbi,
    eventName: "Credited",
    args: { account: address(4) },
  }) as Hex[];
  const credited = { ...concluded, topics, data: encodeAbiParameters([{ type: "uint256" }], [1n]) };
  assert.deepEqual(decodeLogs(deployment, [credited, concluded]).game, [event]);
});
