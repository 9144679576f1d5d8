/** The network as an ONNX file: opset 13, input `image` (1, 1, 28, 28), output `scores` (1, 10), both float32. */
import { UserError } from "@elench/errors/user-error";
import onnxProto from "onnx-proto";
import { CLASSES, SIDE } from "./mnist.ts";
import { NAMES, type Parameters, SHAPES, sizeOf } from "./network.ts";

const { onnx } = onnxProto;
const FLOAT = onnx.TensorProto.DataType.FLOAT;
const { INT, INTS } = onnx.AttributeProto.AttributeType;

const valueInfo = (name: string, shape: readonly number[]) => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
});

type Attributes = Readonly<Record<string, number | readonly number[]>>;

const node = (opType: string, input: readonly string[], output: string, attributes: Attributes = {}) => ({
  opType,
  name: output,
  input: [...input],
  output: [output],
  attribute: Object.entries(attributes).map(([name, value]) =>
    typeof value === "number" ? { name, type: INT, i: value } : { name, type: INTS, ints: [...value] },
  ),
});

const CONVOLUTION = { kernel_shape: [5, 5], pads: [2, 2, 2, 2], strides: [1, 1] };
const POOLING = { kernel_shape: [2, 2], strides: [2, 2] };

const NODES = [
  node("Conv", ["image", "conv1_weight", "conv1_bias"], "conv1", CONVOLUTION),
  node("Relu", ["conv1"], "relu1"),
  node("MaxPool", ["relu1"], "pool1", POOLING),
  node("Conv", ["pool1", "conv2_weight", "conv2_bias"], "conv2", CONVOLUTION),
  node("Relu", ["conv2"], "relu2"),
  node("MaxPool", ["relu2"], "pool2", POOLING),
  node("Flatten", ["pool2"], "features", { axis: 1 }),
  node("Gemm", ["features", "dense_weight", "dense_bias"], "scores", { transB: 1 }),
];

/** Little-endian float32, as ONNX's raw data is. */
function rawData(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return bytes;
}

/** The ONNX file of the network with these parameters, rounded to float32. */
export function encodeOnnx(parameters: Parameters): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion: 7,
    producerName: "elench",
    opsetImport: [{ domain: "", version: 13 }],
    graph: {
      name: "digits",
      node: NODES,
      initializer: NAMES.map((name) => ({
        name,
        dims: [...SHAPES[name]],
        dataType: FLOAT,
        rawData: rawData(parameters[name]),
      })),
      input: [valueInfo("image", [1, 1, SIDE, SIDE])],
      output: [valueInfo("scores", [1, CLASSES])],
    },
  }).finish();
}

/** The parameters in an ONNX file written by `encodeOnnx`; throws if one is missing or has another size. */
export function parametersIn(file: Uint8Array): Parameters {
  const initializers = onnx.ModelProto.decode(file).graph?.initializer ?? [];
  return Object.fromEntries(
    NAMES.map((name) => {
      const raw = initializers.find((tensor) => tensor.name === name)?.rawData;
      const size = sizeOf(SHAPES[name]);
      if (raw?.length !== 4 * size) throw new UserError(`parameter ${name} of ${size} float32 is not in the ONNX file`);
      const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
      return [name, Float64Array.from({ length: size }, (_, i) => view.getFloat32(4 * i, true))];
    }),
  ) as Record<keyof Parameters, Float64Array>;
}
