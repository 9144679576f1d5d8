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
