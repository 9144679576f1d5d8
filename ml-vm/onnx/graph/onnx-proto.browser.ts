import "./proto-long.browser.ts";

export { onnx } from "onnx-proto";
