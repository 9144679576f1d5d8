import assert from "node:assert/strict";
import { test } from "node:test";
import { Troubles } from "./troubles.ts";

const fails = (message: string) => async () => {
  throw new Error(message);
};
const works = async () => undefined;

test("a trouble is reported once for as long as it lasts, whatever its numbers are, and again when it comes back", async () => {
  const told: string[] = [];
  const troubles = new Troubles((event) => {
    if (event.kind === "trouble") told.push(`${event.where}: ${(event.error as Error).message}`);
  });
  await troubles.attempt("game 1", fails("the base fee is 60.5 gwei in block 0xab"));
  await troubles.attempt("game 1", fails("the base fee is 7 gwei in block 0xcd"));
  await troubles.attempt("game 2", fails("the base fee is 7 gwei in block 0xcd"));
  await troubles.attempt("game 1", fails("no endpoint answers"));
  await troubles.attempt("game 1", works);
  await troubles.attempt("game 1", fails("no endpoint answers"));
  assert.deepEqual(told, [
    "game 1: the base fee is 60.5 gwei in block 0xab",
    "game 2: the base fee is 7 gwei in block 0xcd",
    "game 1: no endpoint answers",
    "game 1: no endpoint answers",
  ]);
});
