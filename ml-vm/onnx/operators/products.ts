import type { Scalar } from "../../functions/builder.ts";
import { dtypeSpec } from "../../program/dtype.ts";
import { constantValue, type Value } from "../graph/tensor.ts";
import { bitsOf, constantIndex, type Index } from "../lowering/affine.ts";
import { broadcastShapes } from "../lowering/broadcast.ts";
import type { Call, Operator } from "../lowering/call.ts";
import type { Lowering, Scope } from "../lowering/lower.ts";

/** Number of adjacent outputs in a packed matrix. */
const PANEL = 16;

/** Position of the matrix element for output n and term k: `output`·n + `term`·k. */
interface Strides {
  readonly output: number;
  readonly term: number;
}

/**
 * A constant matrix packed in panels [⌈outputs/16⌉][terms][16] and padded with zeros (docs/importer.md, "Panels").
 */
export function panels(lower: Lowering, matrix: Value, outputs: number, terms: number, strides: Strides): Value {
  return lower.derive(matrix, `panels ${outputs} ${terms} ${strides.output} ${strides.term}`, () => {
    const { size } = dtypeSpec(matrix.dtype);
    const [count, source] = [Math.ceil(outputs / PANEL), matrix.storage.data as Uint8Array];
    const data = new Uint8Array(count * terms * PANEL * size);
    for (let n = 0; n < outputs; n++) {
      for (let k = 0; k < terms; k++) {
        const from = (n * strides.output + k * strides.term) * size;
        const to = ((Math.floor(n / PANEL) * terms + k) * PANEL + (n % PANEL)) * size;
        for (let i = 0; i < size; i++) data[to + i] = source[from + i] as number;
      }
    }
    return constantValue(matrix.dtype, [count, terms, PANEL], data);
  });
}

/** Reads a packed matrix at output variable `n` and the terms' indices. */
export function readPanels(
  s: Scope,
  packed: Value,
  space: readonly number[],
  n: number,
  terms: readonly Index[],
): Scalar {
  const [count] = packed.shape as [number];
  const value = { ...packed, shape: [count, ...space, PANEL] };
  return s.read(value, [bitsOf(n, 4, 0), ...terms, bitsOf(n, 0, 4)]);
}

export const isPackable = (value: Value): boolean =>
  value.storage.data !== null && ["f32", "f16", "bf16"].includes(value.dtype);

/** y = finish(Σ_k a[…, m, k] · b[…, k, n]), the batch dimensions broadcast. */
interface Product {
  readonly a: Value;
  readonly b: Value;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly finish?: (s: Scope, acc: Scalar) => Scalar;
}

export function matrixProduct(call: Call, { a, b, transposeA = false, transposeB = false, finish }: Product): Value {
  if (a.dtype !== b.dtype) call.fail(`matrices of ${a.dtype} and ${b.dtype} cannot be multiplied`);
  const [rankA, rankB] = [a.shape.length, b.shape.length];
  const [rows, terms] = [a.shape[transposeA ? rankA - 1 : rankA - 2], a.shape[transposeA ? rankA - 2 : rankA - 1]] as [
    number,
    number,
  ];
  const [depth, columns] = [
    b.shape[transposeB ? rankB - 1 : rankB - 2],
    b.shape[transposeB ? rankB - 2 : rankB - 1],
  ] as [number, number];
  if (terms !== depth)
    call.fail(`matrices of shapes [${a.shape}] and [${b.shape}]: ${terms} columns meet ${depth} rows`);
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, rows, columns];
  const [m, n] = [batch.length, batch.length + 1];
  const batchOf = (s: Scope, value: Value): Index[] => {
    const lead = batch.length - (value.shape.length - 2);
    return value.shape.slice(0, -2).map((size, i) => (size === 1 ? constantIndex(0) : s.o(lead + i)));
  };
  const packed =
    isPackable(b) && rankB === 2 && b.storage.elements > 1
      ? panels(call.lower, b, columns, terms, transposeB ? { output: terms, term: 1 } : { output: 1, term: columns })
      : null;
  return call.lower.reduce(
    { dtype: a.dtype, shape },
    {
      space: [terms],
      combine: "sum",
      of: a.dtype,
      term: (s, acc) => {
        const k = s.r(0);
        const x = s.read(a, [...batchOf(s, a), ...(transposeA ? [k, s.o(m)] : [s.o(m), k])]);
        const y = packed
          ? readPanels(s, packed, [terms], n, [k])
          : s.read(b, [...batchOf(s, b), ...(transposeB ? [s.o(n), k] : [k, s.o(n)])]);
        return s.b.fma(x, y, acc);
      },
      ...(finish && { finish }),
    },
  );
}

/** A vector is a row on the left and a column on the right; the added dimension is removed afterwards. */
export function numpyProduct(call: Call, a: Value, b: Value): Value {
  if (a.shape.length === 0 || b.shape.length === 0) call.fail("operands of a product have at least one dimension");
  const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a;
  const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b;
  const product = matrixProduct(call, { a: left, b: right });
  const rank = product.shape.length;
  const shape = product.shape.filter((_, i) => !(i === rank - 2 && left !== a) && !(i === rank - 1 && right !== b));
  return { ...product, shape };
}

/** α·A'·B' + β·C; factors of 1 are omitted. */
const gemm: Operator = (call) => {
  const [alpha, beta] = [call.attributes.float("alpha", 1), call.attributes.float("beta", 1)];
  const bias = call.optional(2);
  if (!bias && call.opset < 11) call.fail("input 2 is missing; it is optional from operator set 11 on");
  if (bias && bias.dtype !== call.input(0).dtype)
    call.fail(`matrices of ${call.input(0).dtype} with a bias of ${bias.dtype}`);
  return matrixProduct(call, {
    a: call.input(0),
    b: call.input(1),
    transposeA: call.attributes.flag("transA", false),
    transposeB: call.attributes.flag("transB", false),
    finish: (s, acc) => {
      const { b } = s;
      const product = alpha === 1 ? acc : b.mul(acc, b.number(acc.type, alpha));
      if (!bias) return product;
      const c = s.element(bias);
      return b.add(product, beta === 1 ? c : b.mul(c, b.number(c.type, beta)));
    },
  });
};

export const PRODUCTS: Readonly<Record<string, Operator>> = {
  MatMul: (call) => numpyProduct(call, call.input(0), call.input(1)),
  Gemm: gemm,
};
