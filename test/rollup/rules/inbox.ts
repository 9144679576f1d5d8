/** The inbox holds all batches in a tree of records, and keeps roots that a proposal can name. */
import assert from "node:assert/strict";
import { type Hex, toHex } from "@elench/bytes/hex";
import { batchInput, recordOf } from "@elench/evm/batch/claim";
import { NO_HISTORY } from "@elench/evm/batch/history";
import { hexToBytes } from "@ethereumjs/util";
import { encodeFunctionData, zeroAddress } from "viem";
import { type BatchRecord, configHash, configOf, ordinary, recordHash } from "../../../evm/batch/record.ts";
import { RecordTree } from "../../../evm/batch/record-tree.ts";
import { seededRandom } from "../../../evm/trie/fixtures/random.ts";
import { inbox, type Rule } from "../rule.ts";
import { CHAIN_ID, CONFIG, filled, GENESIS, hashed, refused, type Stage } from "../stage.ts";

/** Places of the ring, as few as a test can go round; the deployed contract has 8,192. */
export const RING = 8;

const SIZES = [0, 1, 31, 32, 33, 127, 128, 129, 255, 256, 257, 511, 512, 513, 4095, 4096, 4097];

/** A batch's record, as the machines know it. */
function record(batch: Hex): BatchRecord {
  const previous = { number: 0n, stateRoot: new Uint8Array(32), history: NO_HISTORY };
  return recordOf(batchInput(ordinary(CHAIN_ID), previous, hexToBytes(batch)));
}

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;

const isKept = (stage: Stage, { number, count, root } = stage.kept): Promise<boolean> =>
  stage.readInbox("isKept", [number, count, root]);

/** Calls of the inbox, all in one block. */
async function inOneBlock(stage: Stage, names: readonly ("append" | "checkpoint")[]): Promise<void> {
  const { chain, contracts, addresses } = stage;
  await chain.request("evm_setAutomine", [false]);
  const hashes: Hex[] = [];
  for (const functionName of names) {
    const data = encodeFunctionData({
      abi: contracts.Inbox.abi,
      functionName,
      args: functionName === "append" ? ["0x02"] : [],
    });
    const call = { from: stage.stranger, to: addresses.inbox, data, gas: "0x100000" };
    hashes.push(await chain.request<Hex>("eth_sendTransaction", [call]));
  }
  stage.now += 1;
  await chain.request("evm_setNextBlockTimestamp", [stage.now]);
  await chain.request("evm_mine", []);
  await chain.request("evm_setAutomine", [true]);
  for (const hash of hashes) {
    const { status } = await chain.request<{ status: Hex }>("eth_getTransactionReceipt", [hash]);
    assert.equal(status, "0x1", "a call was refused");
  }
}

export const inboxRules: Rule[] = [
  {
    rule: "root and record are the machines', for batches of many sizes, after each append",
    async run(open) {
      const stage = await open();
      const random = seededRandom(5);
      const tree = new RecordTree();
      assert.equal(await stage.readInbox("config"), toHex(configHash(configOf(CHAIN_ID))));
      for (const size of SIZES) {
        const batch = toHex(Uint8Array.from({ length: size }, () => random(256)));
        await stage.appendBytes(batch);
        const known = record(batch);
        tree.append(recordHash(known));
        assert.equal(await stage.readInbox("root"), toHex(tree.root()), `${size} bytes`);
        const { root, kind, gas, time, ...rest } = stage.events.at(-1)!.args;
        assert.deepEqual({ root, kind, gas, time }, { root: toHex(known.root), kind: 0n, gas: 2n ** 27n, time: 0n });
        assert.deepEqual(rest, { index: BigInt(tree.count - 1), batch });
      }
      assert.equal(await stage.readInbox("count"), BigInt(SIZES.length));
    },
    without: inbox("node = Hashes.efficientKeccak256(_frontier[level++], node)", "level++"),
  },
  {
    rule: "zeros at the end of a batch change its record",
    async run(open) {
      const roots: Hex[] = [];
      for (const batch of ["0x01", "0x0100"] as const) {
        const stage = await open();
        await stage.appendBytes(batch);
        roots.push(await stage.readInbox("root"));
      }
      assert.notEqual(roots[0], roots[1]);
    },
    without: inbox("      size: batch.length\n", "      size: 0\n"),
  },
  {
    rule: "a checkpoint is kept from the next block on, under its number and count alone",
    async run(open) {
      const stage = await filled(open, 5);
      assert.equal(await isKept(stage), false);
      await stage.warp(12);
      assert.equal(await isKept(stage), true);
      for (const other of [{ number: 1n }, { count: 4 }, { count: 6 }, { root: GENESIS }])
        assert.equal(await isKept(stage, { ...stage.kept, ...other }), false);
    },
    without: inbox("return made != uint16(block.number) && kept", "return kept"),
  },
  {
    rule: "no other root and no other count is kept, however many bits they share with a kept one; an empty place keeps nothing",
    async run(open) {
      const stage = await filled(open, 5);
      await stage.warp(12);
      const { number, count, root } = stage.kept;
      const flipped = (bit: bigint): Hex => word(BigInt(root) ^ (1n << bit));
      for (let bit = 0n; bit < 256n; bit++)
        assert.equal(await isKept(stage, { number, count, root: flipped(bit) }), false, `bit ${bit} of the root`);
      for (let bit = 0n; bit < 256n; bit++) {
        const other = BigInt(count) ^ (1n << bit);
        assert.equal(await stage.readInbox("isKept", [number, other, root]), false, `bit ${bit} of the count`);
      }
      for (const [other, empty] of [
        [2n ** 32n, word(0n)],
        [0n, word(0n)],
        [BigInt(count), root],
      ] as const)
        assert.equal(await stage.readInbox("isKept", [77n, other, empty]), false, "an empty place");
    },
    without: inbox(
      "uint256 hash = uint256(Hashes.efficientKeccak256(root_, bytes32(count_)));",
      "uint256 hash = uint256(bytes32(bytes26(root_))) | (uint256(uint32(count_)) << 16);",
    ),
  },
  {
    rule: "a call that comes first makes no later one fail, and the newest root serves",
    async run(open) {
      const stage = await filled(open, 3);
      await inOneBlock(stage, ["append", "checkpoint", "append", "checkpoint", "checkpoint"]);
      assert.equal(await stage.readInbox("checkpoints"), 2n);
      // The stranger's root, of four batches, is kept; the fifth waits for the next block's.
      await stage.checkpoint();
      assert.deepEqual([stage.kept.number, stage.kept.count], [2n, 5]);
      await stage.propose({ first: 0, end: 5, previous: GENESIS }, hashed(5));
    },
    without: inbox(" || head.blockNumber == block.number", ""),
  },
  {
    rule: "without a new batch a checkpoint does nothing: an idle inbox's ring does not turn",
    async run(open) {
      const stage = await filled(open, 3);
      for (let i = 0; i < 2 * RING; i++) await stage.checkpoint(stage.stranger);
      assert.equal(await stage.readInbox("checkpoints"), 1n);
      assert.equal(await isKept(stage), true);
    },
    without: inbox("(head.count == head.keptCount || ", "(false || "),
  },
  {
    rule: "a kept root lives for as many checkpoints as the ring has places, and the newest opens all that the older ones did",
    async run(open) {
      const stage = await filled(open, 3);
      const first = stage.kept;
      for (let i = 1; i < RING; i++) {
        await stage.append(1);
        await stage.checkpoint(stage.stranger);
      }
      assert.equal(await isKept(stage, first), true);
      await stage.append(1);
      await stage.checkpoint(stage.stranger);
      await stage.warp(1);
      assert.equal(await isKept(stage, first), false);
      await stage.propose({ first: 0, end: 3, previous: GENESIS }, hashed(3));
    },
    without: inbox("_ring[number % RING] = _kept(", "_ring[number % (RING - 1)] = _kept("),
  },
  {
    rule: "a chain's config is checked",
    async run(open) {
      const { chain, contracts } = await open();
      const deploy = (change: object) => chain.deploy(contracts.Inbox, [zeroAddress, { ...CONFIG, ...change }]);
      await deploy({});
      for (const change of [
        { version: 0n },
        { version: 2n },
        { chainId: 0n },
        { chainId: 2n ** 64n },
        { blockGas: 0n },
        { blockGas: 2n ** 27n + 1n },
        { minimumFee: 1n },
        { target: 1n },
        { inertia: 1n },
        { transactionGas: 1n },
        { headGas: 1n },
        { vault: chain.accounts[0] },
      ])
        await refused("BadConfig", () => deploy(change));
    },
    without: inbox("if (feeRules != 0 || ", "if ("),
  },
];

/** Batches without a proposal, then spans from the final boundary to the head. */
export async function fallBehind(stage: Stage, count: number): Promise<void> {
  const tree = new RecordTree();
  const leaf = recordHash(record("0x01"));
  for (let i = 0; i < count; i++) tree.append(leaf);
  await stage.append(count);
  await stage.checkpoint();
  assert.equal(stage.kept.root, toHex(tree.root()));
  let previous = GENESIS;
  for (let first = 0; first < count; first += 4_096) {
    const end = Math.min(first + 4_096, count);
    await stage.carry({ first, end, previous }, hashed(end));
    previous = hashed(end);
  }
  await stage.warp(500);
  await stage.advance(100);
  assert.equal((await stage.counts()).final, count);
}
