import { readTensorFile } from "../onnx/tensor-file.ts";
import type { ValueMetadata } from "./inference-session.ts";
import { dtypeOf, type Tensor, tensorOfBytes } from "./tensor.ts";

/**
 * The tensor in a file: `.npy` (NumPy), `.pb` (ONNX TensorProto), `.json` (nested arrays of numbers) or `.bin` (the bytes as they are).
 * @param name the file's name, whose extension determines the format
 * @param like the wanted type and shape: an element of a session's `inputMetadata`
 * @throws TensorFileError unless the file holds a tensor of that type and shape
 */
export const readTensor = (name: string, bytes: Uint8Array, { type, shape }: Omit<ValueMetadata, "name">): Tensor =>
  tensorOfBytes(type, readTensorFile(name, bytes, { dtype: dtypeOf(type), shape }), shape);
