/** Batches, contexts, outputs and histories equal what viem's encoder and merkletreejs compute from the same fields. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toBigInt } from "@elench/bytes/words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { bytesToHex, type PrefixedHexString, hexToBytes as toBytes } from "@ethereumjs/util";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { MerkleTree } from "merkletreejs";
import { encodeAbiParameters, encodePacked, type Hex, keccak256 } from "viem";
import type { Block } from "../structures/layout.ts";
import { seededRandom } from "../trie/fixtures/random.ts";
import { batchInput, contextOf, firstBlock, outputOf, startOf } from "./claim.ts";
import { type BatchBlock, decodeHeader, encodeBatch } from "./encoding.ts";
import { blockHash, historyIndex, historyTree, NO_HISTORY } from "./history.ts";
import { ordinary } from "./record.ts";
import { nextTurn } from "./turn.ts";

const random = seededRandom(41);
const hexToBytes = (hex: string): Uint8Array => toBytes(hex as PrefixedHexString);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));
/** A random number of the given size in bytes; sometimes the least or the greatest. */
function number(size: number): bigint {
  const kind = random(6);
  return kind === 0 ? 0n : kind === 1 ? 256n ** BigInt(size) - 1n : toBigInt(bytes(size));
}
const word = (value: bigint): Hex => encodeAbiParameters([{ type: "uint256" }], [value]);
/** keccak256 of the ABI's encoding of words. */
const hashOf = (...words: readonly (bigint | Uint8Array)[]): Hex =>
  keccak256(`0x${words.map((w) => (typeof w === "bigint" ? word(w) : bytesToHex(w)).slice(2)).join("")}`);

const randomBlock = (): BatchBlock => ({
  timestamp: number(8),
  gasLimit: number(8),
  baseFee: number(32),
  blobBaseFee: number(32),
  coinbase: number(20),
  prevRandao: number(32),
  transactions: Array.from({ length: random(4) }, () => bytes(random(200))),
});

const packed = (block: BatchBlock): Hex =>
  encodePacked(
    ["uint64", "uint64", "uint256", "uint256", "uint160", "uint256", "uint32"],
    [
      block.timestamp,
      block.gasLimit,
      block.baseFee,
      block.blobBaseFee,
      block.coinbase,
      block.prevRandao,
      block.transactions.length,
    ],
  );

test("blocks are packed as Solidity packs their fields, each transaction behind its length", () => {
  for (let i = 0; i < 50; i++) {
    const blocks = Array.from({ length: random(3) }, randomBlock);
    const expected = blocks
      .flatMap((block) => [
        packed(block),
        ...block.transactions.map((tx) => encodePacked(["uint32", "bytes"], [tx.length, bytesToHex(tx) as Hex])),
      ])
      .map((part) => part.slice(2));
    assert.equal(bytesToHex(encodeBatch(blocks)), `0x${expected.join("")}`);
  }
});

test("a header is read as it was packed", () => {
  for (let i = 0; i < 50; i++) {
    const block = randomBlock();
    const { transactions, ...fields } = block;
    assert.deepEqual(decodeHeader(hexToBytes(packed(block))), { ...fields, count: transactions.length });
  }
});

test("turns find the same blocks and transactions as a plain parser of the bytes", () => {
  for (let i = 0; i < 60; i++) {
    const whole = encodeBatch(Array.from({ length: 1 + random(3) }, randomBlock));
    const batch = random(2) === 0 ? whole : whole.subarray(0, random(whole.length + 1));
    assert.deepEqual(turns(batch), plainly(batch), bytesToHex(batch));
  }
});

/** Start and end of each transaction, according to the turns. */
function turns(batch: Uint8Array): readonly [number, number][] {
  const input = batchInput(ordinary(1n), { number: 7n, stateRoot: bytes(32), history: NO_HISTORY }, batch);
  const found: [number, number][] = [];
  let block: Block = firstBlock(input);
  for (;;) {
    const turn = nextTurn(block, (offset, length) => input.bytes.view(offset, length));
    if (turn.kind === "end") return found;
    if (turn.kind === "transaction") found.push([turn.start, turn.end]);
    block = turn.block;
  }
}

/** The same, parsed as docs/evm-machine.md specifies. */
function plainly(batch: Uint8Array): readonly [number, number][] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  const found: [number, number][] = [];
  let at = 0;
  while (at + 136 <= batch.length) {
    const count = view.getUint32(at + 132);
    at += 136;
    for (let i = 0; i < count; i++) {
      const end = at + 4 <= batch.length ? at + 4 + view.getUint32(at) : batch.length + 1;
      if (end > batch.length) return found;
      found.push([at + 4, end]);
      at = end;
    }
  }
  return found;
}

test("a batch takes 4,095 transactions, and ignores what follows", () => {
  const block = { ...randomBlock(), transactions: Array.from({ length: 4097 }, () => new Uint8Array(1)) };
  assert.equal(turns(encodeBatch([block, block])).length, 4095);
});

/** Root by merkletreejs; the number of leaves is a power of two. */
const rootOf = (leaves: readonly Uint8Array[]): string =>
  new MerkleTree(
    leaves.map((leaf) => Buffer.from(leaf)),
    (node: Buffer) => Buffer.from(keccak_256(node)),
  ).getHexRoot();

test("the history's root is that of merkletreejs over 256 hashes, each at its block's place", () => {
  const history = Array.from({ length: 256 }, () => bytes(32));
  assert.equal(bytesToHex(historyTree(history).root), rootOf(history));
  assert.equal(bytesToHex(historyTree(NO_HISTORY).root), rootOf(NO_HISTORY));
  for (const [block, place] of [
    [0n, 0],
    [255n, 255],
    [256n, 0],
    [2n ** 64n + 3n, 3],
  ] as const)
    assert.equal(historyIndex(block), place);
});

test("context, output, block hash and first state are keccak256 of their words", () => {
  for (let i = 0; i < 20; i++) {
    const data = bytes(random(600));
    const previous = { number: number(8), stateRoot: bytes(32), history: Array.from({ length: 256 }, () => bytes(32)) };
    const config = {
      version: number(4),
      chainId: number(6),
      blockGas: number(8),
      minimumFee: number(32),
      target: number(32),
      inertia: number(32),
      transactionGas: number(4),
      headGas: number(4),
      vault: number(20),
    };
    const declaration = { config, kind: number(1), gas: number(4), time: number(8), source: number(1) };
    const input = batchInput(declaration, previous, data);
    const output = hashOf(previous.number, previous.stateRoot, hexToBytes(rootOf(previous.history)));
    assert.equal(bytesToHex(outputOf(previous)), output);
    const rules = hashOf(
      ...[config.version, config.chainId, config.blockGas, config.minimumFee, config.target, config.inertia],
      ...[config.transactionGas, config.headGas, config.vault],
    );
    const record = hashOf(
      hexToBytes(rules),
      ...[declaration.kind, declaration.gas, declaration.time, declaration.source],
      ...[new PagedBytes(data).root, BigInt(data.length)],
    );
    const context = hashOf(hexToBytes(record), hexToBytes(output));
    assert.equal(bytesToHex(contextOf(input)), context);

    const empty = hexToBytes(keccak256(new Uint8Array(128)));
    const zeros = (count: number): bigint[] => new Array(count).fill(0n);
    // Phase 20 is START; memory and returned are those of no bytes; the task is the context.
    const words = [20n, ...zeros(5), empty, ...zeros(3), empty, ...zeros(3), hexToBytes(context)];
    assert.equal(words.length, 15);
    assert.equal(bytesToHex(startOf(input)), hashOf(...words));

    const { transactions: _, ...header } = randomBlock();
    const block: Block = {
      ...firstBlock(input),
      ...header,
      number: number(8),
      gasUsed: number(8),
      receipts: bytes(32),
      stateRoot: bytes(32),
    };
    const { timestamp, gasLimit, baseFee, blobBaseFee, coinbase, prevRandao, gasUsed, receipts, stateRoot } = block;
    assert.equal(
      bytesToHex(blockHash(block)),
      hashOf(
        block.number,
        timestamp,
        gasLimit,
        baseFee,
        blobBaseFee,
        coinbase,
        prevRandao,
        gasUsed,
        receipts,
        stateRoot,
      ),
    );
  }
});
