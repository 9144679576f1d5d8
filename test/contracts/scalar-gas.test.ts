/**
 * What the scalar operations cost on L1, and the sizes of their contracts, against `test/snapshots/scalar-gas.json`.
 * UPDATE_SNAPSHOTS=1 writes the file anew, and prints it.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { OPS, type ScalarType } from "@elench/tensor/program/ops";
import { randomWide, randomWords } from "../../ml-vm/softfloat/fixtures/patterns.ts";
import { type Operands, type ScalarHarness, startScalarHarness } from "./scalar-harness.ts";

const snapshot = new URL("../snapshots/scalar-gas.json", import.meta.url);
const COUNT = 300;

let harness: ScalarHarness;
before(async () => {
  harness = await startScalarHarness();
});
after(() => harness?.close());

/** Normal numbers between 2^-4 and 2^4, of both signs, as in a network; integers of 32 bits. */
function typicalOperands(types: readonly (ScalarType | "T")[], positive: boolean): Operands[] {
  const random = randomWords(5);
  const sign = (): bigint => (positive ? 0n : BigInt(random() % 2));
  const exponent = (bias: number): bigint => BigInt(bias - 4 + (random() % 9));
  const typical = {
    f32: () => (sign() << 31n) | (exponent(127) << 23n) | (randomWide(random) & 0x7fffffn),
    f64: () => (sign() << 63n) | (exponent(1023) << 52n) | (randomWide(random) & 0xfffffffffffffn),
    int: () => BigInt.asUintN(64, BigInt.asIntN(32, randomWide(random))),
    T: () => randomWide(random),
  };
  return Array.from({ length: COUNT }, () => {
    const [a = 0n, b = 0n, c = 0n] = types.map((type) => typical[type]());
    return [a, b, c];
  });
}

const mean = (gas: bigint): number => Math.round(Number(gas) / COUNT);

/** Float32 used directly, less the cost of measuring. */
async function float32Gas(): Promise<Record<string, number>> {
  const operands = (positive: boolean) =>
    typicalOperands(["f32", "f32", "f32"], positive).map(([a, b, c]) => [Number(a), Number(b), Number(c)] as const);
  const base = await harness.float32Gas(5, operands(false));
  const gas: Record<string, number> = {};
  for (const [operation, name] of ["fma", "add", "mul", "div", "sqrt"].entries()) {
    gas[name] = mean((await harness.float32Gas(operation, operands(name === "sqrt"))) - base);
  }
  return gas;
}

/** Each operation through `ScalarOps.execute`: dispatch and operands included. */
async function operationGas(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  for (const [name, spec] of OPS) {
    if (name === "index") continue;
    gas[name] = mean((await harness.batch(spec.code, typicalOperands(spec.args, name.endsWith("sqrt")))).gas);
  }
  return gas;
}

/** One more fma, or index, in a program: what `ScalarProgram.run` adds. */
async function programGas(): Promise<Record<string, number>> {
  const perOperation = async (word: readonly number[]): Promise<number> => {
    const gas = async (count: number) =>
      Number(
        (
          await harness.run(
            Uint8Array.from(Array(count).fill(word).flat()),
            [0x3fc01234n, 0x40051234n, 0x3f312345n],
            [7n],
          )
        ).gas,
      );
    return Math.round(((await gas(21)) - (await gas(1))) / 20);
  };
  return { index: await perOperation([0x00, 0, 0, 0]), "f32.fma": await perOperation([0x13, 0, 1, 2]) };
}

test("gas and sizes are those of the snapshot", async () => {
  const measured = {
    bytes: { Float64Ops: harness.size("Float64Ops"), ScalarHarness: harness.size("ScalarHarness") },
    float32: await float32Gas(),
    program: await programGas(),
    operation: await operationGas(),
  };
  if (process.env.UPDATE_SNAPSHOTS === "1") {
    writeFileSync(snapshot, `${JSON.stringify(measured, null, 2)}\n`);
    console.log(measured);
  }
  const recorded = JSON.parse(readFileSync(snapshot, "utf8")) as unknown;
  assert.deepEqual(measured, recorded, "if the change is meant, run with UPDATE_SNAPSHOTS=1 and commit the file");
});

test("the contract for binary64 fits EIP-170", () => {
  assert.ok(harness.size("Float64Ops") <= 24_576);
});
