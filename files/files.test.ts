import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runNode } from "../cli/fixtures/run.ts";
import { makeFolder, readWhole, requireWritable, writeWhole } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "elench-files-"));
const file = (name: string): string => join(folder, name);
after(() => rmSync(folder, { recursive: true, force: true }));

test("a file is replaced whole, through a link too, and nothing is left beside it", () => {
  mkdirSync(file("whole"));
  writeWhole(file("whole/a"), "first");
  symlinkSync("a", file("whole/link"));
  writeWhole(file("whole/link"), "second");
  assert.equal(readFileSync(file("whole/a"), "utf8"), "second");
  assert.deepEqual(readdirSync(file("whole")), ["a", "link"]);
});

test("where the file cannot grow, what was there before stays, and nothing half written", async () => {
  mkdirSync(file("full"));
  writeFileSync(file("full/a"), "before");
  const script = `
    import { writeWhole } from ${JSON.stringify(new URL("files.ts", import.meta.url).href)};
    try { writeWhole(${JSON.stringify(file("full/a"))}, new Uint8Array(1_000_000)); }
    catch (error) { console.log(error.name, error.exitCode, error.message); }`;
  writeFileSync(file("script.mjs"), script);
  const limited = ["-c", 'ulimit -f 8; exec "$0" "$@"', process.execPath, file("script.mjs")];
  const { out } = await runNode(limited, {}, "/bin/sh");
  assert.match(out, /^UserError 3 cannot write .*full\/a: the file is larger than the system allows/);
  assert.deepEqual(readdirSync(file("full")), ["a"]);
  assert.equal(readFileSync(file("full/a"), "utf8"), "before");
});

test("a device is written to as it is, and a full one is told", () => {
  writeWhole("/dev/null", "gone");
  assert.throws(() => writeWhole("/dev/full", "text"), { name: "UserError", exitCode: 3, message: /no space left/ });
});

test("what cannot be read or written is named, with the reason", () => {
  writeFileSync(file("plain"), "");
  assert.throws(() => readWhole(file("none")), /cannot read .*none: no such file/);
  assert.throws(() => readWhole(folder), /cannot read .*: it is a folder/);
  assert.throws(() => writeWhole(folder, ""), /cannot write .*: it is a folder/);
  assert.throws(() => writeWhole(file("none/a"), ""), /cannot write .*no such file or folder/);
  assert.throws(() => makeFolder(file("plain/a")), /cannot make the folder .*part of the path is a file/);
  assert.throws(() => requireWritable(file("none/a")), /cannot write .*none\/a: no such file or folder/);
  assert.throws(() => requireWritable(folder), /it is a folder/);
  requireWritable(file("new"));
});
