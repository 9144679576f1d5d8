import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runNode } from "../../cli/fixtures/run.ts";
import type { Attack } from "./attack.ts";
import { BOOK } from "./book.ts";
import { DEFENCES } from "./defences.ts";

/** A part of the book, played by its command; and what holds for all of it. */

const RUN = fileURLToPath(new URL("run.ts", import.meta.url));
const run = (...args: string[]) => runNode([RUN, ...args]);

/** The winner of each attack, by name. @throws if the last line is no JSON */
function winners(out: string): Record<string, string> {
  const { attacks } = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "") as {
    attacks: { name: string; winner: string }[];
  };
  return Object.fromEntries(attacks.map(({ name, winner }) => [name, winner]));
}

/** Defences without which the attack is played; all of them take about ten minutes. */
const TAKEN_OUT =
  process.env.ELENCH_DEFENCES === "all"
    ? DEFENCES.map(({ name }) => name)
    : ["settled-only-when-due", "no-delivery-at-a-loss"];

describe("the book of attacks", () => {
  it("names at least 25 attacks, each once, and says which later part closes those that the lie may win", () => {
    assert.ok(BOOK.length >= 25, `${BOOK.length} attacks`);
    assert.equal(new Set(BOOK.map(({ name }) => name)).size, BOOK.length);
    const closed = (by: Attack["closedBy"]) => BOOK.filter(({ closedBy }) => closedBy === by);
    assert.ok(closed("flood").length > 0 && closed("endpoint").length > 0);
  });

  it("has each defence once, in a source that holds its text once, against an attack of the book that the truth must win", () => {
    assert.equal(new Set(DEFENCES.map(({ name }) => name)).size, DEFENCES.length);
    for (const { name, attack, file, from, to } of DEFENCES) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
      assert.equal(source.split(from).length - 1, 1, `${file} holds the text of ${name}`);
      assert.notEqual(from, to, name);
      assert.equal(BOOK.find((one) => one.name === attack)?.closedBy, null, `${attack}, which ${name} holds off`);
    }
  });

  it("is told on one page, attack by attack, with its defences", () => {
    const page = readFileSync(new URL("../../docs/attacks.md", import.meta.url), "utf8");
    const missing = [...BOOK, ...DEFENCES].filter(({ name }) => !page.includes(`\`${name}\``));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  it("plays attacks on real processes, and the truth wins", { timeout: 300_000 }, async () => {
    const { code, out, complaint } = await run("hasty-settlement", "burning-callback", "--json");
    assert.equal(code, 0, complaint);
    assert.deepEqual(winners(out), { "hasty-settlement": "truth", "burning-callback": "truth" });
  });

  for (const name of TAKEN_OUT) {
    it(`is won by the lie without ${name}`, { timeout: 300_000 }, async () => {
      const { code, out, complaint } = await run("--without", name, "--json");
      assert.equal(code, 0, complaint);
      assert.deepEqual(Object.values(winners(out)), ["lie"]);
    });
  }

  for (const [what, ...args] of [
    ["an attack that it does not know", "no-such-attack"],
    ["a defence that it does not know", "--without", "no-such-defence"],
    ["another attack than the defence's", "false-storage", "--without", "settled-base"],
    ["an option that it does not know", "--no-such-option"],
  ] as const) {
    it(`refuses ${what} with exit code 2, and plays nothing`, async () => {
      const { code, out, complaint } = await run(...args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(complaint, /^attacks: .*\nusage: /);
    });
  }
});
