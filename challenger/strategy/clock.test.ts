import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { afterWaiting, deadlineOf, longestGame, type Times } from "./clock.ts";

const times: Times = { maxClock: 1000, extension: 50, longExtension: 120 };

describe("clocks", () => {
  it("add up what one side waits, and stop at the most", () => {
    assert.equal(afterWaiting(300, 200, times), 500);
    assert.equal(afterWaiting(300, 900, times), 1000);
  });

  it("leave what is left, and never less than the extension", () => {
    assert.equal(deadlineOf(5000, 50, 300, times), 5700);
    assert.equal(deadlineOf(5000, 50, 990, times), 5050);
    assert.equal(deadlineOf(5000, 120, 1000, times), 5120);
  });

  it("bound every line of claims, however both sides wait", () => {
    // Two sides that always wait until the last second, down the deepest line: 4 levels, then 2 of another machine.
    const extensions = [50, 50, 50, 120, 120, 120];
    for (const patience of [
      [1, 1],
      [0, 1],
      [1, 0],
      [0.5, 0.9],
      [1, 0.95],
    ]) {
      let [grandparent, parent, made, deadline] = [0, 0, 0, times.maxClock];
      for (const [i, extension] of extensions.entries()) {
        const now = made + Math.floor((deadline - 1 - made) * patience[i % 2]!);
        const clock = afterWaiting(grandparent, now - made, times);
        [grandparent, parent, made] = [parent, clock, now];
        deadline = deadlineOf(made, extension, grandparent, times);
      }
      assert.ok(deadline <= longestGame(times, [4, 2]));
    }
  });

  it("bound the line through three machines: 28 claims, 5 of them long", () => {
    assert.equal(longestGame(times), 2 * 1000 + 5 * 120 + 23 * 50);
    assert.equal(longestGame(times, [1, 1]), 2 * 1000 + 2 * 120, "a machine of one level is one claim");
  });
});
