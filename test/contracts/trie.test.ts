/** The contracts read and update tries as `evm/trie` does, and refuse every proof that does not open the root. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import { RLP } from "@ethereumjs/rlp";
import { randomUpdates, seededRandom } from "../../evm/trie/fixtures/random.ts";
import { buildTrie, NodeStore } from "../../evm/trie/fixtures/store.ts";
import { trieGet } from "../../evm/trie/get.ts";
import { EMPTY_TRIE_ROOT, encodeNode, type TrieNode } from "../../evm/trie/node.ts";
import { nibblesOf } from "../../evm/trie/path.ts";
import { encodeProof } from "../../evm/trie/proof.ts";
import { trieUpdate } from "../../evm/trie/update.ts";
import { rootCases } from "../conformance/trie.ts";
import { NO_TRIE_TESTS, officialTrieTests } from "../conformance/trie-vectors.ts";
import { type ProvenUpdate, startTrieHarness, type TrieHarness } from "./trie-harness.ts";

let harness: TrieHarness;
before(async () => {
  harness = await startTrieHarness();
});
after(() => harness?.close());

const NOTHING = new Uint8Array();
const SHORT = Uint8Array.of(7);
const WORD = new Uint8Array(33).fill(0xa0);
/** As long as an account: a nonce, a balance and two hashes. */
const ACCOUNT = new Uint8Array(78).fill(0xf8);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A key of 64 nibbles: `head`, then `fill` up to `tail`. */
const key = (head: string, tail = "", fill = "0"): Uint8Array =>
  Uint8Array.from(Buffer.from(head + tail.padStart(64 - head.length, fill), "hex"));

type Entry = readonly [key: Uint8Array, value: Uint8Array];
const trieOf = (entries: readonly Entry[]) => buildTrie(entries.map(([entryKey, value]) => ({ key: entryKey, value })));

/** An update with its proof, and the root that it must give. */
function proven(root: Uint8Array, store: NodeStore, updated: Uint8Array, value: Uint8Array) {
  const { root: expected, proof } = trieUpdate(root, updated, value, store.source);
  return { update: { key: updated, value, proof: encodeProof(proof) }, expected, nodes: proof.length };
}

/** Runs updates through `evm/trie`, and then all in a row through the contract. */
async function assertSameRoots(updates: Iterable<readonly [Uint8Array, Uint8Array | null]>): Promise<Uint8Array> {
  const store = new NodeStore();
  const steps: ProvenUpdate[] = [];
  const roots: string[] = [];
  let root = EMPTY_TRIE_ROOT;
  for (const [updated, value] of updates) {
    const { update } = proven(root, store, updated, value ?? NOTHING);
    steps.push(update);
    root = store.update(root, updated, value);
    roots.push(hex(root));
  }
  assert.deepEqual((await harness.updateAll(EMPTY_TRIE_ROOT, steps)).map(hex), roots);
  return root;
}

const official = officialTrieTests();
const skip = official === undefined && NO_TRIE_TESTS;

test("the official tests with hashed keys give their roots", { skip }, async () => {
  const cases = rootCases(official!).filter(({ secure }) => secure);
  assert.ok(cases.length > 0);
  for (const { name, steps, root } of cases) assert.equal(hex(await assertSameRoots(steps)), hex(root), name);
});

for (const parting of [64, 12, 3]) {
  test(`random updates of keys that part in ${parting} nibbles give the roots of evm/trie`, async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const options = { keyBytes: 32, parting, keys: 5 * seed ** 2, deletions: 45 };
      const updates = randomUpdates(seededRandom(100 * parting + seed), options).take(300);
      await assertSameRoots([...updates].map(({ key: updated, value }) => [updated, value] as const));
    }
  });
}

/**
 * Tries, by what is special about them, and for each the updates that show it. The nibbles at the end part short leaves,
 * which stand in their parents.
 */
const SCENES: readonly { name: string; entries: readonly Entry[]; updates: Readonly<Record<string, Entry>> }[] = [
  {
    name: "no entries",
    entries: [],
    updates: {
      "insert the first entry": [key("1"), ACCOUNT],
      "insert a short first entry": [key("1"), SHORT],
      "delete what is not there": [key("1"), NOTHING],
    },
  },
  {
    name: "one entry",
    entries: [[key("12"), ACCOUNT]],
    updates: {
      modify: [key("12"), WORD],
      "modify, same size": [key("12"), ACCOUNT.map((byte) => byte ^ 1)],
      "delete the last entry": [key("12"), NOTHING],
      "delete what is not there": [key("13"), NOTHING],
      "split at the first nibble": [key("2"), WORD],
      "split after a common nibble": [key("13"), WORD],
      "split at the last nibble": [key("12", "1"), WORD],
      "split at the last nibble, short": [key("12", "1"), SHORT],
    },
  },
  {
    name: "a branch at the root",
    entries: [
      [key("1"), ACCOUNT],
      [key("2"), WORD],
      [key("3"), SHORT],
    ],
    updates: {
      "insert into an empty slot": [key("4"), WORD],
      "delete, the branch stays": [key("2"), NOTHING],
      "delete what is not there, in an empty slot": [key("4"), NOTHING],
      "delete what is not there, at a leaf": [key("1", "1"), NOTHING],
    },
  },
  {
    name: "an extension over a branch",
    entries: [
      [key("1234561"), ACCOUNT],
      [key("1234562"), WORD],
    ],
    updates: {
      "split at the first nibble": [key("2"), WORD],
      "split in the middle": [key("1235"), WORD],
      "split at the last nibble": [key("123457"), WORD],
      "delete what is not there, at the extension": [key("1235"), NOTHING],
      "collapse into a leaf, with the extension": [key("1234561"), NOTHING],
      "insert below": [key("1234563"), SHORT],
    },
  },
  {
    name: "an extension of one nibble",
    entries: [
      [key("11"), ACCOUNT],
      [key("12"), WORD],
    ],
    updates: { "split, and the child stands by itself": [key("2"), WORD] },
  },
  {
    name: "branches below branches",
    entries: [
      [key("11"), ACCOUNT],
      [key("21"), WORD],
      [key("22"), WORD],
      [key("2211"), ACCOUNT],
    ],
    updates: { "collapse over a branch into an extension": [key("11"), NOTHING] },
  },
  {
    name: "an extension beside a leaf, below an extension",
    entries: [
      [key("a1"), ACCOUNT],
      [key("a23451"), WORD],
      [key("a23452"), WORD],
    ],
    updates: {
      "collapse over an extension, with the one above": [key("a1"), NOTHING],
      "collapse into a leaf, below a branch": [key("a23451"), NOTHING],
    },
  },
  {
    name: "a branch beside a leaf, below an extension",
    entries: [
      [key("a1"), ACCOUNT],
      [key("a21"), WORD],
      [key("a22"), WORD],
    ],
    updates: { "collapse over a branch, with the extension above": [key("a1"), NOTHING] },
  },
  {
    name: "short leaves that stand in their branch",
    entries: [
      [key("1", "11"), SHORT],
      [key("1", "12"), SHORT],
      [key("1", "13"), SHORT],
    ],
    updates: {
      "grow a leaf until it is hashed": [key("1", "12"), ACCOUNT],
      "modify in place": [key("1", "12"), Uint8Array.of(9)],
      "split a leaf's parent": [key("1", "23"), SHORT],
      "insert beside": [key("1", "14"), SHORT],
      "delete, the branch stays": [key("1", "12"), NOTHING],
      "insert far above": [key("2"), ACCOUNT],
    },
  },
  {
    name: "a branch that stands in its parent",
    entries: [
      [key("1", "111"), SHORT],
      [key("1", "112"), SHORT],
      [key("1", "211"), SHORT],
      [key("2"), ACCOUNT],
    ],
    updates: {
      "collapse over a leaf in the branch": [key("1", "111"), NOTHING],
      "collapse over a branch in the branch": [key("1", "211"), NOTHING],
      "fork a leaf in the branch": [key("1", "212"), SHORT],
      "delete what is not there": [key("1", "213"), NOTHING],
      "hash what stood within": [key("1", "112"), ACCOUNT],
    },
  },
  {
    name: "a hashed leaf among short ones",
    entries: [
      [key("1", "1"), ACCOUNT],
      [key("1", "2"), SHORT],
    ],
    updates: {
      "shrink a leaf into its parent": [key("1", "1"), SHORT],
      "collapse over a short leaf": [key("1", "1"), NOTHING],
      "collapse over a hashed leaf": [key("1", "2"), NOTHING],
    },
  },
  {
    name: "a full branch of hashed children",
    entries: Array.from({ length: 16 }, (_, slot): Entry => [key(slot.toString(16)), ACCOUNT]),
    updates: {
      "delete the first": [key("0"), NOTHING],
      "delete the last": [key("f"), NOTHING],
      "modify one": [key("7"), WORD],
      "fork one": [key("71"), WORD],
    },
  },
];

for (const { name, entries, updates } of SCENES) {
  test(`${name}: ${Object.keys(updates).join("; ")}`, async () => {
    const { root, store } = trieOf(entries);
    for (const [what, [updated, value]] of Object.entries(updates)) {
      const { update, expected } = proven(root, store, updated, value);
      // The trie that is made at once from what is left is the one that the update must give.
      const others = entries.filter(([other]) => hex(other) !== hex(updated));
      assert.equal(hex(expected), hex(trieOf(value.length ? [...others, [updated, value]] : others).root), what);
      const { root: newRoot, used } = await harness.update(root, update);
      assert.equal(hex(newRoot), hex(expected), what);
      assert.equal(used, update.proof.length, what);
    }
  });

  test(`${name}: every key is shown to be there with its value, or not to be there`, async () => {
    const { root, store } = trieOf(entries);
    for (const asked of [...entries, ...Object.values(updates)].map(([one]) => one)) {
      const { value, proof } = trieGet(root, asked, store.source);
      const encoded = encodeProof(proof);
      const got = await harness.get(root, asked, encoded);
      assert.deepEqual(got.value, value ?? NOTHING, hex(asked));
      assert.equal(got.used, encoded.length);
    }
  });

  test(`${name}: nobody shows another value, by whatever nodes of the trie`, async () => {
    const { root, store } = trieOf(entries);
    const keys = [...entries, ...Object.values(updates)].map(([one]) => one);
    for (const asked of keys) {
      const truth = trieGet(root, asked, store.source);
      const others = keys.map((other) => trieGet(root, other, store.source).proof);
      const shortened = truth.proof.map((_, i) => truth.proof.slice(0, i));
      for (const proof of [...others, ...shortened, [...truth.proof, RLP.encode([SHORT, SHORT])]]) {
        const got = await harness.get(root, asked, encodeProof(proof)).catch(refusal);
        if (got !== undefined) assert.deepEqual(got.value, truth.value ?? NOTHING, hex(asked));
        const same = hex(encodeProof(proof)) === hex(encodeProof(truth.proof));
        assert.equal(got !== undefined, same, "a result has one proof");
      }
    }
  });
}

/** A revert by one of the library's errors: anything else is a defect of it. */
function refusal(error: unknown): undefined {
  assert.match(String(error), /MissingNode|WrongNode|UnusedNodes|MalformedNode/);
  return undefined;
}

test("a proof with any byte changed is refused", async () => {
  const scenes = ["an extension beside a leaf, below an extension", "a branch that stands in its parent"];
  for (const { entries, updates } of SCENES.filter(({ name }) => scenes.includes(name))) {
    const { root, store } = trieOf(entries);
    for (const [updated, value] of Object.values(updates)) {
      const { update } = proven(root, store, updated, value);
      for (const [i, byte] of update.proof.entries()) {
        const proof = update.proof.with(i, byte ^ (1 << (i % 8)));
        assert.equal(await harness.update(root, { ...update, proof }).catch(refusal), undefined, `byte ${i}`);
      }
    }
  }
});

test("a proof is refused by its own error", async () => {
  const { root, store } = trieOf([
    [key("1"), ACCOUNT],
    [key("2"), WORD],
  ]);
  const { proof } = trieGet(root, key("1"), store.source);
  const [branch, leaf] = proof as [Uint8Array, Uint8Array];
  const get = (nodes: readonly Uint8Array[]) => harness.get(root, key("1"), encodeProof(nodes));
  await assert.rejects(get([branch]), { error: "MissingNode", args: [`0x${hex(keccak256(leaf))}`] });
  await assert.rejects(get([]), { error: "MissingNode", args: [`0x${hex(root)}`] });
  await assert.rejects(get([...proof, leaf]), { error: "UnusedNodes", args: [1n] });
  const hashes = [root, keccak256(leaf)].map((hash) => `0x${hex(hash)}`);
  await assert.rejects(get([leaf, branch]), { error: "WrongNode", args: hashes });
  await assert.rejects(harness.get(EMPTY_TRIE_ROOT, key("1"), encodeProof([leaf])), { error: "UnusedNodes" });
});

test("a deletion that collapses a branch needs the child that is left, and no other deletion may show one", async () => {
  const entries: Entry[] = ["1", "2", "3"].map((head) => [key(head), ACCOUNT]);
  const two = trieOf(entries.slice(1));
  const { update } = proven(two.root, two.store, key("2"), NOTHING);
  const short = trieGet(two.root, key("2"), two.store.source).proof;
  await assert.rejects(harness.update(two.root, { ...update, proof: encodeProof(short) }), { error: "MissingNode" });
  const three = trieOf(entries);
  const sibling = trieGet(three.root, key("3"), three.store.source).proof.at(-1)!;
  const long = [...trieGet(three.root, key("2"), three.store.source).proof, sibling];
  await assert.rejects(harness.update(three.root, { ...update, proof: encodeProof(long) }), { error: "UnusedNodes" });
});

/** Roots that no trie over 32-byte keys has: who makes them up gets nothing decided. */
test("nodes that no trie has are refused as malformed", async () => {
  const asked = key("1", "", "1");
  const leaf = (nibbles: number): TrieNode => ({ kind: "leaf", path: nibblesOf(asked).slice(0, nibbles), value: WORD });
  const nodes: Record<string, Uint8Array> = {
    "no list": Uint8Array.of(0x85, 1, 2, 3, 4, 5),
    "a leaf with a short path": encodeNode(leaf(63)),
    "a leaf with a long path": RLP.encode([new Uint8Array(34).fill(0x31), WORD]),
    "a leaf without a path item": RLP.encode([NOTHING, WORD]),
    "an extension to the end": RLP.encode([Uint8Array.of(0, ...asked), new Uint8Array(32)]),
    "a child of another size": RLP.encode([NOTHING, new Uint8Array(31), ...new Array(15).fill(NOTHING)]),
    "a branch of one child": RLP.encode([NOTHING, Uint8Array.of(1)]),
  };
  for (const [what, node] of Object.entries(nodes)) {
    const got = harness.get(keccak256(node), asked, encodeProof([node]));
    await assert.rejects(got, { error: "MalformedNode", args: [`0x${hex(node)}`] }, what);
  }
});

/** A trie of which only the way to one leaf is known: `levels` full branches, and a leaf of an account's size. */
function deepTrie(levels: number) {
  const asked = keccak256(SHORT);
  const path = nibblesOf(asked);
  const proof = [encodeNode({ kind: "leaf", path: path.subarray(levels), value: ACCOUNT })];
  for (let level = levels - 1; level >= 0; level--) {
    const children = Array.from({ length: 16 }, (_, slot) =>
      keccak256(slot === path[level] ? proof[0]! : Uint8Array.of(level, slot)),
    );
    proof.unshift(encodeNode({ kind: "branch", children, value: null }));
  }
  const store = new NodeStore();
  store.add(proof.map((rlp) => ({ hash: keccak256(rlp), rlp })));
  return { asked, root: keccak256(proof[0]!), store };
}

test("an account below six full branches is read for 11,000 gas and changed for 14,000, in a library of 7,000 bytes", async () => {
  const { asked, root, store } = deepTrie(6);
  const { update, expected } = proven(root, store, asked, ACCOUNT.toReversed().with(0, 1));
  const read = await harness.get(root, asked, update.proof);
  const written = await harness.update(root, update);
  assert.deepEqual([hex(read.value), hex(written.root)], [hex(ACCOUNT), hex(expected)]);
  assert.ok(read.gas < 11_000, `${read.gas} gas to read`);
  assert.ok(written.gas < 14_000, `${written.gas} gas to change`);
  assert.ok(harness.size < 7_000, `${harness.size} bytes`);
});
