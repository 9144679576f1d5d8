import assert from "node:assert/strict";
import { test } from "node:test";
import { Courtesy } from "./courtesy.ts";

const HOUR = 3_600_000;

test("an answer waits between one and two waits, each from when it was first due", () => {
  const courtesy = new Courtesy(1_000, () => 0.5);
  assert.equal(courtesy.isOver("a", HOUR, 0), false);
  assert.equal(courtesy.isOver("b", HOUR, 1_000), false);
  assert.equal(courtesy.isOver("a", HOUR, 1_499), false);
  assert.equal(courtesy.isOver("a", HOUR, 1_500), true);
  assert.equal(courtesy.isOver("b", HOUR, 1_500), false);
  assert.equal(courtesy.isOver("b", HOUR, 2_500), true);
});

test("no courtesy near a deadline, and none where none is asked for", () => {
  assert.equal(new Courtesy(1_000).isOver("a", 10_000, 0), true);
  assert.equal(new Courtesy(0).isOver("a", HOUR, 0), true);
});
