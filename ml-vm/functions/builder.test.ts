import assert from "node:assert/strict";
import { test } from "node:test";
import { ScalarBuilder } from "./builder.ts";

test("equal expressions share one value, and unused ones are omitted", () => {
  const b = new ScalarBuilder();
  const x = b.entry("f32");
  const twice = b.add(b.mul(x, b.f32(2)), b.mul(x, b.f32(2)));
  b.sub(x, b.f32(7));
  assert.deepEqual(b.stage([twice]), {
    reads: [],
    constants: [{ type: "f32", bits: 0x40000000n }],
    code: [
      { op: "f32.mul", a: 0, b: 1, c: 0 },
      { op: "f32.add", a: 2, b: 2, c: 0 },
    ],
    outs: [3],
  });
});

test("operands of a wrong type, or of another builder, are refused", () => {
  const b = new ScalarBuilder();
  assert.throws(() => b.op("f32.add", b.f32(1), b.int(1)), /operand 1 of f32.add is int, not f32/);
  assert.throws(() => b.select(b.int(1), b.f32(1), b.f64(1)), /operand 2 of select is f64, not f32/);
  assert.throws(() => b.neg(new ScalarBuilder().f32(1)), /another builder/);
});

test("a stage with too many values is refused", () => {
  const b = new ScalarBuilder();
  let x = b.entry("f32");
  for (let i = 0; i < 256; i++) x = b.neg(x);
  assert.throws(() => b.stage([x]), /257 values/);
});
