import assert from "node:assert/strict";
import { test } from "node:test";
import { randomProgram } from "../program/random.ts";
import { type Backend, openBackend } from "./backend.ts";
import { kernelProgram } from "./kernel-programs.ts";
import { nativeAddon, nativeEngines } from "./native.ts";
import { Session } from "./session.ts";

/** Programs compared; more with ELENCH_PROGRAMS. */
const PROGRAMS = Number(process.env.ELENCH_PROGRAMS ?? 300);

/** The engine for one instruction set, by the variable that a user would set. */
function withIsa(isa: string, open: () => Backend): Backend {
  const former = process.env.ELENCH_ISA;
  process.env.ELENCH_ISA = isa;
  try {
    return open();
  } finally {
    if (former === undefined) delete process.env.ELENCH_ISA;
    else process.env.ELENCH_ISA = former;
  }
}

const reference = (): Backend => openBackend({ engine: "interpreter" });
const others = (): Backend[] => [
  ...nativeEngines().flatMap((isa) => [1, 3].map((threads) => withIsa(isa, () => openBackend({ engine: "native", threads })))),
  ...nativeEngines().map((isa) => withIsa(isa, reference)),
];

test("all engines give the interpreter's bits on any program", { skip: nativeAddon() === null }, () => {
  const [expected, engines] = [reference(), others()];
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const { model, inputs } = randomProgram(seed, { elements: seed % 10 === 0 ? 700 : 60 });
    const outputs = new Session(model, expected).run(inputs);
    for (const engine of engines) assert.deepEqual(new Session(model, engine).run(inputs), outputs, `${engine.name}, seed ${seed}`);
  }
});

test("kernels give the interpreter's bits on products, convolutions and pools of any shape", { skip: nativeAddon() === null }, () => {
  const [expected, engines] = [reference(), others()];
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const { what, model, inputs } = kernelProgram(seed);
    const outputs = new Session(model, expected).run(inputs);
    for (const engine of engines) {
      assert.deepEqual(new Session(model, engine).run(inputs), outputs, `${engine.name}, seed ${seed}: ${what}`);
    }
  }
});
