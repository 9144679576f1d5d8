import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EXIT, UserError } from "@elench/errors/user-error";
import { explain } from "./failure.ts";

/** The error that something throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

const endless = (): number => 1 + endless();

test("an error of the engine is a defect, and never the user's fault", () => {
  const defects = [
    thrownBy(endless),
    thrownBy(() => new Array(-1)),
    thrownBy(() => 1n.toString(99)),
    thrownBy(() => (undefined as unknown as string).length),
    new RangeError("leaf 3 is not where the next write goes"),
    "a text",
  ];
  for (const error of defects) {
    const { message, kind } = explain(error);
    assert.equal(EXIT[kind], 70);
    assert.match(message, /defect of Elench.*ELENCH_DEBUG=1/);
  }
});

test("what the user gave, and what the system refuses, is no defect", () => {
  const cases: readonly (readonly [error: unknown, exitCode: number, says: RegExp])[] = [
    [new UserError("give --key-file", 2), 2, /^give --key-file$/],
    [thrownBy(() => readFileSync("/nowhere/at/all")), 2, /cannot open \/nowhere\/at\/all: no such file/],
    [thrownBy(() => readFileSync("/")), 2, /it is a folder/],
    [Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" }), 3, /cannot write.*no space left/],
  ];
  for (const [error, exitCode, says] of cases) {
    const explained = explain(error);
    assert.equal(EXIT[explained.kind], exitCode, explained.message);
    assert.match(explained.message, says);
    assert.doesNotMatch(explained.message, /defect/);
  }
});
