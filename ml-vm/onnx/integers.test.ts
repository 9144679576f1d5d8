import assert from "node:assert/strict";
import { test } from "node:test";
import { openBackend } from "../engine/backend.ts";
import { Session } from "../engine/session.ts";
import { modelFile, TYPE, tensorInfo } from "./fixtures/model.ts";
import { onnx } from "./graph/proto.ts";
import { importOnnx } from "./import.ts";
import { readTensorFile } from "./tensor-file.ts";

/** 64-bit integers keep every bit on all paths into and out of a model. (Doubles are exact only up to 2^53.) */
const ODD = 9007199254740993n;
const GREATEST = 9223372036854775807n;
const LEAST = -9223372036854775808n;

const backend = openBackend({ threads: 1 });
const bytesOf = (values: readonly bigint[]): Uint8Array => new Uint8Array(BigInt64Array.from(values).buffer);

/** A model of one i64 input [n]; `constants` are typed data, not raw. */
function run(
  values: readonly bigint[],
  node: object,
  constants: Readonly<Record<string, readonly bigint[]>> = {},
  more: readonly object[] = [],
): bigint[] {
  const file = modelFile({
    input: [tensorInfo("x", TYPE.i64, [values.length])],
    initializer: Object.entries(constants).map(([name, data]) => ({
      name,
      dims: data.length === 1 ? [] : [data.length],
      dataType: TYPE.i64,
      int64Data: data.map(String),
    })),
    node: [...more, { output: ["y"], ...node }],
    output: [{ name: "y" }],
  });
  const [result] = new Session(importOnnx(file), backend).run([bytesOf(values)]);
  return [...new BigInt64Array((result as Uint8Array).slice().buffer)];
}

test("typed data of initializers", () => {
  assert.deepEqual(run([1n, 3n], { opType: "Mul", input: ["x", "c"] }, { c: [ODD] }), [ODD, 3n * ODD]);
});

test("attributes that are data", () => {
  const constant = (attribute: object) => ({ opType: "Constant", output: ["c"], attribute: [attribute] });
  const multiply = { opType: "Mul", input: ["x", "c"] };
  const single = constant({ name: "value_int", type: 2, i: String(ODD) });
  assert.deepEqual(run([2n], multiply, {}, [single]), [2n * ODD]);
  const several = constant({ name: "value_ints", type: 7, ints: [String(ODD), String(LEAST)] });
  assert.deepEqual(run([1n, 1n], multiply, {}, [several]), [ODD, LEAST]);
});

test("bounds of Clip and ends of Slice at the edges of the type", () => {
  assert.deepEqual(
    run([1n, LEAST, GREATEST], { opType: "Clip", input: ["x", "a", "b"] }, { a: [-5n], b: [GREATEST] }),
    [1n, -5n, GREATEST],
  );
  const slice = (starts: bigint, ends: bigint, steps: bigint): bigint[] => {
    const list = (name: string, value: bigint) => ({
      opType: "Constant",
      output: [name],
      attribute: [{ name: "value_ints", type: 7, ints: [String(value)] }],
    });
    const lists = [list("s", starts), list("e", ends), list("a", 0n), list("t", steps)];
    return run([10n, 11n, 12n, 13n], { opType: "Slice", input: ["x", "s", "e", "a", "t"] }, {}, lists);
  };
  assert.deepEqual(slice(2n, GREATEST, 1n), [12n, 13n]);
  assert.deepEqual(slice(GREATEST, LEAST, -1n), [13n, 12n, 11n, 10n]);
});

test("a range that begins beyond 2^53", () => {
  const range = run([0n, 0n, 0n], { opType: "Add", input: ["x", "r"] }, { s: [ODD], e: [ODD + 6n], d: [2n] }, [
    { opType: "Range", input: ["s", "e", "d"], output: ["r"] },
  ]);
  assert.deepEqual(range, [ODD, ODD + 2n, ODD + 4n]);
});

test("powers of integers are exact, whatever the exponent is", () => {
  const power = (base: bigint, exponent: bigint): bigint =>
    run([base], { opType: "Pow", input: ["x", "c"] }, { c: [exponent] })[0] as bigint;
  const wrapped = (base: bigint, exponent: bigint): bigint => BigInt.asIntN(64, base ** exponent);
  for (const base of [0n, 1n, -1n, 2n, -3n, 7n, 111n, 1000n])
    for (const exponent of [0n, 1n, 2n, 3n, 4n, 9n, 20n, 63n])
      assert.equal(power(base, exponent), wrapped(base, exponent), `${base}^${exponent}`);
  assert.equal(power(111n, 4n), 151807041n);
  assert.deepEqual(
    [power(-1n, 65n), power(-1n, -3n), power(1n, -1n), power(2n, -1n), power(0n, -1n)],
    [-1n, -1n, 1n, 0n, 0n],
  );
  // An exponent that is not constant, and one that is a float.
  assert.deepEqual(run([5n, 7n], { opType: "Pow", input: ["c", "x"] }, { c: [3n, -11n] }), [243n, -19487171n]);
  const whole = { opType: "Constant", output: ["f"], attribute: [{ name: "value_float", type: 1, f: 5 }] };
  assert.deepEqual(run([111n], { opType: "Pow", input: ["x", "f"] }, {}, [whole]), [16850581551n]);
});

test("tensor files: protobuf's typed data, and JSON", () => {
  const proto = onnx.TensorProto.fromObject({ dims: [2], dataType: TYPE.i64, int64Data: [String(ODD), String(LEAST)] });
  const type = { dtype: "i64", shape: [2] } as const;
  const [fromProto, fromJson] = [
    readTensorFile("x.pb", onnx.TensorProto.encode(proto).finish(), type),
    readTensorFile("x.json", new TextEncoder().encode(`[${ODD}, ${LEAST}]`), type),
  ];
  assert.deepEqual(fromProto, bytesOf([ODD, LEAST]));
  assert.deepEqual(fromJson, bytesOf([ODD, LEAST]));
  const unsigned = readTensorFile("x.json", new TextEncoder().encode("[18446744073709551615]"), {
    dtype: "u64",
    shape: [1],
  });
  assert.deepEqual(unsigned, new Uint8Array(8).fill(255));
  const tooLarge = new TextEncoder().encode("[9223372036854775808]");
  assert.throws(
    () => readTensorFile("x.json", tooLarge, { dtype: "i64", shape: [1] }),
    /9223372036854775808, which is no i64/,
  );
});

test("a constant of the graph is read as it was written", () => {
  const file = modelFile({
    input: [tensorInfo("x", TYPE.i64, [1])],
    node: [
      { opType: "Shape", input: ["x"], output: ["n"] },
      { opType: "Mul", input: ["n", "c"], output: ["m"] },
      { opType: "Identity", input: ["m"], output: ["y"] },
    ],
    initializer: [{ name: "c", dims: [], dataType: TYPE.i64, int64Data: [String(ODD)] }],
    output: [{ name: "y" }],
  });
  assert.deepEqual(importOnnx(file).weights, [bytesOf([ODD])]);
});
