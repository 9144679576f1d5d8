/** The inbox's tree, against a list tree over the same leaves: roots after any number of appends, and paths under each of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { climb, type Hash, ListTree } from "@elench/merkle/tree";
import { seededRandom } from "../trie/fixtures/random.ts";
import { RecordTree } from "./record-tree.ts";

const DEPTH = 32;
const random = seededRandom(68);
const hash = (): Hash => Uint8Array.from({ length: 32 }, () => random(256));

function treeOf(leaves: readonly Hash[]): RecordTree {
  const tree = new RecordTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

test("the root after any number of appends is that of the list tree over as many leaves", () => {
  const leaves = Array.from({ length: 67 }, hash);
  const tree = treeOf(leaves);
  for (let count = 0; count <= leaves.length; count++)
    assert.deepEqual(tree.root(count), new ListTree(leaves.slice(0, count), DEPTH).root, `${count} leaves`);
  assert.deepEqual(tree.root(), tree.root(leaves.length));
});

test("a record opens under every root from its own append on, as in the list tree", () => {
  const leaves = Array.from({ length: 37 }, hash);
  const tree = treeOf(leaves);
  for (let count = 1; count <= leaves.length; count++) {
    const list = new ListTree(leaves.slice(0, count), DEPTH);
    for (let index = 0; index < count; index++) {
      const path = tree.open(index, count);
      assert.deepEqual(path, list.path(index), `leaf ${index} of ${count}`);
      assert.deepEqual(climb(leaves[index] as Hash, index, path), tree.root(count));
    }
  }
});

test("after a reorganisation the tree is that of the leaves that stayed, and grows on from there", () => {
  const leaves = Array.from({ length: 70 }, hash);
  for (const kept of [0, 1, 31, 32, 33, 63, 64, 65, 69, 70, 71]) {
    const tree = treeOf(leaves);
    tree.truncate(kept);
    const now = leaves.slice(0, kept);
    assert.equal(tree.count, now.length);
    assert.deepEqual(tree.root(), new ListTree(now, DEPTH).root, `${kept} kept`);
    for (let i = 0; i < 5; i++) {
      now.push(hash());
      tree.append(now.at(-1) as Hash);
    }
    const list = new ListTree(now, DEPTH);
    assert.deepEqual(tree.root(), list.root);
    for (const [index, leaf] of now.entries()) {
      assert.deepEqual(tree.leaf(index), leaf);
      assert.deepEqual(tree.open(index), list.path(index));
    }
  }
});

test("what the tree does not have is not opened", () => {
  const tree = treeOf([hash(), hash()]);
  assert.throws(() => tree.root(3), /has 2 records; 3 were asked for/);
  assert.throws(() => tree.open(2), /record 2 is not among the first 2/);
  assert.throws(() => tree.open(1, 1), /record 1 is not among the first 1/);
  assert.throws(() => tree.leaf(2), /record 2/);
});
