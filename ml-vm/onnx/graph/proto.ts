import type onnxProto from "onnx-proto";
import { ModelError } from "./error.ts";

export { onnx } from "./onnx-proto.ts";

export type ModelProto = onnxProto.onnx.ModelProto;
export type TensorProto = onnxProto.onnx.ITensorProto;
export type AttributeProto = onnxProto.onnx.IAttributeProto;
export type NodeProto = onnxProto.onnx.INodeProto;
export type ValueInfoProto = onnxProto.onnx.IValueInfoProto;
export type FunctionProto = onnxProto.onnx.IFunctionProto;

/** The default operator set has two names. */
export const domainOf = (domain: string | null | undefined): string => (domain === "ai.onnx" ? "" : (domain ?? ""));

/** A 64-bit integer from the reader, or from a message built in JavaScript. */
type Int = number | bigint | { toString(): string } | null | undefined;

/** @throws ModelError for a number that can have been rounded. */
export function toBigInt(x: Int): bigint {
  if (typeof x === "number" && !Number.isSafeInteger(x)) throw new ModelError(`${x} is not an exact integer`);
  return BigInt(String(x ?? 0));
}

/** Version of the default operator set among those that a model or a function imports. */
export function defaultOpset(imports: onnxProto.onnx.IOperatorSetIdProto[] | null | undefined, otherwise = 1): number {
  const version = imports?.find((o) => domainOf(o.domain) === "")?.version;
  return version === undefined || version === null ? otherwise : Number(toBigInt(version));
}
