import assert from "node:assert/strict";
import { test } from "node:test";
import { checkProgram, levelOf, ProgramError } from "./check.ts";
import { along, base, broken, inFold, op, term } from "./fixtures/check-cases.ts";
import { RULES } from "./rules.ts";

test("the base program of all cases is well-formed, and its work is counted", () => {
  // 5 rounds of: 64·(40 + 1) + 2 for the fold, 1 + 2 for the map, 1 for `end`; then `loop`, `move`, `drop`, and to halt.
  assert.deepEqual(checkProgram(base), {
    steps: 5n * (64n * 41n + 2n + 3n + 1n) + 4n,
    flops: 5n * (64n * 40n * 3n + 1n),
    level: 4,
  });
});

for (const rule of RULES) {
  test(`a program that breaks only the rule "${rule}" is refused for it`, () => {
    assert.ok(broken[rule].length > 0);
    for (const [i, program] of broken[rule].entries()) {
      assert.throws(
        () => checkProgram(program),
        (error) => error instanceof ProgramError && error.rule === rule,
        `case ${i}`,
      );
    }
  });
}

test("a coordinate may reach 2^53 − 1", () => {
  const most = { terms: [term(0, { factor: -(2 ** 31) })], offset: 2 ** 31 - 1 };
  checkProgram(inFold({ dims: [2 ** 22], write: [along(0, 64, most)] }));
});

test("the error names the instruction", () => {
  assert.throws(() => checkProgram(inFold({ target: 5 })), { pc: 1, message: /^instruction 1: no table tensor 5/ });
  assert.throws(() => checkProgram({ ...base, outputs: 0 }), { pc: null });
});

test("a scan writes at each term, and an inner fold adds a step for each of its terms", () => {
  const scan = inFold({ scan: true, write: [along(8, 64)] });
  assert.equal(checkProgram(scan).steps, 5n * (64n * 80n + 6n) + 4n);
  const inner = { reads: [], constants: [], code: [op("index", 16), op("int.add", 0, 1)], outs: [2] };
  const nested = inFold({
    innerReduction: [3],
    innerAccumulators: [{ type: "int", bits: 0n }],
    inner,
    body: { reads: [], constants: [], code: [op("f32.fromInt", 1), op("f32.fma", 2, 2, 0)], outs: [3] },
  });
  assert.deepEqual(checkProgram(nested), {
    steps: 5n * (64n * (40n * 4n + 1n) + 6n) + 4n,
    flops: 5n * (64n * 40n * (3n + 3n) + 1n),
    level: 4,
  });
});

test("the level is the smallest that holds the steps", () => {
  for (const [steps, level] of [
    [1n, 1],
    [16n, 1],
    [17n, 2],
    [256n, 2],
    [257n, 3],
    [2n ** 60n, 15],
  ] as const) {
    assert.equal(levelOf(steps), level);
  }
});
