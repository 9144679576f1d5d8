import { createRequire } from "node:module";
import type onnxProto from "onnx-proto";

/**
 * ONNX's messages (onnx/onnx.proto), read with their 64-bit integers whole.
 *
 * The reader makes numbers of them, which are exact up to 2^53 alone, unless it finds the package `long` from its own folder: where npm puts
 * it is chance. So it is given the one that it depends on, before the messages are loaded.
 */
const here = createRequire(import.meta.url);
const messages = createRequire(here.resolve("onnx-proto"));
const protobuf = messages("protobufjs/minimal") as { util: { Long: unknown }; configure(): void };
protobuf.util.Long = createRequire(messages.resolve("protobufjs/minimal"))("long");
protobuf.configure();

export const { onnx } = here("onnx-proto") as typeof onnxProto;

export type ModelProto = onnxProto.onnx.ModelProto;
export type TensorProto = onnxProto.onnx.ITensorProto;
export type AttributeProto = onnxProto.onnx.IAttributeProto;
export type NodeProto = onnxProto.onnx.INodeProto;
export type ValueInfoProto = onnxProto.onnx.IValueInfoProto;
export type FunctionProto = onnxProto.onnx.IFunctionProto;

/** The default operator set has two names. */
export const domainOf = (domain: string | null | undefined): string => (domain === "ai.onnx" ? "" : (domain ?? ""));

/** A 64-bit integer as the reader gives it, or what somebody wrote into a message. */
type Int = number | bigint | { toString(): string } | null | undefined;

/** @throws RangeError for a number that may have been rounded. */
export function toBigInt(x: Int): bigint {
  if (typeof x === "number" && !Number.isSafeInteger(x)) throw new RangeError(`${x} is not an exact integer`);
  return BigInt(String(x ?? 0));
}

/** Version of the default operator set among those that a model or a function imports. */
export function defaultOpset(imports: onnxProto.onnx.IOperatorSetIdProto[] | null | undefined, otherwise = 1): number {
  const version = imports?.find((o) => domainOf(o.domain) === "")?.version;
  return version === undefined || version === null ? otherwise : Number(toBigInt(version));
}
