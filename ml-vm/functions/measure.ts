import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { loadSoftfloat } from "../softfloat/load.ts";
import { f32Bits, f32FromBits, type Scalar, ScalarBuilder } from "./builder.ts";
import { cos, erf, exp, exp2, log, pow, rsqrt, sigmoid, sin, tanh } from "./functions.ts";
import { runProgram } from "./run.ts";

/**
 * Measures the scalar functions, on softfloat: `node ml-vm/functions/measure.ts [VECTORS]` prints the table of
 * docs/scalar-functions.md. VECTORS (or ELENCH_VECTORS) has `fp/f32-hard-cases`: the inputs whose results lie nearest
 * to the middle of two floats, with the results rounded correctly.
 */

interface Measured {
  readonly name: string;
  readonly program: (b: ScalarBuilder, ...x: Scalar[]) => Scalar;
  readonly arguments: 1 | 2;
  /** The function in f64, accurate to about 2^−50. */
  readonly reference: (x: number, y: number) => number;
}

/** 2/√π·e^(−x²)·Σ 2^n·x^(2n+1)/(2n+1)!!: all terms positive. */
function erfReference(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

export const MEASURED: readonly Measured[] = [
  { name: "exp", program: exp, arguments: 1, reference: Math.exp },
  { name: "exp2", program: exp2, arguments: 1, reference: (x) => 2 ** x },
  { name: "log", program: log, arguments: 1, reference: Math.log },
  { name: "tanh", program: tanh, arguments: 1, reference: Math.tanh },
  { name: "erf", program: erf, arguments: 1, reference: erfReference },
  { name: "sigmoid", program: sigmoid, arguments: 1, reference: (x) => 1 / (1 + Math.exp(-x)) },
  { name: "rsqrt", program: rsqrt, arguments: 1, reference: (x) => (x === 0 ? 1 / x : 1 / Math.sqrt(x)) },
  { name: "sin", program: sin, arguments: 1, reference: Math.sin },
  { name: "cos", program: cos, arguments: 1, reference: Math.cos },
  {
    name: "pow",
    program: pow,
    arguments: 2,
    reference: (x, y) => (x === 1 || y === 0 ? 1 : x === -1 && !Number.isFinite(y) && !Number.isNaN(y) ? 1 : x ** y),
  },
];

/** The function on numbers, run by softfloat, and the operations it takes. */
export function compiled({ program, arguments: count }: Measured): {
  run: (...x: number[]) => number;
  operations: number;
} {
  const b = new ScalarBuilder();
  const entries = Array.from({ length: count }, () => b.entry("f32"));
  const stage = b.stage([program(b, ...entries)]);
  const run = runProgram(loadSoftfloat(), stage);
  return { run: (...x) => f32FromBits(run(...x.map(f32Bits))), operations: stage.code.length };
}

/** Spacing of f32 at x: 2^−149 at least. */
function ulp(x: number): number {
  const exponent = Number((BigInt.asUintN(32, f32Bits(Math.abs(x))) >> 23n) & 0xffn);
  return 2 ** (Math.max(exponent, 1) - 150);
}

const OVERFLOW = 2 ** 128;

/** |got − want| in units of the last place of the result's binade; infinite if only one of them is NaN or infinite. */
export function errorInUlps(got: number, want: number): number {
  if (Number.isNaN(want) || Number.isNaN(got))
    return Number.isNaN(want) && Number.isNaN(got) ? 0 : Number.POSITIVE_INFINITY;
  const [a, b] = [got, want].map((x) => Math.sign(x) * Math.min(Math.abs(x), OVERFLOW)) as [number, number];
  // If the two straddle a power of two, the unit is that of the smaller binade.
  return a === b ? 0 : Math.abs(a - b) / Math.min(ulp(a), ulp(Math.fround(b)));
}

/** Deterministic pseudo-random 32-bit words (xorshift). */
export function* words(seed: number): Generator<number> {
  let x = seed;
  for (;;) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield x >>> 0;
  }
}

/** Arguments: half of them arbitrary f32, half in the range where the functions vary. */
export function* sampleArguments(seed: number): Generator<number> {
  for (const word of words(seed)) {
    const size = 2 ** (((word >>> 2) / 2 ** 30) * 30 - 23);
    yield word & 1 ? f32FromBits(BigInt(word)) : Math.fround(word & 2 ? size : -size);
  }
}

/** Greatest error over `count` sampled arguments. */
export function sampledError(measured: Measured, count: number): number {
  const { run } = compiled(measured);
  const [first, second] = [sampleArguments(12345), sampleArguments(6789)];
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const [x, y] = [first.next().value as number, second.next().value as number];
    // Mostly positive bases, because most powers of negative numbers are NaN.
    const pair: [number, number] = i % 4 === 0 ? [x, y] : [Math.abs(x), Math.fround(y / 64)];
    const [got, want] =
      measured.arguments === 2 ? [run(...pair), measured.reference(...pair)] : [run(x), measured.reference(x, 0)];
    worst = Math.max(worst, errorInUlps(got, want));
  }
  return worst;
}

/** Results on the hard cases: their number, how many are not rounded correctly, and the greatest miss in floats. */
export function hardCases(
  measured: Measured,
  vectors: string,
): { cases: number; missed: number; floats: number } | null {
  const file = join(vectors, "fp", "f32-hard-cases", `${measured.name}.txt.gz`);
  if (!existsSync(file)) return null;
  const { run } = compiled(measured);
  const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n");
  const ordinal = (x: number): number =>
    Number(BigInt.asIntN(32, f32Bits(Math.abs(x)))) * (Object.is(Math.sign(x), -1) ? -1 : 1);
  let [missed, floats] = [0, 0];
  for (const line of lines) {
    const [, input, output] = line.split(" ") as [string, string, string];
    const [got, want] = [run(f32FromBits(BigInt(`0x${input}`))), f32FromBits(BigInt(`0x${output}`))];
    if (Object.is(got, want) || (Number.isNaN(got) && Number.isNaN(want))) continue;
    missed++;
    const distance = Math.abs(ordinal(got) - ordinal(want));
    floats = Math.max(floats, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  return { cases: lines.length, missed, floats };
}

if (import.meta.main) {
  const vectors = process.argv[2] ?? process.env.ELENCH_VECTORS;
  console.log(
    "| function | operations | greatest error, 2^20 samples | hard cases | rounded correctly | greatest deviation |",
  );
  console.log("|---|---|---|---|---|---|");
  for (const measured of MEASURED) {
    const hard = vectors ? hardCases(measured, vectors) : null;
    const error = sampledError(measured, 2 ** 20).toFixed(3);
    const columns = hard ? [hard.cases, hard.cases - hard.missed, `${hard.floats} float`] : ["–", "–", "–"];
    console.log(`| ${[measured.name, compiled(measured).operations, `${error} ulp`, ...columns].join(" | ")} |`);
  }
}
