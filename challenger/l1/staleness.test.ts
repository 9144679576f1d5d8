import assert from "node:assert/strict";
import { test } from "node:test";
import { Staleness } from "./staleness.ts";

/** When a head is said to stand still, or to be behind. */

const head = (number: bigint, timestamp: number) => ({
  number,
  hash: `0x${number}` as const,
  timestamp: BigInt(timestamp),
});

test("a head is stale when it has not moved for so long, whatever time it bears", () => {
  let now = 1_000_000;
  const staleness = new Staleness(300, () => now);
  assert.equal(staleness.of(head(1n, 9_999)), undefined);
  now += 300_000;
  assert.equal(staleness.of(head(1n, 9_999)), undefined);
  now += 1;
  assert.match(staleness.of(head(1n, 9_999)) ?? "", /no block after 1 .* for more than 300 s/);
  assert.equal(staleness.of(head(2n, 9_999)), undefined);
});

test("a head that moves is stale while it is so far behind the clock", () => {
  let now = 1_000_000;
  const staleness = new Staleness(300, () => now);
  assert.match(staleness.of(head(1n, 699)) ?? "", /no block after 1 \(of 1970-01-01T00:11:39/);
  now += 10_000;
  assert.match(staleness.of(head(2n, 700)) ?? "", /no block after 2/);
  assert.equal(staleness.of(head(3n, 710)), undefined);
});
