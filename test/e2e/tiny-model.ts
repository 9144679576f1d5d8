import onnxProto from "onnx-proto";

/** A model small enough that a dispute about it is over in a moment: one matrix product, and what is negative made zero. */

const { onnx } = onnxProto;
const FLOAT = onnx.TensorProto.DataType.FLOAT;

export interface TinyModel {
  /** ONNX file. */
  readonly onnx: Uint8Array;
  /** Of the input `x`. */
  readonly shape: readonly [number, number];
}

/** `y = Relu(x · weights)`, x of (rows, inner), y of (rows, columns). The operator can be exchanged for one that nobody knows. */
export function tinyModel(rows: number, inner: number, columns: number, activation = "Relu"): TinyModel {
  const weights = new Float32Array(inner * columns).map((_, i) => ((i * 37) % 19) / 8 - 1);
  const file = onnx.ModelProto.encode({
    irVersion: 7,
    opsetImport: [{ domain: "", version: 13 }],
    graph: {
      name: "tiny",
      node: [
        { opType: "MatMul", name: "product", input: ["x", "weights"], output: ["product"] },
        { opType: activation, name: "activation", input: ["product"], output: ["y"] },
      ],
      initializer: [
        { name: "weights", dims: [inner, columns], dataType: FLOAT, rawData: new Uint8Array(weights.buffer) },
      ],
      input: [valueInfo("x", [rows, inner])],
      output: [valueInfo("y", [rows, columns])],
    },
  }).finish();
  return { onnx: file, shape: [rows, inner] };
}

/** Bytes of an input; another one for each seed. */
export function tinyInput({ shape: [rows, inner] }: TinyModel, seed: number): Uint8Array {
  return new Uint8Array(new Float32Array(rows * inner).map((_, i) => (((i + seed) * 13) % 11) / 4 - 1).buffer);
}

const valueInfo = (name: string, shape: readonly number[]) => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
});
