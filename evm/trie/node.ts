import { ElenchError } from "@elench/errors/elench-error";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import { RLP } from "@ethereumjs/rlp";
import { compactPath, expandPath } from "./path.ts";

/** Nodes of a Merkle-Patricia trie and their RLP (Yellow Paper, appendix D). */
export type TrieNode = Leaf | Extension | Branch;

export interface Leaf {
  readonly kind: "leaf";
  /** Nibbles from here to the end of the key. */
  readonly path: Uint8Array;
  readonly value: Uint8Array;
}

export interface Extension {
  readonly kind: "extension";
  /** At least one nibble. */
  readonly path: Uint8Array;
  /** Children of a branch. */
  readonly child: Reference;
}

export interface Branch {
  readonly kind: "branch";
  /** Sixteen children, by the next nibble. */
  readonly children: readonly (Reference | null)[];
  /** Value of the key that ends here. */
  readonly value: Uint8Array | null;
}

/** Reference to a node: the keccak256 of its RLP, or the node itself if its RLP is shorter than 32 bytes. */
export type Reference = Uint8Array | TrieNode;

/** RLP of the node with this keccak256. */
export type NodeSource = (hash: Uint8Array) => Uint8Array;

/** Root of the trie without entries: keccak256(0x80). */
export const EMPTY_TRIE_ROOT: Uint8Array = keccak256(Uint8Array.of(0x80));

export const isEmptyRoot = (root: Uint8Array): boolean => root.every((byte, i) => byte === EMPTY_TRIE_ROOT[i]);

type Item = Uint8Array | Item[];

export const encodeNode = (node: TrieNode): Uint8Array => RLP.encode(itemOf(node));

function itemOf(node: TrieNode): Item {
  if (node.kind === "leaf") return [compactPath(node.path, true), node.value];
  if (node.kind === "extension") return [compactPath(node.path, false), referenceItem(node.child)];
  return [...node.children.map(referenceItem), node.value ?? NOTHING];
}

const NOTHING = new Uint8Array();

const referenceItem = (reference: Reference | null): Item =>
  reference === null ? NOTHING : reference instanceof Uint8Array ? reference : itemOf(reference);

/** @throws MalformedNode if the bytes do not encode a node. */
export const decodeNode = (rlp: Uint8Array): TrieNode => nodeOf(RLP.decode(rlp) as Item);

function nodeOf(item: Item): TrieNode {
  if (item.length === 2) {
    const [compact, content] = item as [Item, Item];
    const { path, leaf } = expandPath(bytesItem(compact));
    if (leaf) return { kind: "leaf", path, value: bytesItem(content) };
    const child = referenceOf(content);
    if (child !== null && path.length > 0) return { kind: "extension", path, child };
  } else if (item.length === 17 && !(item instanceof Uint8Array)) {
    const value = bytesItem(item[16] as Item);
    return {
      kind: "branch",
      children: item.slice(0, 16).map(referenceOf),
      value: value.length === 0 ? null : value,
    };
  }
  throw malformed();
}

function referenceOf(item: Item): Reference | null {
  if (!(item instanceof Uint8Array)) return nodeOf(item);
  if (item.length === 0) return null;
  if (item.length === 32) return item;
  throw malformed();
}

function bytesItem(item: Item): Uint8Array {
  if (item instanceof Uint8Array) return item;
  throw malformed();
}

/** Bytes do not encode a trie node. */
export class MalformedNode extends ElenchError {
  override readonly name = "MalformedNode";
  override readonly kind = "input";
}

const malformed = (): MalformedNode =>
  new MalformedNode("a trie node must be the RLP of [path, value], [path, child] or sixteen children and a value");
