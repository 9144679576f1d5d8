import assert from "node:assert/strict";
import { test } from "node:test";
import { Rests } from "./rests.ts";

/** How long an endpoint is left alone. */

const MINUTE = 60_000;

test("rests double up to a limit while an endpoint is down, however long that is", () => {
  const rests = new Rests();
  const taken = Array.from({ length: 9 }, (_, i) => rests.next(undefined, i * MINUTE));
  assert.deepEqual(taken, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
});

test("an endpoint that comes back for a moment rests longer each time; one that was up for long begins anew", () => {
  const rests = new Rests();
  rests.next(undefined, 0);
  rests.rise(1_000);
  assert.equal(rests.next(undefined, 2_000), 500);
  rests.rise(3_000);
  assert.equal(rests.next(undefined, 3_001 + MINUTE), 250);
});

test("an endpoint is left alone for as long as it asks, but not for longer than a minute", () => {
  const rests = new Rests();
  assert.deepEqual(
    [0, 5_000, 3_600_000].map((asked) => rests.next(asked, 0)),
    [250, 5_000, MINUTE],
  );
});
