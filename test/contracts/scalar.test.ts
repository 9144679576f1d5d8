/** The scalar operations of the contracts are those of softfloat, bit for bit, and the table's. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { OPS, type OpSpec } from "@elench/tensor/program/ops";
import { loadSoftfloat } from "@elench/tensor/softfloat/load";
import { randomPatterns, randomWide, randomWords, specialPatterns } from "../../ml-vm/softfloat/fixtures/patterns.ts";
import { type Operands, type ScalarHarness, startScalarHarness } from "./scalar-harness.ts";

const softfloat = loadSoftfloat();
let harness: ScalarHarness;
before(async () => {
  harness = await startScalarHarness();
});
after(() => harness?.close());

const INDEX = OPS.get("index")!.code;
const SELECT = OPS.get("select")!.code;
const M64 = 2n ** 64n;
const INT_EDGES = [
  0n,
  1n,
  2n,
  63n,
  64n,
  127n,
  128n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  2n ** 63n,
];
const NEGATIVE_EDGES = INT_EDGES.map((edge) => BigInt.asUintN(64, -edge));

/** Streams of registers of each type; the high half of an f32 holds garbage now and then. */
function streams(seed: number) {
  const random = randomWords(seed);
  const edges = [...INT_EDGES, ...NEGATIVE_EDGES];
  const float32 = randomPatterns("f32", random);
  return {
    random,
    f32: (): bigint => float32() | (random() % 8 === 0 ? BigInt(random()) << 32n : 0n),
    f64: randomPatterns("f64", random),
    int: (): bigint =>
      random() % 4 === 0
        ? edges[random() % edges.length]!
        : BigInt.asUintN(64, BigInt.asIntN(64, randomWide(random)) >> BigInt(random() % 64)),
    T: (): bigint => randomWide(random),
  };
}

/** Random registers of the operation's types; now and then two equal ones, or one the other's negative. */
function randomOperands(spec: OpSpec, count: number, seed: number): Operands[] {
  const stream = streams(seed);
  return Array.from({ length: count }, () => {
    const [a = 0n, b = 0n, c = 0n] = spec.args.map((type) => stream[type]());
    const kind = stream.random() % 16;
    if (spec.args[0] !== spec.args[1] || kind > 1) return [a, b, c];
    const sign = spec.args[0] === "f32" ? 2n ** 31n : spec.args[0] === "f64" ? 2n ** 63n : 0n;
    return [a, kind === 0 ? a : a ^ sign, c];
  });
}

/** Fused sums that nearly cancel, or lie next to halfway between two floats: c is ±a·b, rounded, or its neighbour. */
function cancellingOperands(format: "f32" | "f64", count: number, seed: number): Operands[] {
  const stream = streams(seed);
  const [mul, sign] = format === "f32" ? ([0x12, 2n ** 31n] as const) : ([0x32, 2n ** 63n] as const);
  return Array.from({ length: count }, () => {
    const [a, b] = [stream[format](), stream[format]()];
    const product = softfloat.scalar(mul, a, b, 0n) ^ (stream.random() % 2 === 0 ? sign : 0n);
    const places = BigInt(stream.random() % 60) << BigInt(format === "f32" ? 23 : 52);
    const nudges = [0n, 1n, -1n, -places, places];
    return [a, b, BigInt.asUintN(format === "f32" ? 32 : 64, product + nudges[stream.random() % nudges.length]!)];
  });
}

/**
 * Sums that hang on the last bit that is kept of a term far below: exact ties (an odd significand under 4/3, times 3/2)
 * plus or minus anything tiny, and powers of two less a product near half of the last place below them.
 */
function decidedFarBelow(format: "f32" | "f64", count: number, seed: number): Operands[] {
  const { random } = streams(seed);
  const [p, bias, top] = format === "f32" ? [23, 127, 31] : [52, 1023, 63];
  const float = (negative: number, exponent: number, fraction: bigint): bigint =>
    (BigInt(negative) << BigInt(top)) | (BigInt(exponent + bias) << BigInt(p)) | fraction;
  return Array.from({ length: count }, (_, i): Operands => {
    const fraction = randomWide(random) >> BigInt(64 - p);
    if (i % 2 === 0) {
      const tie = float(random() % 2, 0, (fraction / 4n) | 1n);
      return [tie, float(0, 0, 1n << BigInt(p - 1)), float(random() % 2, -(random() % (bias - 1)), fraction)];
    }
    const other = randomWide(random) >> BigInt(64 - p);
    return [float(0, 0, fraction), float(1, (random() % 8) - p - 5, other), float(0, random() % 2, 0n)];
  });
}

/** Dividends an odd or even number of half divisors long, or next to that. */
function halfwayDividends(format: "f32" | "f64", count: number, seed: number): Operands[] {
  const { random } = streams(seed);
  const fromInt = (n: number): bigint => softfloat.scalar(format === "f32" ? 0x51 : 0x53, BigInt(n), 0n, 0n);
  return Array.from({ length: count }, () => {
    const divisor = 2 * (1 + (random() % 1000));
    const dividend = fromInt((divisor / 2) * (random() % 4000));
    return [dividend + BigInt(random() % 2), fromInt(divisor), 0n];
  });
}

const hex = (registers: readonly bigint[]): string => registers.map((r) => `0x${r.toString(16)}`).join(", ");

async function assertAgrees(name: string, code: number, operands: readonly Operands[]): Promise<void> {
  const { results } = await harness.batch(code, operands);
  assert.equal(results.length, operands.length);
  operands.forEach((registers, i) => {
    const expected = softfloat.scalar(code, ...registers);
    if (results[i] !== expected) {
      assert.fail(`${name}(${hex(registers)}) = 0x${results[i]!.toString(16)}, not 0x${expected.toString(16)}`);
    }
  });
}

for (const [name, spec] of OPS) {
  if (spec.code === INDEX) continue;
  test(`${name} agrees with softfloat on random and special operands`, async () => {
    await assertAgrees(name, spec.code, randomOperands(spec, 2_000, spec.code));
  });
}

test("operations agree on pairs of special patterns", async () => {
  for (const format of ["f32", "f64"] as const) {
    const specials = specialPatterns(format).filter((_, i) => i % 4 < 2 || i < 24);
    const pairs = specials.flatMap((a) => specials.map((b): Operands => [a, b, 2n ** 31n]));
    for (const op of ["add", "mul", "div", "rem", "min", "lt", "le", "eq"]) {
      const name = `${format}.${op}`;
      await assertAgrees(
        name,
        OPS.get(name)!.code,
        pairs.filter((_, i) => i % 3 === 0),
      );
    }
  }
});

test("fma agrees where the sum cancels, and where it rounds near halfway", async () => {
  await assertAgrees("f32.fma", 0x13, cancellingOperands("f32", 4_000, 71));
  await assertAgrees("f64.fma", 0x33, cancellingOperands("f64", 2_000, 72));
});

test("fma and add agree where a term far below decides the rounding", async () => {
  for (const format of ["f32", "f64"] as const) {
    const operands = decidedFarBelow(format, 2_000, 73);
    const sums = operands.map(
      ([a, b, c]): Operands => [softfloat.scalar(OPS.get(`${format}.mul`)!.code, a, b, 0n), c, 0n],
    );
    await assertAgrees(`${format}.fma`, OPS.get(`${format}.fma`)!.code, operands);
    await assertAgrees(`${format}.add`, OPS.get(`${format}.add`)!.code, sums);
  }
});

test("remainders agree at and beside the middle between two multiples", async () => {
  for (const format of ["f32", "f64"] as const) {
    await assertAgrees(`${format}.rem`, OPS.get(`${format}.rem`)!.code, halfwayDividends(format, 2_000, 74));
  }
});

test("patterns of the half formats, a sixteenth of all, convert as in softfloat", async () => {
  const patterns = Array.from({ length: 2 ** 12 }, (_, i): Operands => [BigInt(i * 16 + (i % 16)), 0n, 0n]);
  for (const name of ["f32.fromF16", "f32.fromBF16"]) await assertAgrees(name, OPS.get(name)!.code, patterns);
});

test("codes outside the table have no value", async () => {
  const known = new Set([...OPS.values()].map((spec) => spec.code).filter((code) => code !== INDEX));
  for (let code = 0; code < 256; code++) {
    if (known.has(code)) continue;
    const unknown = harness.batch(code, [[1n, 2n, 3n]]);
    await assert.rejects(unknown, /0xd5f521b7|UnknownOperation/, `code ${code}`);
  }
});

test("a binary64 operation fails, rather than have a value, where the contract for it is missing", async () => {
  const nobody = `0x${"12".repeat(20)}` as const;
  await assert.rejects(harness.batch(0x30, [[1n, 2n, 3n]], nobody), /0x367a2bec|Float64Unavailable/);
});

/** Programs of every operation, in random order; operands of any type, as bit patterns. */
test("programs leave the registers that softfloat leaves", async () => {
  const random = randomWords(77);
  const codes = [...OPS.values()].map((spec) => spec.code);
  for (let round = 0; round < 40; round++) {
    const inputs = [randomWide(random), randomWide(random), BigInt(random()), 0x3f800000n];
    const variables = [randomWide(random), 5n, M64 - 3n];
    const count = 1 + (random() % 60);
    const words = Array.from({ length: count }, (_, i) => {
      const code = codes[random() % codes.length]!;
      const limit = code === INDEX ? variables.length : inputs.length + i;
      return [code, random() % limit, random() % limit, random() % limit] as const;
    });
    softfloat.values.set(inputs);
    softfloat.vars.set(variables.map((value) => BigInt.asIntN(64, value)));
    const program = softfloat.load(
      Uint32Array.from(words, ([op, a, b, c]) => op * 2 ** 24 + a * 2 ** 16 + b * 2 ** 8 + c),
    );
    const filled = softfloat.run(program, inputs.length);
    const { registers, result } = await harness.run(Uint8Array.from(words.flat()), inputs, variables);
    assert.deepEqual(registers, [...softfloat.values.subarray(0, filled)]);
    assert.equal(result, registers.at(-1));
  }
});

test("an empty program changes nothing", async () => {
  const { registers, result } = await harness.run(new Uint8Array(), [7n], []);
  assert.deepEqual([registers, result], [[7n], 0n]);
});

const TYPE_NUMBERS = { f32: 1n, f64: 2n, int: 3n, T: 4n } as const;

test("the table of types on chain is the table of operations, for all 256 codes", async () => {
  const specs = new Map([...OPS.values()].map((spec) => [spec.code, spec]));
  for (let code = 0; code < 256; code++) {
    const spec = specs.get(code);
    const args = (spec?.args ?? []).reduce((sum, type, i) => sum | (TYPE_NUMBERS[type] << BigInt(4 * i)), 0n);
    const expected = [spec !== undefined, BigInt(spec?.args.length ?? 0), args, spec ? TYPE_NUMBERS[spec.result] : 0n];
    assert.deepEqual(await harness.signature(code), expected, `code ${code}`);
  }
});

test("an operation has a result type for its own operand types, and for no others", async () => {
  const types = [0n, 1n, 2n, 3n];
  const triples = types.flatMap((a) => types.flatMap((b) => types.map((c) => [a, b, c] as const)));
  const all = [
    ...OPS.values(),
    { code: 0x02, args: [], result: undefined },
    { code: 0xff, args: [], result: undefined },
  ];
  for (const { code, args, result } of all.filter((_, i) => i % 6 === 0 || i < 3 || i >= OPS.size)) {
    for (const triple of triples) {
      const wanted = [0, 1, 2].map((i) => (i < args.length ? TYPE_NUMBERS[args[i] as "f32"] : 0n));
      const polymorphic = code === SELECT && triple[0] === 3n && triple[1] === triple[2];
      const matches = wanted.every((type, i) => type === triple[i]);
      const expected = polymorphic ? triple[1] : matches && result !== undefined ? TYPE_NUMBERS[result] : 0n;
      assert.equal(await harness.resultOf(code, triple), expected, `code ${code} of ${triple}`);
    }
  }
});

/** Files of TestFloat vectors for the operations that have them; its NaN for an integer conversion is another. */
const TESTFLOAT: Record<string, string> = {
  f32_add: "f32.add",
  f32_sub: "f32.sub",
  f32_mul: "f32.mul",
  f32_mulAdd_every30th: "f32.fma",
  f32_div: "f32.div",
  f32_sqrt: "f32.sqrt",
  f32_rem: "f32.rem",
  f32_eq: "f32.eq",
  f32_lt: "f32.lt",
  f32_le: "f32.le",
  f32_roundToInt: "f32.rint",
  f16_to_f32: "f32.fromF16",
  f32_to_f16: "f32.toF16",
  f32_to_f64: "f64.fromF32",
  f64_to_f32: "f32.fromF64",
  i64_to_f32: "f32.fromInt",
  f32_to_i64: "f32.toInt",
};
const SAMPLE = 20_000;

const vectorsRoot = process.env.ELENCH_VECTORS;
const folder = [`${vectorsRoot}/fp/testfloat`, `${vectorsRoot}/testfloat`, `${vectorsRoot}`].find(
  (path) => vectorsRoot !== undefined && existsSync(`${path}/f32_add.txt.gz`),
);
const skip = folder === undefined && "no TestFloat vectors: set ELENCH_VECTORS to a folder that holds fp/testfloat";

for (const [file, name] of Object.entries(TESTFLOAT)) {
  test(`${name} passes TestFloat's ${file}`, { skip }, async () => {
    const text = gunzipSync(readFileSync(`${folder}/${file}.txt.gz`)).toString();
    const lines = text.trimEnd().split("\n");
    const stride = Math.ceil(lines.length / SAMPLE);
    // Operands, result and exception flags, which there are none of here.
    const vectors = lines
      .filter((_, i) => i % stride === 0)
      .map((line) => line.split(" ").map((x) => BigInt(`0x${x}`)));
    const operands = vectors.map(
      (fields): Operands => [fields[0]!, fields.length > 3 ? fields[1]! : 0n, fields.length > 4 ? fields[2]! : 0n],
    );
    const { results } = await harness.batch(OPS.get(name)!.code, operands);
    vectors.forEach((fields, i) => {
      const fromNaN = name === "f32.toInt" && (fields[0]! & 0x7fffffffn) > 0x7f800000n;
      const expected = fromNaN ? 0n : fields.at(-2)!;
      if (results[i] !== expected)
        assert.fail(`${name}(${hex(operands[i]!)}) = 0x${results[i]!.toString(16)}, not 0x${expected.toString(16)}`);
    });
  });
}
