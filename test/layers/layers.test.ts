import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ALLOWED, type Allowed } from "./allowed.ts";
import { layerFaults } from "./check.ts";
import { importsOf } from "./imports.ts";
import { type Project, readProject } from "./project.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A small project without a fault: `top` builds on `base`, and top/high/ on top/low/. */
const SOURCES: Readonly<Record<string, string>> = {
  "base/words.ts": "export const word = 1;",
  "base/hidden.ts": "export const hidden = 1;",
  "top/low/a.ts": 'import { word } from "@x/base/words";',
  "top/high/b.ts": 'import { a } from "../low/a.ts";',
  "top/fixtures/samples.ts": 'import "../../base/hidden.ts";',
  "top/high/b.test.ts": 'import "../fixtures/samples.ts";',
  "test/game.ts": 'import "../top/high/b.ts";',
};
const MANIFESTS = {
  base: { name: "@x/base", exports: { "./words": "./words.ts" } },
  top: { name: "@x/top", exports: { "./*": "./high/*.ts" }, dependencies: { "@x/base": "1.0.0" } },
  test: { name: "@x/test", exports: { "./game": "./game.ts" }, dependencies: { "@x/top": "1.0.0" } },
};
const SMALL: Allowed = {
  packages: { base: [], top: ["base"] },
  folders: { base: [], "top/low": [], "top/high": ["top/low"] },
};

const project = (more: Readonly<Record<string, string>> = {}, manifests: object = {}): Project => ({
  sources: new Map(Object.entries({ ...SOURCES, ...more })),
  manifests: new Map(Object.entries({ ...MANIFESTS, ...manifests })),
});

test("this project imports only what it may", () => {
  assert.deepEqual(layerFaults(readProject(root), ALLOWED), []);
});

test("an import against the direction is found, whatever its form", () => {
  const { sources, manifests } = readProject(root);
  const planted = [
    'import { openVm } from "../reference/vm.ts";',
    'import type { Vm } from "../reference/vm.ts";',
    'import "../reference/vm.ts";',
    'export * from "../reference/vm.ts";',
    'export const load = () => import("../reference/vm.ts");',
    'export type Vm = import("../reference/vm.ts").Vm;',
    'export const worker = new URL("../reference/vm.ts", import.meta.url);',
  ];
  for (const line of planted) {
    const faults = layerFaults({ sources: new Map(sources).set("evm/machine/planted.ts", line), manifests }, ALLOWED);
    assert.equal(faults.length, 1, `${line} gave ${faults.join("; ")}`);
    assert.match(faults[0]!, /^evm\/machine\/planted\.ts:1 imports .*does not let evm\/machine import evm\/reference/);
  }
});

const faultsOf = (line: string, path = "top/low/planted.ts"): string[] => layerFaults(project({ [path]: line }), SMALL);

test("what an import may name", () => {
  assert.deepEqual(layerFaults(project(), SMALL), []);
  for (const [line, says] of [
    ['import "../high/b.ts";', /does not let top\/low import top\/high/],
    ['import "../../base/words.ts";', /another package is imported by its name \(@x\/base/],
    ['import "@x/base/hidden";', /base\/package\.json does not export "\.\/hidden"/],
    ['import "@x/top/b";', /within a package, imports are relative/],
    ['import "left-pad";', /top\/package\.json does not name left-pad in "dependencies"/],
    ['import "../fixtures/samples.ts";', /test code/],
    ['import "../high/b.test.ts";', /test code/],
    ['import "../../test/game.ts";', /test code/],
    ['import "#inside";', /top\/package\.json has no such entry in "imports"/],
  ] as const) {
    const faults = faultsOf(line);
    assert.equal(faults.length, 1, `${line} gave ${faults.join("; ")}`);
    assert.match(faults[0]!, says);
  }
  const [first] = faultsOf('import "@x/top/b";', "base/planted.ts");
  assert.match(first!, /base\/package\.json does not name @x\/top/);
});

test("tests, fixtures and programs may import everything", () => {
  for (const path of ["top/low/a.test.ts", "top/low/fixtures/c.ts", "test/e2e/d.ts"])
    assert.deepEqual(faultsOf('import "../../base/hidden.ts"; import "left-pad";', path), [], path);
});

test("a circle cannot be allowed", () => {
  const folders = { ...SMALL.folders, "top/low": ["top/high"] };
  const faults = layerFaults(project({ "top/low/c.ts": 'import "../high/b.ts";' }), { ...SMALL, folders });
  assert.equal(faults.length, 1);
  assert.match(faults[0]!, /top\/low names top\/high, which does not stand above it/);
});

test("what is allowed or declared and not used is found", () => {
  const allowed = { ...SMALL, folders: { ...SMALL.folders, "top/more": ["top/low"] } };
  assert.match(layerFaults(project(), allowed).join(), /lets top\/more import top\/low, which it does not do/);
  const top = { ...MANIFESTS.top, dependencies: { "@x/base": "1.0.0", "@x/test": "1.0.0" } };
  assert.match(layerFaults(project({}, { top }), SMALL).join(), /names @x\/test in "dependencies", and nothing there/);
});

test("an import whose name is computed is refused, since nobody could check it", () => {
  assert.throws(() => importsOf("a.ts", "\nexport const load = (name: string) => import(name);"), /a\.ts:2 .*computed/);
  assert.throws(() => importsOf("a.ts", "import {"), /a\.ts does not parse/);
});
