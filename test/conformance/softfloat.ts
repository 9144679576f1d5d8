/**
 * Judges softfloat by the test vectors of Berkeley TestFloat 3 (http://www.jhauser.us/arithmetic/TestFloat.html).
 *
 *     node test/conformance/softfloat.ts DIR [--json]
 *
 * DIR holds files FUNCTION.txt.gz or FUNCTION_everyNth.txt.gz, or has a folder `testfloat` that does. A line is the
 * operands, the result and the exception flags in hexadecimal; flags are not compared, since softfloat has none.
 * Generated for round to nearest even and the canonical NaN of RISC-V, except that conversions to integers truncate.
 *
 * Exit status: 0 if all passed, 1 if a case failed, 2 if there is nothing to judge.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { loadSoftfloat } from "@elench/tensor/softfloat/load";
import { FUNCTIONS, type FunctionName, type ValueType } from "../../ml-vm/softfloat/exports.ts";
import { type Case, type Report, reportOf } from "./report.ts";

/** A function of softfloat with its type forgotten: the operands are what `parse` gives for its signature. */
type AnyFunction = (...operands: (number | bigint)[]) => number | bigint | boolean;

const EXTENSION = ".txt.gz";
const BITS: Record<ValueType, number> = { f16: 16, bf16: 16, f32: 32, f64: 64, i32: 32, ui32: 32, i64: 64, bool: 1 };

const isWide = (type: ValueType): boolean => BITS[type] === 64;
const digits = (type: ValueType): number => Math.ceil(BITS[type] / 4);

/** An operand in hexadecimal as softfloat takes it. */
const parse = (type: ValueType, hex: string): number | bigint =>
  isWide(type) ? BigInt(`0x${hex}`) : Number(`0x${hex}`);

/** A result as TestFloat writes it: the pattern, in as many digits as the type has. */
const format = (type: ValueType, value: number | bigint | boolean): string =>
  BigInt.asUintN(BITS[type], BigInt(value)).toString(16).toUpperCase().padStart(digits(type), "0");

/** The function that a file of vectors is of, by its name. */
function functionOf(file: string): FunctionName | undefined {
  const name = file.slice(0, -EXTENSION.length).replace(/_every\d+th$/, "");
  const toInteger = /_to_u?i\d+$/.test(name);
  const known = (toInteger ? `${name}_r_minMag` : name) as FunctionName;
  return FUNCTIONS.has(known) ? known : undefined;
}

/** Says how the vectors of `text` come out of the function. */
function judge(name: FunctionName, run: AnyFunction, text: string): Pick<Case, "status" | "why"> {
  const { args, result } = FUNCTIONS.get(name)!;
  const line = new RegExp(
    `^${args.map((type) => `([0-9A-F]{${digits(type)}}) `).join("")}([0-9A-F]{${digits(result)}}) `,
  );
  let count = 0;
  let failures = 0;
  let first = "";
  for (const vector of text.split("\n")) {
    if (vector === "") continue;
    count += 1;
    const fields = line.exec(vector);
    if (fields === null)
      return { status: "failed", why: `line ${count} is not a vector of ${name}: ${vector.slice(0, 80)}` };
    const operands = args.map((type, i) => parse(type, fields[i + 1]!));
    const got = format(result, run(...operands));
    const expected = fields[args.length + 1]!;
    if (got === expected) continue;
    failures += 1;
    if (failures === 1) first = `line ${count}: ${name}(${fields.slice(1, -1).join(", ")}) = ${got}, not ${expected}`;
  }
  if (count === 0) return { status: "failed", why: "no vectors in the file" };
  if (failures > 0) return { status: "failed", why: `${failures} of ${count} vectors; ${first}` };
  return { status: "passed", why: `${count} vectors` };
}

/** Runs every file of vectors in `dir`; throws if there is none. */
export async function conformanceSoftfloat(dir: string): Promise<Report> {
  const folder = existsSync(join(dir, "testfloat")) ? join(dir, "testfloat") : dir;
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(EXTENSION))
    .sort();
  if (files.length === 0)
    throw new Error(`no vectors (*${EXTENSION}) in ${folder}: give the folder with TestFloat's output`);

  const softfloat = loadSoftfloat();
  const cases = files.map((file): Case => {
    const name = functionOf(file);
    if (name === undefined) return { name: file, status: "unsupported", why: "softfloat has no function of this name" };
    try {
      const text = gunzipSync(readFileSync(join(folder, file))).toString("latin1");
      return { name: file, ...judge(name, softfloat[name] as AnyFunction, text) };
    } catch (error) {
      return { name: file, status: "failed", why: `cannot read ${file}: ${(error as Error).message}` };
    }
  });
  return reportOf(cases);
}

async function main(args: readonly string[]): Promise<number> {
  const dir = args.find((arg) => !arg.startsWith("--"));
  if (dir === undefined) throw new Error("usage: node test/conformance/softfloat.ts DIR [--json]");
  const report = await conformanceSoftfloat(dir);
  for (const { name, status, why } of report.cases) console.log(`${status}  ${name}: ${why}`);
  console.log(`${report.passed} passed, ${report.failed} failed, ${report.unsupported} unsupported`);
  if (args.includes("--json")) console.log(JSON.stringify(report));
  if (report.passed + report.failed === 0) return 2;
  return report.failed > 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
