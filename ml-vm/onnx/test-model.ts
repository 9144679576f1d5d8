import { onnx } from "./proto.ts";

/** Small ONNX files for tests. */

export const TYPE = { f32: 1, u8: 2, i64: 7, string: 8, f16: 10 } as const;

export interface TensorSpec {
  readonly name: string;
  /** Sizes, the names of symbolic ones, or null for those that are left open; null where not even their number is said. */
  readonly shape: readonly (number | string | null)[] | null;
  readonly type?: number;
}

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly name?: string;
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly int?: Readonly<Record<string, number>>;
  readonly string?: Readonly<Record<string, string>>;
}

export interface FileSpec {
  readonly inputs: readonly TensorSpec[];
  readonly constants?: readonly (TensorSpec & { readonly data: readonly number[] })[];
  readonly nodes: readonly NodeSpec[];
  readonly outputs: readonly string[];
  readonly opset?: number;
}

const KIND = { int: 2, string: 3, ints: 7 } as const;

const dimension = (n: number | string | null) =>
  typeof n === "string" ? { dimParam: n } : n === null ? {} : { dimValue: n };

/** The bytes of an ONNX model. */
export function onnxFile({ inputs, constants = [], nodes, outputs, opset = 13 }: FileSpec): Uint8Array {
  const info = ({ name, shape, type = TYPE.f32 }: TensorSpec) => ({
    name,
    type: {
      tensorType: {
        elemType: type,
        ...(shape && { shape: { dim: shape.map(dimension) } }),
      },
    },
  });
  const attributes = ({ int = {}, ints = {}, string = {} }: NodeSpec) => [
    ...Object.entries(int).map(([name, i]) => ({ name, type: KIND.int, i })),
    ...Object.entries(ints).map(([name, list]) => ({ name, type: KIND.ints, ints: [...list] })),
    ...Object.entries(string).map(([name, s]) => ({ name, type: KIND.string, s: new TextEncoder().encode(s) })),
  ];
  return modelFile(
    {
      input: inputs.map(info),
      output: outputs.map((name) => ({ name, type: { tensorType: { elemType: TYPE.f32 } } })),
      initializer: constants.map(({ name, shape, type = TYPE.f32, data }) => ({
        name,
        dims: [...(shape ?? [])],
        dataType: type,
        ...(type === TYPE.i64 ? { int64Data: [...data] } : { floatData: [...data] }),
      })),
      node: nodes.map((node) => ({
        opType: node.op,
        name: node.name ?? "",
        input: [...node.inputs],
        output: [node.output],
        attribute: attributes(node),
      })),
    },
    { opset },
  );
}

/** The bytes of a model from parts as protobuf has them; 64-bit integers as strings. */
export function modelFile(graph: object, { opset = 17, ...more }: { opset?: number; functions?: object[] } = {}) {
  const model = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: opset }],
    graph: { name: "test", ...graph },
    ...more,
  };
  return onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish();
}

/** The description of an input or output. */
export const tensorInfo = (name: string, elemType: number, shape: readonly number[]) => ({
  name,
  type: { tensorType: { elemType, shape: { dim: shape.map((n) => ({ dimValue: n })) } } },
});

/** Numbers that are exact in f32, small, and not all alike. */
export const ramp = (count: number): number[] => Array.from({ length: count }, (_, i) => (((i * 37) % 41) - 20) / 16);

export const floats = (values: ArrayLike<number>): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
export const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);
