/** What `--verify` verifies, and what is measured on the way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "@elench/evm/machine/state/machine";
import { step } from "@elench/evm/machine/step";
import { EMPTY, PHASE, STATUS } from "@elench/evm/structures/layout";
import { OP } from "@elench/spec/evm/opcodes";
import { machineIn, worldOf } from "../../evm/machine/fixtures/state.ts";
import { STACK_LIMIT } from "../../evm/machine/opcodes.ts";
import { mostSteps, worstOf } from "./evm-figures.ts";
import { endingOf, failureOf, kindOf } from "./evm-step-kinds.ts";
import { StepSample } from "./evm-step-sample.ts";

const world = worldOf(new Map());
const ENTER = { phase: PHASE.enter, codeAddress: 5n, transfers: false, creates: false, initcode: EMPTY } as const;
const before = (op: number, height: number, rest: { gas?: bigint; isStatic?: boolean } = {}): Machine =>
  machineIn({
    world,
    code: Uint8Array.of(op),
    gas: rest.gas ?? 100_000n,
    stack: new Array(height).fill(1n),
    frame: { isStatic: rest.isStatic ?? false },
  });

function takenStep(m: Machine): { kind: string; ending: string } {
  const [kind, failing] = [kindOf(m), failureOf(m)];
  step(m);
  return { kind, ending: endingOf(m, failing) };
}

test("ways of failing are told apart", () => {
  const endings = [
    before(OP.ADD, 2),
    before(OP.ADD, 1),
    before(OP.DUP1, STACK_LIMIT),
    before(OP.ADD, 2, { gas: 2n }),
    before(0x0c, 2),
    before(OP.TSTORE, 2, { isStatic: true }),
    before(OP.JUMP, 1),
  ].map(takenStep);
  assert.deepEqual(endings, [
    { kind: "ADD", ending: "execute" },
    { kind: "ADD", ending: "fails: stack underflow" },
    { kind: "DUP1", ending: "fails: stack overflow" },
    { kind: "ADD", ending: "fails: out of gas" },
    { kind: "invalid opcode", ending: "fails: invalid opcode" },
    { kind: "TSTORE", ending: "fails: in a static frame" },
    { kind: "JUMP", ending: "fails: in the instruction" },
  ]);
});

test("phases are told apart by what they are for", () => {
  const load = machineIn({ world, task: { phase: PHASE.loadAccount, address: 5n, resume: ENTER } });
  assert.deepEqual(takenStep(load), { kind: "loadAccount for enter", ending: "enter" });
  const leave = machineIn({ world, task: { phase: PHASE.leave, status: STATUS.revert }, frame: { kind: 1 } });
  assert.equal(kindOf(leave), "leave 1 of 1");
});

const sampleOf = (steps: number, rare: ReadonlyMap<number, readonly [string, string]>): StepSample => {
  const sample = new StepSample();
  for (let i = 0; i < steps; i++) sample.add(...(rare.get(i) ?? (["ADD", "execute"] as const)));
  return sample;
};

test("all steps of a short run are verified", () => {
  assert.equal(sampleOf(400, new Map()).chosen.size, 400);
});

test("of a long run at least 200 steps are verified, the first of each kind and of each ending among them", () => {
  const rare = [
    [3001, "MUL", "execute"],
    [3003, "MUL", "fails: stack underflow"],
    [3005, "MUL", "fails: out of gas"],
    [3007, "MUL", "execute"],
  ] as const;
  for (const steps of [401, 3008, 100_007]) {
    const { chosen } = sampleOf(steps, new Map(rare.map(([at, kind, ending]) => [at, [kind, ending]])));
    assert.ok(chosen.size >= 200 && chosen.size < 410, `${chosen.size} of ${steps}`);
    assert.ok(chosen.has(0n));
    for (const [at] of rare.slice(0, 3)) assert.equal(chosen.has(BigInt(at)), at < steps);
  }
});

test("the worst of several cases are found, of each kind of step", () => {
  const figures = (steps: number, gas: number, kinds: [string, number, number][]) => ({
    steps,
    gas,
    kinds: new Map(kinds.map(([kind, spent, witnessBytes]) => [kind, { gas: spent, witnessBytes }])),
  });
  const worst = worstOf([
    ["invalid", figures(9, 0, [["ADD", 7, 1]])],
    ["dense", figures(90, 100, [["ADD", 5, 8]])],
    ["sparse", figures(900, 9000, [["MUL", 6, 900]])],
  ]);
  assert.deepEqual(worst, {
    stepsPerGas: { steps: 90, gas: 100, case: "dense" },
    gas: { gas: 7, kind: "ADD" },
    witness: { bytes: 900, kind: "MUL" },
    kinds: { ADD: { gas: 7, witnessBytes: 8 }, MUL: { gas: 6, witnessBytes: 900 } },
  });
  assert.deepEqual(worstOf([]), { stepsPerGas: null, gas: null, witness: null, kinds: {} });
});

test("whatever a batch within its bounds holds, a transaction fits into its slot of the clock", () => {
  assert.ok(mostSteps(2n ** 27n, 2 ** 27) < 16n ** 7n);
});
