import assert from "node:assert/strict";
import { test } from "node:test";
import { marksOf, replaceRegion } from "./output.ts";

const FILE = "a\n  // generated: TABLE (npm run generate)\n  old\n  // end of TABLE\nb\n";

test("a region between marks is replaced, with the marks' indentation", () => {
  assert.equal(replaceRegion(FILE, "x.sol", "TABLE", "1\n\n2\n"), FILE.replace("  old", "  1\n\n  2"));
});

test("a file without the marks is refused, and the error names them", () => {
  for (const text of ["", FILE + FILE, FILE.replace("end of", "ende")])
    assert.throws(() => replaceRegion(text, "x.sol", "TABLE", ""), /x\.sol must have the lines "\/\/ generated: TABLE/);
});

test("marks are comments of the file's language", () => {
  assert.equal(marksOf("x.md", "T").begin, "<!-- generated: T (npm run generate) -->");
  assert.throws(() => marksOf("x.bin", "T"), /no comments are known/);
});
