/** The public interface of `@elench/tensor`: the deterministic ONNX runtime for Node and browsers. */
export type { BackendOptions } from "./engine/backend.ts";
export { EngineError } from "./engine/engine-error.ts";
export type { Dimensions } from "./onnx/graph/dimensions.ts";
export { ModelError } from "./onnx/graph/error.ts";
export { TensorFileError } from "./onnx/tensor-file.ts";
export {
  InferenceSession,
  type SessionOptions,
  type TensorsByName,
  type ValueMetadata,
} from "./runtime/inference-session.ts";
export { readTensor } from "./runtime/read-tensor.ts";
export { Tensor, type TensorData, type TensorElementType } from "./runtime/tensor.ts";
