import assert from "node:assert/strict";
import { test } from "node:test";
import { importOnnx } from "@elench/tensor/onnx/import";
import type { Program } from "@elench/tensor/program/program";
import { tinyModel } from "../../test/e2e/tiny-model.ts";
import { priceOf } from "./price.ts";

const programOf = (rows: number, inner: number, columns: number) =>
  importOnnx(tinyModel(rows, inner, columns).onnx).program;

test("for large products the FLOPs are what costs: twice as many cost about twice as much", () => {
  const ratio = Number(priceOf(programOf(8, 2_000, 300))) / Number(priceOf(programOf(8, 1_000, 300)));
  assert.ok(ratio > 1.9 && ratio < 2.1, `ratio ${ratio}`);
});

test("a product of n rows, m terms and k columns costs 2nmk/64 and what its elements and bytes do", () => {
  const [n, m, k] = [16, 64, 32];
  const price = priceOf(programOf(n, m, k));
  const flops = BigInt(2 * n * m * k) / 64n;
  const rest = price - flops;
  assert.ok(rest > 0n && rest < flops, `${price} gas, of which ${flops} for the product`);
});

test("instructions in a loop cost each round", () => {
  const program = programOf(2, 4, 3);
  const looped = (count: number): Program => ({
    ...program,
    instructions: [
      { kind: "loop", depth: 0, count },
      ...program.instructions,
      { kind: "end", depth: 0, count, start: 1, halt: null },
    ],
  });
  const [ten, twenty, thirty] = [10, 20, 30].map((count) => priceOf(looped(count))) as [bigint, bigint, bigint];
  const difference = thirty - twenty - (twenty - ten);
  // Rounding up, of FLOPs and of elements, may take one each.
  assert.ok(difference >= -2n && difference <= 2n, `10 more rounds cost ${twenty - ten}, and then ${thirty - twenty}`);
  assert.ok(twenty - ten > 10n * 16n * BigInt(program.instructions.length), "each instruction of each round is paid");
});
