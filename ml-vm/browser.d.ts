/** Modules that only the browser build resolves: pack/browser.ts. */

declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** The packages that onnx-proto depends on, in the copies that it uses. */
declare module "onnx-proto/long" {
  const Long: unknown;
  export default Long;
}

declare module "onnx-proto/protobufjs/minimal" {
  const protobuf: { readonly util: { Long: unknown }; configure(): void };
  export default protobuf;
}
