import { concat } from "@elench/bytes/concat";
import { equalBytes, isZero, type Word, wordBytes } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { type Hash, hashPair, keccak256 } from "@elench/merkle/tree";

/**
 * Sparse Merkle trees with lifted leaves (docs/evm-machine.md, "Sparse trees"), as persistent values: a change creates a new tree that shares the unchanged nodes, so keeping old trees is
 * free. Hashes are computed on demand, once.
 */
export type Sparse<R> = null | Leaf<R> | Node<R>;

interface Leaf<R> {
  readonly key: Hash;
  readonly record: R;
  readonly words: (record: R) => readonly Word[];
  hash: Hash | undefined;
}

interface Node<R> {
  readonly left: Sparse<R>;
  readonly right: Sparse<R>;
  hash: Hash | undefined;
}

const ZERO = new Uint8Array(32);
const ONE = wordBytes(1);
/** On the tape: what the path of a key ends at. */
const KIND = { nothing: 0, record: 1, other: 2 } as const;

const isLeaf = <R>(tree: Leaf<R> | Node<R>): tree is Leaf<R> => "key" in tree;

const bit = (key: Hash, i: number): number => ((key[i >> 3] as number) >> (7 - (i & 7))) & 1;

export function rootOf<R>(tree: Sparse<R>): Hash {
  if (tree === null) return ZERO;
  tree.hash ??= isLeaf(tree)
    ? keccak256(concat(tree.key, hashWords(tree.words(tree.record)), ONE))
    : pairRoot(rootOf(tree.left), rootOf(tree.right));
  return tree.hash;
}

/** Removing records can leave a node with two empty sides: its root is then 0, like the empty tree's. */
const pairRoot = (left: Hash, right: Hash): Hash => (isZero(left) && isZero(right) ? ZERO : hashPair(left, right));

function find<R>(tree: Sparse<R>, key: Hash): { at: Sparse<R>; siblings: Sparse<R>[] } {
  const siblings: Sparse<R>[] = [];
  let at = tree;
  for (let i = 0; at !== null && !isLeaf(at); i++) {
    const right = bit(key, i) === 1;
    siblings.push(right ? at.left : at.right);
    at = right ? at.right : at.left;
  }
  return { at, siblings };
}

export function get<R>(tree: Sparse<R>, key: Hash): R | undefined {
  let at = tree;
  for (let i = 0; at !== null; i++) {
    if (isLeaf(at)) return equalBytes(at.key, key) ? at.record : undefined;
    at = bit(key, i) === 1 ? at.right : at.left;
  }
  return undefined;
}

/** Opens a key: proves its record, or its absence. */
export function open<R>(tree: Sparse<R>, key: Hash): Uint8Array {
  const { at, siblings } = find(tree, key);
  const path = siblings.reverse().map(rootOf);
  if (at === null) return concat(Uint8Array.of(KIND.nothing, path.length), ...path);
  const leaf = at as Leaf<R>;
  const words = leaf.words(leaf.record);
  return equalBytes(leaf.key, key)
    ? concat(Uint8Array.of(KIND.record, path.length), ...words.map(wordBytes), ...path)
    : concat(Uint8Array.of(KIND.other, path.length), leaf.key, hashWords(words), ...path);
}

/** Sets the record at a key. @param words the words that the record is hashed as. */
export function put<R>(tree: Sparse<R>, key: Hash, record: R, words: (record: R) => readonly Word[], i = 0): Sparse<R> {
  if (tree === null) return { key, record, words, hash: undefined };
  if (isLeaf(tree)) {
    if (equalBytes(tree.key, key)) return { key, record, words, hash: undefined };
    return bit(tree.key, i) === 1
      ? put({ left: null, right: tree, hash: undefined }, key, record, words, i)
      : put({ left: tree, right: null, hash: undefined }, key, record, words, i);
  }
  return bit(key, i) === 1
    ? { left: tree.left, right: put(tree.right, key, record, words, i + 1), hash: undefined }
    : { left: put(tree.left, key, record, words, i + 1), right: tree.right, hash: undefined };
}

/** The record with the lowest key, and its key. */
export function leftmost<R>(tree: Sparse<R>): { key: Hash; record: R } | undefined {
  let at = tree;
  while (at !== null && !isLeaf(at)) at = at.left ?? at.right;
  return at ?? undefined;
}

/** Removes a record; the other leaves keep their places. */
export function takeOut<R>(tree: Sparse<R>, key: Hash, i = 0): Sparse<R> {
  if (tree === null || isLeaf(tree)) return null;
  const [left, right] =
    bit(key, i) === 1 ? [tree.left, takeOut(tree.right, key, i + 1)] : [takeOut(tree.left, key, i + 1), tree.right];
  return left === null && right === null ? null : { left, right, hash: undefined };
}
