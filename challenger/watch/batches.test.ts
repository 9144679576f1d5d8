import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "@elench/bytes/hex";
import { configHash, configOf, recordHash } from "@elench/evm/batch/record";
import { Batches } from "./batches.ts";
import { appended, checkpointed, hash } from "./fixtures/events.ts";

const config = configOf(7n);
const roots = (batches: Batches) => batches.appended.map(({ root }) => root);

test("batches stand at their event's index, and none is told after a missing one", () => {
  const batches = new Batches(config);
  batches.learn([appended(0), appended(2)]);
  assert.deepEqual([roots(batches), batches.batches.missing(), batches.records.count], [[hash(0)], 1, 1]);
  batches.learn([appended(1)]);
  assert.deepEqual(
    [roots(batches), batches.batches.missing(), batches.records.count],
    [[hash(0), hash(1), hash(2)], undefined, 3],
  );
});

test("a record binds the config, what the poster declared, and root and size of the bytes", () => {
  const batches = new Batches(config);
  batches.learn([appended(0, "0x0102")]);
  const root = new Uint8Array(32);
  const record = { config: configHash(config), kind: 0n, gas: 1n, time: 0n, source: 0n, root, size: 2 };
  assert.equal(toHex(batches.records.leaf(0)), toHex(recordHash(record)));
  const longer = new Batches(config);
  longer.learn([appended(0, "0x010200")]);
  assert.notEqual(toHex(longer.records.leaf(0)), toHex(recordHash(record)), "the same root with a zero more");
});

test("after a reorganisation the tree is that of the new batches", () => {
  const [batches, other] = [new Batches(config), new Batches(config)];
  batches.learn([appended(0), appended(1), checkpointed(0, 2)]);
  batches.forget();
  batches.learn([appended(0, "0x77")]);
  other.learn([appended(0, "0x77")]);
  assert.deepEqual(batches.records.root(), other.records.root());
  assert.deepEqual(batches.checkpoints.complete, []);
});
