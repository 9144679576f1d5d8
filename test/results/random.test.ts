/** The model of results: what must never happen does not, in months of an L2 chain under random adversaries. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SETTINGS } from "./model/setting.ts";
import { playSeeds } from "./model/sums.ts";

/** ELENCH_RUNS plays more in each setting, ELENCH_SEED others. */
const runs = Number(process.env.ELENCH_RUNS ?? 3);
const firstSeed = Number(process.env.ELENCH_SEED ?? 1);

for (const [name, setting] of Object.entries(SETTINGS))
  test(`${name}: no rule's fault in seeds ${firstSeed} to ${firstSeed + runs - 1}`, (t) => {
    const { faults, examples, ...sums } = playSeeds(firstSeed, firstSeed + runs - 1, setting);
    assert.deepEqual({ faults, examples }, { faults: {}, examples: {} });
    t.diagnostic(
      Object.entries(sums)
        .map(([key, value]) => `${key} ${value}`)
        .join(", "),
    );
  });
