import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { conformanceTrie } from "./trie.ts";
import { NO_TRIE_TESTS, officialTrieTests } from "./trie-vectors.ts";

const official = officialTrieTests();

test("the official tests pass", { skip: official === undefined && NO_TRIE_TESTS }, async () => {
  const { passed, failed, unsupported } = await conformanceTrie(official!);
  assert.deepEqual({ passed, failed, unsupported }, { passed: 26, failed: 0, unsupported: 0 });
});

function folderWith(file: string, tests: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "elench-trie-"));
  writeFileSync(join(folder, file), JSON.stringify(tests));
  return folder;
}

test("a right root passes, a wrong one fails and is named", async () => {
  // keccak256(0x80), after all is deleted again.
  const empty = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
  const steps = [
    ["key", "value"],
    ["key", null],
  ];
  const folder = folderWith("trietest.json", {
    right: { in: steps, root: empty },
    wrong: { in: steps.slice(0, 1), root: empty },
  });
  const { cases } = await conformanceTrie(folder);
  assert.deepEqual(
    cases.map(({ name, status }) => [name, status]),
    [
      ["trietest.json right", "passed"],
      ["trietest.json wrong", "failed"],
    ],
  );
  assert.match(cases[1]!.why, /the root is [0-9a-f]{64}, not 56e81f17/);
});

test("wrong neighbours fail", async () => {
  const neighbours = (next: string) => ({ basic: { in: ["cat", "doge"], tests: [["cat", "", next]] } });
  const statusOf = async (next: string) =>
    (await conformanceTrie(folderWith("trietestnextprev.json", neighbours(next)))).cases[0]?.status;
  assert.equal(await statusOf("doge"), "passed");
  assert.equal(await statusOf("cat"), "failed");
});

test("no vectors is an error, not a pass", async () => {
  await assert.rejects(conformanceTrie(mkdtempSync(join(tmpdir(), "elench-empty-"))), /no trie tests/);
  await assert.rejects(conformanceTrie("/nowhere"), /no trie tests/);
});
