import type { DType } from "@elench/tensor/program/dtype";
import onnxProto from "onnx-proto";
import { elementOf, type Tensor } from "./tensor.ts";

/** ONNX models from a small description. */

const { onnx } = onnxProto;

/** TensorProto.DataType of element types. */
export const ONNX_TYPE: Readonly<Record<DType, number>> = {
  f32: 1,
  u8: 2,
  i8: 3,
  u16: 4,
  i16: 5,
  i32: 6,
  i64: 7,
  bool: 9,
  f16: 10,
  f64: 11,
  u32: 12,
  u64: 13,
  bf16: 16,
};

export type Attribute =
  | { readonly int: number | bigint }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Tensor };

export interface Node {
  readonly op: string;
  /** Empty strings stand for optional inputs that are left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** How an initializer holds its elements: as bytes, or in the field of TensorProto for its type. */
export type Encoding = "raw" | "typed";

export interface GraphSpec {
  readonly opset: number;
  readonly inputs: readonly { readonly name: string; readonly value: Tensor }[];
  readonly initializers: readonly { readonly name: string; readonly value: Tensor; readonly encoding: Encoding }[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly string[];
  /** Written as before version 4 of the format: initializers are listed among the inputs. */
  readonly old?: boolean;
}

const long = (x: number | bigint) => {
  const bits = BigInt.asUintN(64, BigInt(x));
  return { low: Number(bits & 0xffffffffn) | 0, high: Number(bits >> 32n) | 0, unsigned: false };
};

/** Elements in the field that onnx.proto names for the type. */
function typedField(value: Tensor) {
  const { dtype, shape, data } = value;
  const elements = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => elementOf(value, i));
  if (dtype === "f32") return { floatData: elements.map(Number) };
  if (dtype === "f64") return { doubleData: elements.map(Number) };
  if (dtype === "i64") return { int64Data: elements.map((x) => long(x as bigint)) };
  if (dtype === "u64" || dtype === "u32")
    return { uint64Data: elements.map((x) => ({ ...long(x as bigint), unsigned: true })) };
  if (dtype !== "f16" && dtype !== "bf16") return { int32Data: elements.map(Number) };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { int32Data: elements.map((_, i) => view.getUint16(2 * i, true)) };
}

export const tensorProto = (name: string, value: Tensor, encoding: Encoding) => ({
  name,
  dims: [...value.shape],
  dataType: ONNX_TYPE[value.dtype],
  ...(encoding === "raw" ? { rawData: value.data } : typedField(value)),
});

function attributeProto([name, attribute]: [string, Attribute]) {
  const Type = onnx.AttributeProto.AttributeType;
  if ("int" in attribute) return { name, type: Type.INT, i: long(attribute.int) };
  if ("float" in attribute) return { name, type: Type.FLOAT, f: attribute.float };
  if ("string" in attribute) return { name, type: Type.STRING, s: new TextEncoder().encode(attribute.string) };
  if ("ints" in attribute) return { name, type: Type.INTS, ints: attribute.ints.map(long) };
  if ("floats" in attribute) return { name, type: Type.FLOATS, floats: [...attribute.floats] };
  return { name, type: Type.TENSOR, t: tensorProto("", attribute.tensor, "raw") };
}

/** The bytes of a model. Types of results are left to be inferred. */
export function modelFile({ opset, inputs, initializers, nodes, outputs, old = false }: GraphSpec): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion: old ? 3 : 8,
    opsetImport: [{ domain: "", version: opset }],
    graph: {
      name: "fuzz",
      input: [...inputs, ...(old ? initializers : [])].map(({ name, value }) => ({
        name,
        type: {
          tensorType: {
            elemType: ONNX_TYPE[value.dtype],
            shape: { dim: value.shape.map((n) => ({ dimValue: n })) },
          },
        },
      })),
      output: outputs.map((name) => ({ name })),
      initializer: initializers.map(({ name, value, encoding }) => tensorProto(name, value, encoding)),
      node: nodes.map(({ op, inputs, outputs, attributes }, i) => ({
        opType: op,
        name: `${op}_${i}`,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(attributeProto),
      })),
    },
  } as onnxProto.onnx.IModelProto).finish();
}
