import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { dataRoot, type Hash, ListTree, zeroDataRoot, zeroListRoot } from "@elench/merkle/tree";
import { bytesToHex, concatBytes, equalsBytes, hexToBytes } from "@ethereumjs/util";
import type { Hex } from "viem";
import { Code } from "../../evm/structures/code.ts";
import { leftmost, open, put, rootOf, type Sparse, takeOut } from "../../evm/structures/sparse.ts";
import { build } from "./build.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

let harness: Deployed;
before(async () => {
  const contract = build(["contracts/test/EvmTreesHarness.sol"]).get("EvmTreesHarness");
  assert.ok(contract);
  harness = await (await startEvm()).deploy(contract);
});

const call = async (name: string, ...args: readonly unknown[]): Promise<unknown> =>
  (await harness.call(name, ...args.map((arg) => (arg instanceof Uint8Array ? bytesToHex(arg) : arg)))).value;

/** Numbers below `limit`, the same in every run. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const pick = seeded(3);
const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => pick(256));

/** [size, offset, length] at edges of leaves and of trees, and in between. */
const RANGES: [number, number, number][] = [
  [32, 0, 32],
  [128, 127, 1],
  [128, 0, 128],
  [160, 96, 64],
  [256, 128, 128],
  [384, 120, 16],
  [384, 256, 128],
  [1000, 1, 999],
  [1000, 640, 300],
  [4096, 2048, 2048],
  ...Array.from({ length: 20 }, (): [number, number, number] => {
    const size = 1 + pick(3000);
    const offset = pick(size);
    return [size, offset, 1 + pick(size - offset)];
  }),
];

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice();
  (copy[at] as number) ^= 1 << (at & 7);
  return copy;
};

describe("ranges of data trees", () => {
  it("are read as they are", async () => {
    for (const [size, offset, length] of RANGES) {
      const data = randomBytes(size);
      const tape = new PagedBytes(data).openRange(offset, length);
      const result = await call("read", tape, dataRoot(data), size, offset, length);
      assert.equal(result, bytesToHex(data.subarray(offset, offset + length)), `${[size, offset, length]}`);
    }
  });

  it("are not read from a tape with any bit changed, left out or added", async () => {
    const data = randomBytes(700);
    const tape = new PagedBytes(data).openRange(250, 140);
    const read = (changed: Uint8Array) => call("read", changed, dataRoot(data), 700, 250, 140);
    for (let at = 0; at < tape.length; at += 13) await assert.rejects(read(flipped(tape, at)), Reverted);
    await assert.rejects(read(tape.subarray(0, -1)), Reverted);
    await assert.rejects(read(concatBytes(tape, new Uint8Array(32))), Reverted);
  });

  it("are read by views, with zeros beyond their end, and nothing else in memory changes", async () => {
    const data = randomBytes(900);
    const tree = new PagedBytes(data);
    for (const [offset, length, from, wanted] of [
      [100, 300, 0, 300],
      [100, 300, 290, 50],
      [130, 7, 3, 2000],
      [0, 900, 899, 1],
      [700, 200, 200, 64],
      [700, 200, 10_000, 32],
      [5, 0, 0, 32],
      [5, 100, 50, 0],
    ] as const) {
      const window = { root: bytesToHex(tree.root), size: 900, offset, length };
      const inside = Math.max(0, Math.min(wanted, length - from));
      const expected = new Uint8Array(wanted);
      expected.set(data.subarray(offset + from, offset + from + inside));
      const tape = inside > 0 ? tree.openRange(offset + from, inside) : new Uint8Array(0);
      const result = (await call("readSlice", tape, window, from, wanted)) as readonly Hex[];
      assert.deepEqual(result, [
        bytesToHex(expected),
        bytesToHex(new TextEncoder().encode("before")),
        bytesToHex(new TextEncoder().encode("behindbefore")),
      ]);
    }
    const beyond = { root: bytesToHex(tree.root), size: 900, offset: 900, length: 0 };
    const [zeros] = (await call("readSlice", new Uint8Array(0), beyond, 2n ** 256n - 1n, 32)) as Hex[];
    assert.equal(zeros, bytesToHex(new Uint8Array(32)));
  });

  it("are overwritten, and nothing else of the tree changes", async () => {
    for (const [size, offset, length] of RANGES) {
      const data = randomBytes(size);
      const patch = randomBytes(length);
      const tape = new PagedBytes(data).openRange(offset, length);
      const changed = data.slice();
      changed.set(patch, offset);
      const result = await call("write", tape, dataRoot(data), size, offset, patch);
      assert.equal(result, bytesToHex(dataRoot(changed)), `${[size, offset, length]}`);
    }
  });

  it("are not overwritten where the tape opens another tree", async () => {
    const data = randomBytes(700);
    const tape = new PagedBytes(data).openRange(250, 32);
    for (let at = 0; at < tape.length; at += 13) {
      await assert.rejects(call("write", flipped(tape, at), dataRoot(data), 700, 250, new Uint8Array(32)), Reverted);
    }
  });

  it("are filled piece by piece, where they were zero", async () => {
    const data = randomBytes(2000);
    const partial = new Uint8Array(2000);
    let root = zeroDataRoot(4);
    for (const [offset, end] of [
      [0, 512],
      [512, 896],
      [896, 1920],
      [1920, 2000],
    ] as const) {
      const piece = data.subarray(offset, end);
      const tape = concatBytes(...new PagedBytes(partial.slice()).siblings(offset / 128, Math.ceil(end / 128)));
      root = hexToBytes((await call("fill", tape, root, 2000, offset, piece)) as Hex);
      partial.set(piece, offset);
      assert.deepEqual(root, dataRoot(partial));
    }
    const tape = concatBytes(...new PagedBytes(data).siblings(0, 1));
    await assert.rejects(call("fill", tape, root, 2000, 0, data.subarray(0, 128)), Reverted, "no zeros there");
  });

  it("are filled in list trees", async () => {
    const words = Array.from({ length: 11 }, () => randomBytes(32));
    let root = zeroListRoot(4);
    let tree = new ListTree([], 4);
    for (const [first, end] of [
      [0, 3],
      [3, 4],
      [4, 11],
    ] as const) {
      const piece = words.slice(first, end);
      const tape = concatBytes(...rangeSiblingsOf(tree, first, end));
      root = hexToBytes(
        (await call(
          "fillList",
          tape,
          root,
          4,
          first,
          piece.map((word) => bytesToHex(word)),
        )) as Hex,
      );
      for (const [i, word] of piece.entries()) tree = tree.with(first + i, word);
      assert.deepEqual(root, tree.root);
    }
  });

  it("have their root worked out from all of their bytes", async () => {
    for (const size of [0, 1, 32, 128, 129, 256, 300, 640, 2000]) {
      const data = randomBytes(size);
      assert.equal(await call("rootOf", data), bytesToHex(dataRoot(data)), `${size} bytes`);
    }
  });
});

/** From the text of the specification: at each level, the sibling of the first node if it is a right one, of the last if it is a left one. */
function rangeSiblingsOf(tree: ListTree, first: number, end: number): Hash[] {
  const siblings: Hash[] = [];
  let [a, z] = [first, end - 1];
  for (let height = 0; height < tree.depth; height++) {
    if (a % 2 === 1) siblings.push(tree.node(height, a - 1));
    if (z % 2 === 0) siblings.push(tree.node(height, z + 1));
    [a, z] = [a >> 1, z >> 1];
  }
  return siblings;
}

describe("ranges of code", () => {
  it("are read with zeros beyond the end, and from no changed tape", async () => {
    const code = new Code(randomBytes(700).fill(0x7f, 120, 128));
    const read = (tape: Uint8Array, from: bigint, length: number) =>
      call("readCode", tape, code.root, code.size, from, length);
    for (const [from, length] of [
      [0, 700],
      [100, 20],
      [100, 60],
      [128, 128],
      [120, 264],
      [690, 100],
      [700, 32],
      [10, 0],
    ] as const) {
      const inside = Math.min(length, 700 - from);
      const expected = new Uint8Array(length);
      expected.set(code.bytes.subarray(from, from + inside));
      const tape = code.openRange(from, inside);
      assert.equal(await read(tape, BigInt(from), length), bytesToHex(expected), `${length} bytes from ${from}`);
      for (let at = 0; at < tape.length; at += 43) {
        await assert.rejects(read(flipped(tape, at), BigInt(from), length), Reverted);
      }
    }
    assert.equal(await read(new Uint8Array(0), 2n ** 256n - 1n, 2), "0x0000");
  });
});

describe("sparse trees", () => {
  /** Keys that differ early, late, and in the last byte only. */
  const keys = [
    ...Array.from({ length: 12 }, () => randomBytes(32)),
    new Uint8Array(32),
    flipped(new Uint8Array(32), 31),
    new Uint8Array(32).fill(0xff),
  ];
  const near = keys[0]!.slice();
  near[4]! ^= 1;
  keys.push(near);
  const wordsOf = (value: bigint) => [value];
  const grow = (from: readonly Uint8Array[]): Sparse<bigint> =>
    from.reduce<Sparse<bigint>>((tree, key, i) => put(tree, key, BigInt(i + 1), wordsOf), null);
  const absent = [
    ...Array.from({ length: 8 }, () => randomBytes(32)),
    near.map((byte, i) => (i === 6 ? byte ^ 4 : byte)),
  ];

  it("open the records that they hold, and show that others are absent", async () => {
    for (const count of [0, 1, 2, keys.length]) {
      const tree = grow(keys.slice(0, count));
      for (const [i, key] of keys.slice(0, count).entries()) {
        assert.deepEqual(await call("open", open(tree, key), rootOf(tree), key), [true, BigInt(i + 1)]);
      }
      for (const key of absent) {
        assert.deepEqual(await call("open", open(tree, key), rootOf(tree), key), [false, 0n]);
      }
    }
  });

  it("do not open from a tape with any bit changed", async () => {
    const tree = grow(keys);
    for (const key of [keys[0]!, near, absent[0]!, absent[8]!]) {
      const tape = open(tree, key);
      for (let at = 0; at < tape.length; at += at < 40 ? 1 : 37) {
        await assert.rejects(call("open", flipped(tape, at), rootOf(tree), key), Reverted, `byte ${at}`);
      }
    }
  });

  it("do not show a record as absent by another leaf", async () => {
    const tree = grow(keys.slice(0, 6));
    const key = keys[2]!;
    for (const other of keys.slice(0, 6)) {
      const tape = open(tree, other);
      const depth = tape[1] as number;
      // The opening of the other record, given as a neighbour's.
      const asNeighbour = concatBytes(
        Uint8Array.of(2, depth),
        other,
        hashWords([BigInt(keys.indexOf(other) + 1)]),
        tape.subarray(34),
      );
      await assert.rejects(call("open", asNeighbour, rootOf(tree), key), Reverted);
    }
  });

  it("have records put in, changed, and changed again by one opening", async () => {
    for (const count of [0, 1, 2, keys.length]) {
      const tree = grow(keys.slice(0, count));
      for (const key of [...keys.slice(0, count), ...absent]) {
        const expected = [77n, 78n].map((value) => bytesToHex(rootOf(put(tree, key, value, wordsOf))));
        assert.deepEqual(await call("put", open(tree, key), rootOf(tree), key, 77n, 78n), expected);
      }
    }
    // From a single record at the lowest key to one that differs in the last byte: 248 nodes with one side.
    const [low, next] = [keys[12]!, keys[13]!];
    const tree = put<bigint>(null, low, 1n, wordsOf);
    const expected = [5n, 6n].map((value) => bytesToHex(rootOf(put(tree, next, value, wordsOf))));
    assert.deepEqual(await call("put", open(tree, next), rootOf(tree), next, 5n, 6n), expected);
  });

  it("are emptied in the order of their keys, and in no other", async () => {
    let tree = grow(keys);
    const order = [...keys].sort((a, b) => (bytesToHex(a) < bytesToHex(b) ? -1 : 1));
    for (const key of order) {
      const first = leftmost(tree);
      assert.ok(first);
      const other = order.at(-1) as Uint8Array;
      if (!equalsBytes(key, other)) {
        await assert.rejects(call("takeOut", concatBytes(other, open(tree, other)), rootOf(tree)), Reverted);
      }
      const tape = concatBytes(key, open(tree, key));
      const left = takeOut(tree, key);
      assert.deepEqual(await call("takeOut", tape, rootOf(tree)), [
        bytesToHex(key),
        first.record,
        bytesToHex(rootOf(left)),
      ]);
      tree = left;
    }
    assert.equal(tree, null);
  });

  it("do not take out a record that is not there", async () => {
    const tree = grow(keys.slice(0, 5));
    const key = new Uint8Array(32);
    await assert.rejects(call("takeOut", concatBytes(key, open(tree, key)), rootOf(tree)), Reverted);
  });
});
