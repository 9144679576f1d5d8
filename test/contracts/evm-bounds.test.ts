/** The dearest steps that the EVM machine can be brought to: none passes a step's bounds of gas and witness, transaction included. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Machine } from "@elench/evm/machine/state/machine";
import { prove, step } from "@elench/evm/machine/step";
import { PHASE } from "@elench/evm/structures/layout";
import { LIMIT } from "@elench/spec/evm/limits";
import { concatBytes } from "@ethereumjs/util";
import { exceedsL1, l1Price } from "../../evm/crypto/precompile-bounds.ts";
import { EXPONENTIATIONS, EXTREMES, MOST_PAIRS, PAIR } from "../../evm/machine/fixtures/extremes.ts";
import { transactionGas } from "./evm.ts";
import { type EvmVerifier, startEvmVerifier } from "./evm-verifier.ts";

/** For the dispute around the step, its calldata and its storage; and for contracts that are cold. */
const GAME_GAS = 250_000;

let verifier: EvmVerifier;
before(async () => {
  verifier = await startEvmVerifier();
});
after(() => verifier.close());

/** Steps the machine, and the contract with it. */
async function keepsBounds(m: Machine): Promise<void> {
  const { pre, witness, post } = prove(m);
  const [verdict] = await verifier.verdicts([{ pre, witness }]);
  assert.deepEqual(verdict?.post, post);
  const gas = transactionGas(concatBytes(pre, witness), verdict.gas);
  assert.ok(gas + GAME_GAS <= LIMIT.STEP_GAS, `${gas} gas`);
  assert.ok(witness.length <= LIMIT.STEP_BYTES, `${witness.length} bytes`);
  step(m);
}

for (const { name, machine } of EXTREMES) {
  test(name, async () => {
    const m = machine();
    const { phase } = m;
    do await keepsBounds(m);
    while (m.phase === phase && phase !== PHASE.execute && phase !== PHASE.flush);
  });
}

test("what precompiles are tried with is the dearest that L1 takes", () => {
  assert.ok(!exceedsL1(8, new Uint8Array(MOST_PAIRS * PAIR.length)));
  assert.ok(exceedsL1(8, new Uint8Array((MOST_PAIRS + 1) * PAIR.length)));
  for (const [name, input] of EXPONENTIATIONS) assert.ok(!exceedsL1(5, input), `${name}: ${l1Price(5, input)}`);
});
