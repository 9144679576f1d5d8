/** Every link between pages of the documentation leads to a file that is there, and to a heading of it. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = globSync("{*,docs/*,spec/*,prover/*,models/*}.md", { cwd: root });

interface Link {
  readonly page: string;
  readonly target: string;
}

/** Links outside code: to the web, to addresses and to places of other repositories excepted. */
function linksOf(page: string): Link[] {
  const prose = readFileSync(join(root, page), "utf8")
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) =>
    /^[a-z]+:/.test(target) ? [] : [{ page, target }],
  );
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): Set<string> {
  const headings = readFileSync(join(root, page), "utf8").matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function isBroken({ page, target }: Link): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, file))) return true;
  return anchor !== undefined && file.endsWith(".md") && !anchorsOf(file).has(anchor);
}

test("every link between pages leads somewhere", () => {
  const links = pages.flatMap(linksOf);
  assert.ok(links.length > 50, `${links.length} links were found in ${pages.length} pages`);
  assert.deepEqual(
    links.filter(isBroken).map(({ page, target }) => `${page}: ${target}`),
    [],
  );
});

test("a link to a missing file or heading is noticed", () => {
  for (const target of ["no-such-page.md", "docs/README.md#no-such-heading"])
    assert.ok(isBroken({ page: "README.md", target }), target);
  assert.ok(!isBroken({ page: "README.md", target: "docs/README.md#glossary" }));
});
