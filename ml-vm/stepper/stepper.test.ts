import assert from "node:assert/strict";
import { test } from "node:test";
import { dataRoot } from "@elench/merkle/tree";
import { checkProgram } from "../program/check.ts";
import { haltedState, listRoot, startState } from "../program/commitment.ts";
import { machineOf, samples } from "./fixtures/samples.ts";
import { contextOf, hashOf, type State, startOf } from "./state.ts";
import { runAll, step } from "./stepper.ts";
import { witnessOf } from "./witness.ts";

for (const sample of samples()) {
  test(`${sample.name}: starts and halts in the states that the contracts build`, () => {
    const machine = machineOf(sample);
    const { steps, outputs } = runAll(machine);
    let state: State = startOf(machine);
    assert.deepEqual(hashOf(machine, state), startState(machine.commitment, machine.inputTree.root));
    const seen = new Set<string>();
    for (let i = 0n; i < steps; i++) {
      assert.notEqual(state.kind, "halted", `halted before step ${i} of ${steps}`);
      seen.add(Buffer.from(hashOf(machine, state)).toString("hex"));
      assert.ok(witnessOf(machine, state).length > 32);
      state = step(machine, state);
    }
    assert.equal(BigInt(seen.size), steps, "a state occurs twice");
    assert.deepEqual(hashOf(machine, state), haltedState(contextOf(machine), listRoot(outputs.map(dataRoot))));
    assert.equal(step(machine, state), state);
    assert.ok(steps <= checkProgram(sample.model.program).steps);
  });
}
