import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import { createMPT } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { type TrieEntry, trieEntries } from "./fixtures/entries.ts";
import { randomUpdates, seededRandom } from "./fixtures/random.ts";
import { buildTrie, NodeStore } from "./fixtures/store.ts";
import { trieGet } from "./get.ts";
import { decodeNode, EMPTY_TRIE_ROOT, type NodeSource } from "./node.ts";
import { compactPath, nibblesOf } from "./path.ts";
import { encodeProof } from "./proof.ts";
import { trieUpdate } from "./update.ts";

const text = (characters: string): Uint8Array => new TextEncoder().encode(characters);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const fromHex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const entry = (key: string, value: string): TrieEntry => ({ key: fromHex(key), value: text(value) });

/** A source that has only the nodes of a proof. */
function sourceOf(proof: readonly Uint8Array[]): NodeSource {
  const store = new NodeStore();
  store.add(proof.map((rlp) => ({ hash: keccak256(rlp), rlp })));
  return store.source;
}

/** The further down keys diverge, the shorter the leaves, and the more nodes are embedded in their parents. */
for (const [keyBytes, parting] of [
  [2, 4],
  [32, 64],
  [32, 12],
  [32, 3],
] as const) {
  test(`random updates of ${keyBytes}-byte keys that differ in ${parting} nibbles give the roots of @ethereumjs/mpt`, async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const options = { keyBytes, parting, keys: 8 * seed ** 2, deletions: 45 };
      const updates = randomUpdates(seededRandom(seed), options);
      const reference = await createMPT();
      const store = new NodeStore();
      let root = EMPTY_TRIE_ROOT;
      const entries = new Map<string, string>();
      for (const { key, value } of updates.take(200)) {
        await (value === null ? reference.del(key) : reference.put(key, value));
        const { root: updated, proof, written } = trieUpdate(root, key, value, store.source);
        assert.equal(hex(updated), hex(reference.root()), `seed ${seed}, key ${hex(key)}`);
        // The proof alone suffices, and so do the written nodes.
        assert.equal(hex(trieUpdate(root, key, value, sourceOf(proof)).root), hex(updated));
        store.add(written);
        root = updated;
        if (value === null) entries.delete(hex(key));
        else entries.set(hex(key), hex(value));
        const { value: got, proof: path } = trieGet(root, key, store.source);
        assert.deepEqual(got, value);
        assert.deepEqual(trieGet(root, key, sourceOf(path)), { value, proof: path });
      }
      const listed = [...trieEntries(root, store.source)].map(({ key, value }) => [hex(key), hex(value)]);
      assert.deepEqual(listed, [...entries].sort());
    }
  });
}

/** The root by its definition (Yellow Paper, appendix D), from all entries: c is the structure of a node, n its reference. */
function definedRoot(entries: readonly [path: Uint8Array, value: Uint8Array][]): Uint8Array {
  type Item = Uint8Array | Item[];
  type Entries = typeof entries;
  const n = (some: Entries, at: number): Item => {
    if (some.length === 0) return new Uint8Array();
    const node = c(some, at);
    const rlp = RLP.encode(node);
    return rlp.length < 32 ? node : keccak256(rlp);
  };
  const c = (some: Entries, at: number): Item => {
    const [path, value] = some[0]!;
    if (some.length === 1) return [compactPath(path.subarray(at), true), value];
    let end = at;
    while (some.every(([other]) => other.length > end && other[end] === path[end])) end++;
    if (end > at) return [compactPath(path.subarray(at, end), false), n(some, end)];
    const children = Array.from({ length: 16 }, (_, slot) =>
      n(
        some.filter(([other]) => other[at] === slot),
        at + 1,
      ),
    );
    return [...children, some.find(([other]) => other.length === at)?.[1] ?? new Uint8Array()];
  };
  return entries.length === 0 ? EMPTY_TRIE_ROOT : keccak256(RLP.encode(c(entries, 0)));
}

// Compared with the definition, because @ethereumjs/mpt 10.1.3 gives wrong roots after deletions among such keys.
test("keys of different lengths", () => {
  const random = seededRandom(3);
  const entries = new Map<string, Uint8Array>();
  const store = new NodeStore();
  let root = EMPTY_TRIE_ROOT;
  for (let round = 0; round < 1000; round++) {
    // Keys over two letters are often prefixes of one another.
    const key = Uint8Array.from({ length: random(5) }, () => 0x11 + 0x10 * random(2));
    const value = random(2) === 0 ? null : Uint8Array.from({ length: 1 + random(40) }, () => 1 + random(255));
    root = store.update(root, key, value);
    if (value === null) entries.delete(hex(key));
    else entries.set(hex(key), value);
    const defined = definedRoot([...entries].map(([digits, content]) => [nibblesOf(fromHex(digits)), content]));
    assert.equal(hex(root), hex(defined), `round ${round}`);
    assert.deepEqual(trieGet(root, key, store.source).value, value);
  }
});

test("a trie without entries has the root keccak256(0x80) and needs no proof", () => {
  assert.equal(hex(EMPTY_TRIE_ROOT), "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
  const nothing = sourceOf([]);
  assert.deepEqual(trieGet(EMPTY_TRIE_ROOT, text("key"), nothing), { value: null, proof: [] });
  assert.deepEqual(trieUpdate(EMPTY_TRIE_ROOT, text("key"), null, nothing), {
    root: EMPTY_TRIE_ROOT,
    written: [],
    proof: [],
  });
  const { root, proof, written } = trieUpdate(EMPTY_TRIE_ROOT, text("key"), text("v"), nothing);
  assert.deepEqual(proof, []);
  // A root node is hashed however short it is.
  assert.deepEqual(
    written.map(({ hash, rlp }) => [hash, rlp.length]),
    [[root, 7]],
  );
  assert.deepEqual(trieUpdate(root, text("key"), null, sourceOf([written[0]!.rlp])).root, EMPTY_TRIE_ROOT);
});

test("an update with no bytes deletes", () => {
  const { root, store } = buildTrie([entry("11", "one"), entry("12", "two")]);
  assert.deepEqual(store.update(root, fromHex("12"), new Uint8Array()), store.update(root, fromHex("12"), null));
});

test("the order of insertion does not matter", () => {
  const entries = [entry("1111", "a"), entry("1112", "b"), entry("2111", "c"), entry("1122", "d")];
  assert.deepEqual(buildTrie(entries).root, buildTrie(entries.toReversed()).root);
});

test("a deletion that leaves a branch with one child opens that child, if it is referenced by hash", () => {
  const long = "a value that is too long to stand within its parent";
  const { root, store } = buildTrie([entry("11", long), entry("21", long)]);
  const kinds = (value: Uint8Array | null): string[] =>
    trieUpdate(root, fromHex("11"), value, store.source).proof.map((rlp) => decodeNode(rlp).kind);
  assert.deepEqual(kinds(text("other")), ["branch", "leaf"]);
  assert.deepEqual(kinds(null), ["branch", "leaf", "leaf"]);
});

test("the error names a missing node", () => {
  assert.throws(() => trieGet(keccak256(text("root")), text("key"), new NodeStore().source), {
    message: new RegExp(`no trie node with keccak256 0x${hex(keccak256(text("root")))}`),
  });
});

test("bytes that do not encode a node are refused", () => {
  for (const rlp of ["80", "c0", "c22080c0", "c21180", "c3110203", "d2".padEnd(38, "01"), "c1"]) {
    assert.throws(() => decodeNode(fromHex(rlp)), Error, rlp);
  }
});

test("a proof is its count, then each node with its length", () => {
  assert.equal(hex(encodeProof([])), "00");
  assert.equal(hex(encodeProof([fromHex("c1c2"), new Uint8Array(258)])), `02${"0002c1c2"}${"0102"}${"00".repeat(258)}`);
  assert.throws(() => encodeProof(new Array(256).fill(new Uint8Array(1))), RangeError);
  assert.throws(() => encodeProof([new Uint8Array(65_536)]), RangeError);
});
