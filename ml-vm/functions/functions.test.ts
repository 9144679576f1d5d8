import assert from "node:assert/strict";
import { test } from "node:test";
import { compiled, hardCases, MEASURED, sampledError } from "./measure.ts";

const vectors = process.env.ELENCH_VECTORS;
const functionNamed = (name: string): (typeof MEASURED)[number] =>
  MEASURED.find((m) => m.name === name) as (typeof MEASURED)[number];

for (const measured of MEASURED) {
  const bound = measured.name === "pow" ? 2 : 1;

  test(`${measured.name} is within ${bound} ulp on sampled arguments, special ones among them`, () => {
    const error = sampledError(measured, 20_000);
    assert.ok(error <= bound, `${error} ulp`);
  });

  test(`${measured.name} misses every hard case by at most one float`, (t) => {
    const hard = vectors ? hardCases(measured, vectors) : null;
    if (!hard) return t.skip(vectors ? `no hard cases of ${measured.name}` : "ELENCH_VECTORS is not set");
    assert.ok(hard.cases > 0);
    assert.ok(hard.floats <= 1, `${hard.missed} of ${hard.cases} missed, by up to ${hard.floats} floats`);
  });
}

const [inf, nan, tiny] = [Number.POSITIVE_INFINITY, Number.NaN, 2 ** -149];

/** Arguments and results at which the formulas break down, by IEEE-754 and C (annex F). */
const SPECIAL: Readonly<Record<string, readonly (readonly number[])[]>> = {
  exp: [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, 0],
    [nan, nan],
    [89, inf],
    [-104, 0],
    [-103, tiny],
    [tiny, 1],
  ],
  exp2: [
    [0, 1],
    [10, 1024],
    [-149, tiny],
    [-151, 0],
    [128, inf],
    [inf, inf],
    [-inf, 0],
    [nan, nan],
  ],
  log: [
    [1, 0],
    [0, -inf],
    [-0, -inf],
    [-1, nan],
    [inf, inf],
    [-inf, nan],
    [nan, nan],
  ],
  tanh: [
    [0, 0],
    [-0, -0],
    [tiny, tiny],
    [-tiny, -tiny],
    [inf, 1],
    [-inf, -1],
    [nan, nan],
    [20, 1],
  ],
  erf: [
    [0, 0],
    [-0, -0],
    [inf, 1],
    [-inf, -1],
    [nan, nan],
    [5, 1],
  ],
  sigmoid: [
    [0, 0.5],
    [-0, 0.5],
    [inf, 1],
    [-inf, 0],
    [nan, nan],
    [-200, 0],
    [200, 1],
  ],
  rsqrt: [
    [4, 0.5],
    [0, inf],
    [-0, -inf],
    [-1, nan],
    [inf, 0],
    [nan, nan],
  ],
  sin: [
    [0, 0],
    [-0, -0],
    [tiny, tiny],
    [-tiny, -tiny],
    [inf, nan],
    [-inf, nan],
    [nan, nan],
  ],
  cos: [
    [0, 1],
    [-0, 1],
    [tiny, 1],
    [inf, nan],
    [-inf, nan],
    [nan, nan],
  ],
  pow: [
    [nan, 0, 1],
    [1, nan, 1],
    [nan, 1, nan],
    [2, nan, nan],
    [-1, inf, 1],
    [-1, -inf, 1],
    [0, 3, 0],
    [-0, 3, -0],
    [-0, 2, 0],
    [0, -1, inf],
    [-0, -1, -inf],
    [-0, -2, inf],
    [0, -inf, inf],
    [0.5, inf, 0],
    [0.5, -inf, inf],
    [2, inf, inf],
    [2, -inf, 0],
    [inf, 2, inf],
    [inf, -2, 0],
    [-inf, 3, -inf],
    [-inf, 2, inf],
    [-inf, -3, -0],
    [-inf, 0.5, inf],
    [-8, 1 / 3, nan],
    [-2, 3, -8],
    [-2, -1, -0.5],
    [-1, 2 ** 24, 1],
    [2, -149, tiny],
    [2, 1000, inf],
    [-2, 1001, -inf],
    [10, 2, 100],
  ],
};

for (const [name, cases] of Object.entries(SPECIAL)) {
  test(`${name} has its special values, the sign of zero included`, () => {
    const { run } = compiled(functionNamed(name));
    for (const values of cases) {
      const [want, ...x] = [values.at(-1) as number, ...values.slice(0, -1)];
      assert.ok(
        Object.is(run(...x), want),
        `${name}(${x.map((v) => (Object.is(v, -0) ? "-0" : v))}) is ${run(...x)}, not ${want}`,
      );
    }
  });
}
