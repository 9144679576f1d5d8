/** Softfloat gives, in every format, the infinitely precise result rounded once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMATS, type Format, FUNCTIONS, type FunctionName } from "./exports.ts";
import * as exact from "./fixtures/exact-reference.ts";
import { randomPatterns, randomWide, randomWords, specialPatterns } from "./fixtures/patterns.ts";
import { loadSoftfloat } from "./load.ts";

const softfloat = loadSoftfloat();

const { add, sub, mul, div, rem, min, max } = exact;
const BINARY = { add, sub, mul, div, rem, min, max };
const I32 = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const UI32 = [0n, 2n ** 32n - 1n] as const;
const I64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/** A function of softfloat with bigints for all types. */
function over(name: FunctionName): (...operands: bigint[]) => bigint {
  const wide = FUNCTIONS.get(name)!.args.map((type) => type === "f64" || type === "i64");
  const run = softfloat[name] as (...operands: (number | bigint)[]) => number | bigint | boolean;
  return (...operands) => BigInt(run(...operands.map((operand, i) => (wide[i] ? operand : Number(operand)))));
}

/** Fails, naming the operands, at the first tuple on which the two functions differ; and if there are no tuples. */
function sameOn(
  name: FunctionName,
  tuples: Iterable<readonly bigint[]>,
  reference: (...operands: bigint[]) => bigint,
): void {
  const run = over(name);
  let count = 0;
  for (const operands of tuples) {
    const got = run(...operands);
    const expected = reference(...operands);
    if (got !== expected) {
      const hex = (value: bigint): string => (value < 0n ? `${value}` : `0x${value.toString(16)}`);
      assert.fail(`${name}(${operands.map(hex).join(", ")}) = ${hex(got)}, not ${hex(expected)}`);
    }
    count += 1;
  }
  assert.ok(count > 0);
}

function* everyHalf(): Generator<[bigint]> {
  for (let pattern = 0n; pattern < 65536n; pattern++) yield [pattern];
}

/** All tuples of special patterns if they are few enough, then `count` random ones. */
function* tuples(format: Format, arity: number, seed: number, count: number): Generator<bigint[]> {
  const specials = specialPatterns(format);
  if (arity === 1) for (const a of specials) yield [a];
  if (arity === 2) for (const a of specials) for (const b of specials) yield [a, b];
  const next = randomPatterns(format, randomWords(seed));
  for (let i = 0; i < count; i++) yield Array.from({ length: arity }, next);
}

/** Every pattern of a half format, specials and a sample of the wider ones. */
const unaryOperands = (format: Format): Iterable<readonly bigint[]> =>
  format === "f16" || format === "bf16" ? everyHalf() : tuples(format, 1, 1, 10_000);

for (const format of FORMATS) {
  test(`${format}: neg, abs and sqrt are exact or rounded once`, () => {
    sameOn(`${format}_neg`, unaryOperands(format), (a) => exact.neg(format, a!));
    sameOn(`${format}_abs`, unaryOperands(format), (a) => exact.abs(format, a!));
    sameOn(`${format}_sqrt`, unaryOperands(format), (a) => exact.sqrt(format, a!));
  });

  test(`${format}: roundings to an integral float have the direction of their name`, () => {
    sameOn(`${format}_roundToInt`, unaryOperands(format), (a) => exact.roundToInt(format, a!, "nearEven"));
    sameOn(`${format}_trunc`, unaryOperands(format), (a) => exact.roundToInt(format, a!, "towardZero"));
    sameOn(`${format}_floor`, unaryOperands(format), (a) => exact.roundToInt(format, a!, "down"));
    sameOn(`${format}_ceil`, unaryOperands(format), (a) => exact.roundToInt(format, a!, "up"));
  });

  test(`${format}: conversions to integers round, clamp, and map NaN to the greatest`, () => {
    for (const [type, [lowest, highest]] of [
      ["i32", I32],
      ["ui32", UI32],
      ["i64", I64],
    ] as const) {
      sameOn(`${format}_to_${type}`, unaryOperands(format), (a) =>
        exact.toInteger(format, a!, "nearEven", lowest, highest),
      );
      sameOn(`${format}_to_${type}_r_minMag`, unaryOperands(format), (a) =>
        exact.toInteger(format, a!, "towardZero", lowest, highest),
      );
    }
  });

  test(`${format}: conversions from integers round once`, () => {
    const random = randomWords(2);
    const sample = (bits: number, signed: boolean): bigint[][] => {
      const clip = signed ? BigInt.asIntN : BigInt.asUintN;
      const edges = Array.from({ length: bits }, (_, i) => 1n << BigInt(i)).flatMap((power) => [
        power - 1n,
        power,
        power + 1n,
        -power,
      ]);
      // Shifted by a random count, so that every length occurs.
      const lengths = Array.from({ length: 10_000 }, () => randomWide(random) >> BigInt(random() % 64));
      return [...edges, ...lengths].map((value) => [clip(bits, value)]);
    };
    sameOn(`i32_to_${format}`, sample(32, true), (a) => exact.fromInteger(format, a!));
    sameOn(`ui32_to_${format}`, sample(32, false), (a) => exact.fromInteger(format, a!));
    sameOn(`i64_to_${format}`, sample(64, true), (a) => exact.fromInteger(format, a!));
  });

  test(`${format}: conversions to every format round once and keep one NaN`, () => {
    for (const to of FORMATS) {
      sameOn(`${format}_to_${to}`, unaryOperands(format), (a) => exact.convert(format, to, a!));
    }
  });

  test(`${format}: add, sub, mul, div, rem, min and max of two`, () => {
    for (const [op, reference] of Object.entries(BINARY)) {
      const name = `${format}_${op as keyof typeof BINARY}` as const;
      sameOn(name, tuples(format, 2, 3, 8_000), (a, b) => reference(format, a!, b!));
    }
  });

  test(`${format}: mulAdd rounds once, also where the product cancels`, () => {
    sameOn(`${format}_mulAdd`, tuples(format, 3, 4, 20_000), (a, b, c) => exact.mulAdd(format, a!, b!, c!));
    // c = -(a*b rounded), approximately: the result is the rounding error of the product.
    const cancelling = function* (): Generator<bigint[]> {
      for (const [a, b, c] of tuples(format, 3, 5, 8_000)) {
        const product = exact.mul(format, a!, b!);
        if (exact.decode(format, product).kind === "finite") yield [a!, b!, exact.neg(format, product) ^ (c! & 1n)];
      }
    };
    sameOn(`${format}_mulAdd`, cancelling(), (a, b, c) => exact.mulAdd(format, a!, b!, c!));
  });

  test(`${format}: mulAdd lets a term decide a tie, however small it is`, () => {
    const { exponentBits, fractionBits } = exact.SHAPES[format];
    const ulp = 1n << BigInt(fractionBits);
    const bias = 2 ** (exponentBits - 1) - 1;
    const power = (exponent: number): bigint => BigInt(exponent + bias) * ulp;
    const bothSigns = (a: bigint, b: bigint, c: bigint): bigint[][] => [
      [a, b, c],
      [a, b, exact.neg(format, c)],
    ];
    // (1 + ulp) * 1.5 stands half-way between two floats; the third operand breaks the tie.
    const below = Array.from({ length: bias - 1 + fractionBits }, (_, i) =>
      bothSigns(power(0) + 1n, power(0) + ulp / 2n, i < bias - 1 ? power(-i) : 1n << BigInt(i - bias + 1)),
    );
    // The product breaks it: (2^n - 2^(k+1) + 1)(2^n + 2^(k+1) + 1) = 2^2n + 1, with n = 2k + 1, is half an ulp and a little
    // of the power of two above it; operands and product are scaled to 1.
    const k = Math.floor((fractionBits - 1) / 2);
    const scaled = (term: bigint): bigint =>
      exact.fromInteger(format, 2n ** BigInt(2 * k + 1) + 1n + term) - BigInt(2 * k + 1) * ulp;
    const middle = 2n ** BigInt(k + 1);
    const above = Array.from({ length: Math.min(bias, 200) }, (_, i) =>
      bothSigns(scaled(-middle), scaled(middle), power(i)),
    );
    sameOn(`${format}_mulAdd`, [...below, ...above].flat(), (a, b, c) => exact.mulAdd(format, a!, b!, c!));
  });

  test(`${format}: eq, lt and le order the values, and are false for NaN`, () => {
    const holds =
      (of: (order: number) => boolean) =>
      (a?: bigint, b?: bigint): bigint => {
        const order = exact.compare(format, a!, b!);
        return order !== undefined && of(order) ? 1n : 0n;
      };
    sameOn(
      `${format}_eq`,
      tuples(format, 2, 6, 3_000),
      holds((order) => order === 0),
    );
    sameOn(
      `${format}_lt`,
      tuples(format, 2, 6, 3_000),
      holds((order) => order < 0),
    );
    sameOn(
      `${format}_le`,
      tuples(format, 2, 6, 3_000),
      holds((order) => order <= 0),
    );
  });
}

test("stray bits above a half operand are ignored", () => {
  assert.equal(softfloat.f16_add(0xabcd3c00, 0x3c00), 0x4000);
  assert.equal(softfloat.bf16_to_f32(-0x10000 | 0x3f80), 0x3f800000);
});
