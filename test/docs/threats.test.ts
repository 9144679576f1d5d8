/** docs/threats.md has a row for every function that changes state, and every test that it names is there. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/threats.md"), "utf8");
/** Section by folder of contracts. */
const SECTIONS = { game: "The game", rollup: "The rollup", oracle: "The oracle", registry: "The registry" } as const;
type Folder = keyof typeof SECTIONS;

const section = (folder: Folder): string =>
  page.split(/^## /m).find((text) => text.startsWith(SECTIONS[folder])) ?? assert.fail(`no section ${folder}`);

/** Names of the functions of a contract's source that anyone can call and that change state. */
const doorsIn = (source: string): string[] =>
  [...source.matchAll(/^ {2}function (\w+)\(([^{;]*)\{/gm)].flatMap(([, name = "", signature = ""]) =>
    /\b(external|public)\b/.test(signature) && !/\b(view|pure)\b/.test(signature) ? [name] : [],
  );

const doorsOf = (folder: Folder): string[] =>
  globSync(`contracts/${folder}/*.sol`, { cwd: root })
    .filter((file) => !file.endsWith(".t.sol"))
    .flatMap((file) => doorsIn(readFileSync(join(root, file), "utf8")));

/** The functions that the first cells of a section's rows name. */
const namedIn = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
    ),
  );

for (const folder of Object.keys(SECTIONS) as Folder[])
  test(`every door of contracts/${folder} has its row, and every row its door`, () => {
    const doors = [...new Set(doorsOf(folder))].sort();
    assert.ok(doors.length > 1, folder);
    assert.deepEqual([...namedIn(section(folder))].sort(), doors);
  });

test("a function without a row is noticed, whatever stands between its name and its body", () => {
  const source = `
  function safe() external view returns (uint256) {
  }
  function inner(uint256 a) private {
  }
  function door(
    uint256 a,
    bytes calldata b
  ) external payable returns (uint256) {
  }
`;
  assert.deepEqual(doorsIn(source), ["door"]);
});

test("every test that a row names is there", () => {
  const named = [...page.matchAll(/`([\w./-]+\.(?:ts|t\.sol))`/g)].map(([, file = ""]) => file);
  assert.ok(named.length > 40);
  assert.deepEqual(
    named.filter((file) => !existsSync(join(root, file))),
    [],
  );
});
