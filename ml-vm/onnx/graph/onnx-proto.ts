import { createRequire } from "node:module";
import type onnxProto from "onnx-proto";

/**
 * ONNX's messages (onnx/onnx.proto), read with exact 64-bit integers.
 *
 * The reader converts them to numbers, exact only up to 2^53, unless it can resolve the package `long` from its own folder. Where npm installs
 * that package varies. So the reader gets its own dependency explicitly, before the messages are loaded.
 */
const here = createRequire(import.meta.url);
const messages = createRequire(here.resolve("onnx-proto"));
const protobuf = messages("protobufjs/minimal") as { util: { Long: unknown }; configure(): void };
protobuf.util.Long = createRequire(messages.resolve("protobufjs/minimal"))("long");
protobuf.configure();

export const { onnx } = here("onnx-proto") as typeof onnxProto;
