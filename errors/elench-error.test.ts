import assert from "node:assert/strict";
import { test } from "node:test";
import { causesOf, findCause } from "./causes.ts";
import { ElenchError } from "./elench-error.ts";
import { InternalError } from "./internal-error.ts";
import { EXIT, UserError } from "./user-error.ts";

const inner = new RangeError("invalid length");
const middle = new UserError("it is no list", EXIT.environment, {
  where: "accounts.json",
  remedy: "write it as [{…}]",
  docs: "docs/rollup.md",
  cause: inner,
});
const outer = new InternalError("the state is gone", { cause: middle });

test("a message says where, what and what to do, in one line", () => {
  assert.equal(middle.message, "accounts.json: it is no list; write it as [{…}]");
  assert.equal(new UserError("give --key-file").message, "give --key-file");
  assert.equal(middle.what, "it is no list");
  assert.equal(
    String(outer),
    "InternalError: the state is gone; this is a defect of Elench: report it, with what ELENCH_DEBUG=1 shows",
  );
});

test("causes are walked from the outermost to the innermost", () => {
  assert.deepEqual([...causesOf(outer)], [outer, middle, inner]);
  assert.equal(outer.walk(), inner);
  assert.equal(
    outer.walk((error) => error instanceof UserError),
    middle,
  );
  assert.equal(
    outer.walk((error) => error instanceof TypeError),
    null,
  );
  assert.deepEqual([...causesOf("a text")], []);
});

test("our error is found in what a library has made of it", () => {
  assert.equal(findCause(new Error("unknown RPC error", { cause: middle }), ElenchError), middle);
  assert.equal(findCause(inner, ElenchError), undefined);
});

test("an exit code is that of the error's kind", () => {
  for (const [kind, code] of Object.entries(EXIT)) assert.equal(new UserError("", code).kind, kind);
  assert.equal(new UserError("").kind, "input");
});

test("an error without a cause has none: nobody prints [cause]: undefined", () => {
  assert.equal("cause" in new UserError("x"), false);
});
