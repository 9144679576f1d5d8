/** Gives the reader of ONNX's messages its 64-bit integers. A separate module, because it must run before the messages are loaded. */
import Long from "onnx-proto/long";
import protobuf from "onnx-proto/protobufjs/minimal";

protobuf.util.Long = Long;
protobuf.configure();
