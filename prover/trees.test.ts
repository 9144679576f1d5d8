import assert from "node:assert/strict";
import { test } from "node:test";
import { climb, dataRoot, keccak256 } from "@elench/merkle/tree";
import { stepperBackend } from "../ml-vm/stepper/fixtures/backend.ts";
import { scalarOperation } from "./scalar.ts";
import { TreeCache } from "./trees.ts";

const tensor = (fill: number, length = 1000): Uint8Array => Uint8Array.from({ length }, (_, i) => (fill + i) & 0xff);

/** Two trees of 1,000 bytes fit: eight leaves, 64 bytes a leaf. */
const cacheOfTwo = (): TreeCache => new TreeCache(stepperBackend(scalarOperation), 1024);

test("roots and paths equal those of the plain tree, for every size around a leaf", () => {
  for (const length of [1, 127, 128, 129, 255, 256, 257, 1000]) {
    const bytes = tensor(3, length);
    const content = cacheOfTwo().content(bytes);
    assert.deepEqual(content.root, dataRoot(bytes));
    for (let leaf = 0; leaf * 128 < length; leaf++) {
      assert.deepEqual(climb(keccak256(content.leaf(leaf)), leaf, content.path(leaf)), content.root);
    }
  }
});

test("an evicted tree is hashed again for a path, but never for its root", () => {
  const trees = cacheOfTwo();
  const [a, b, c] = [tensor(1), tensor(2), tensor(3)].map((bytes) => trees.content(bytes));
  assert.ok(a && b && c);
  const roots = [a.root, b.root];
  a.path(0);
  assert.equal(trees.stats.trees, 2, "both fit");
  c.path(0);
  assert.equal(trees.stats.trees, 3);
  a.path(7);
  assert.equal(trees.stats.trees, 3, "the one used last is kept");
  assert.deepEqual([a.root, b.root], roots);
  assert.equal(trees.stats.trees, 3, "roots are known");
  assert.deepEqual(climb(keccak256(b.leaf(5)), 5, b.path(5)), b.root);
  assert.equal(trees.stats.trees, 4, "the least recently used one was evicted");
});

test("a root known in advance costs no hashing", () => {
  const trees = cacheOfTwo();
  const bytes = tensor(9);
  assert.deepEqual(trees.content(bytes, dataRoot(bytes)).root, dataRoot(bytes));
  assert.equal(trees.stats.trees, 0);
});
