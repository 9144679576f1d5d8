import assert from "node:assert/strict";
import { test } from "node:test";
import { checkProgram } from "../program/check.ts";
import { encodeInstruction } from "../program/codec.ts";
import { randomProgram } from "../program/fixtures/random.ts";
import { machineOf, samples } from "../stepper/fixtures/samples.ts";
import { runAll } from "../stepper/stepper.ts";
import { type Backend, openBackend, openWasm } from "./backend.ts";
import { kernelProgram } from "./fixtures/kernel-programs.ts";
import { nativeAddon, nativeEngines } from "./native.ts";
import { Session } from "./session.ts";

/** Programs compared; more with ELENCH_PROGRAMS. */
const PROGRAMS = Number(process.env.ELENCH_PROGRAMS ?? 100);
const seeds = Array.from({ length: PROGRAMS }, (_, i) => i + 1);

/** The simplest engine. The others are compared with it, and it with the stepper. */
const reference: Backend = nativeAddon() ? openBackend({ engine: "interpreter" }) : openWasm(false);

const engines: readonly Backend[] = [
  ...nativeEngines().flatMap((instructionSet) => [
    ...[1, 3].map((threads) => openBackend({ engine: "native", threads, instructionSet })),
    openBackend({ engine: "interpreter", instructionSet }),
  ]),
  openWasm(),
  openWasm(false),
];

test("the engine gives the stepper's bits on random programs", () => {
  for (const seed of seeds) {
    const sample = { name: `seed ${seed}`, ...randomProgram(seed, { instructions: 2, elements: 20 }) };
    const { outputs } = runAll(machineOf(sample));
    for (const engine of [reference, ...engines]) {
      assert.deepEqual(new Session(sample.model, engine).run(sample.inputs), outputs, `${engine.name}, seed ${seed}`);
    }
  }
});

test("all engines give the stepper's bits on the samples", () => {
  for (const sample of samples()) {
    checkProgram(sample.model.program);
    const { outputs } = runAll(machineOf(sample));
    for (const engine of [reference, ...engines])
      assert.deepEqual(new Session(sample.model, engine).run(sample.inputs), outputs, `${engine.name}, ${sample.name}`);
  }
});

test("all engines, on any number of threads, give the same bits on larger programs", () => {
  for (const seed of seeds) {
    const { model, inputs } = randomProgram(seed, { elements: 700 });
    const outputs = new Session(model, reference).run(inputs);
    for (const engine of engines) {
      assert.deepEqual(new Session(model, engine).run(inputs), outputs, `${engine.name}, seed ${seed}`);
    }
  }
});

test("kernels give the interpreter's bits on products, convolutions and pools of any shape", () => {
  for (const seed of seeds) {
    const { what, model, inputs } = kernelProgram(seed);
    checkProgram(model.program);
    const outputs = new Session(model, reference).run(inputs);
    for (const engine of engines) {
      assert.deepEqual(new Session(model, engine).run(inputs), outputs, `${engine.name}, seed ${seed}: ${what}`);
    }
  }
});

test("executing a part of the elements writes exactly those of the whole, and leaves the rest unchanged", () => {
  for (const seed of seeds) {
    const { model, inputs } = kernelProgram(seed);
    const [instruction] = model.program.instructions;
    if (instruction?.kind !== "tensor") continue;
    const whole = new Session(model, reference).run(inputs)[0] as Uint8Array;
    const elements = instruction.dims.reduce((product, n) => product * n, 1);
    const [from, to] = [Math.floor(elements / 3), Math.ceil((2 * elements) / 3)];
    const size = whole.length / elements;
    const expected = new Uint8Array(whole.length).fill(7);
    expected.set(whole.subarray(from * size, to * size), from * size);
    for (const engine of engines) {
      const target = new Uint8Array(whole.length).fill(7);
      engine.execute(encodeInstruction(instruction), inputs, target, [], from, to);
      assert.deepEqual(target, expected, `${engine.name}, seed ${seed}`);
    }
  }
});
