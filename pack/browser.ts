/** The browser build of the tensor runtime: one script without imports, with the WebAssembly inside. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { ROOT } from "./workspaces.ts";

/** A file `x.browser.ts` takes the place of the `x.ts` beside it, which needs Node. */
const standIns: Plugin = {
  name: "browser stand-ins",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
      const standIn = join(resolveDir, path.replace(/\.ts$/, ".browser.ts"));
      return existsSync(standIn) ? { path: standIn } : null;
    });
  },
};

const onnxProto = createRequire(join(ROOT, "ml-vm/package.json")).resolve("onnx-proto");

/** What onnx-proto depends on, from where it finds it itself. */
const onnxProtoParts: Plugin = {
  name: "dependencies of onnx-proto",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^onnx-proto\// }, ({ path }) => {
      const messages = createRequire(onnxProto);
      const part = path.slice("onnx-proto/".length);
      const from = part === "long" ? createRequire(messages.resolve("protobufjs/minimal")) : messages;
      return { path: from.resolve(part) };
    });
  },
};

export async function buildForBrowsers(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "inline",
    loader: { ".wasm": "binary" },
    plugins: [standIns, onnxProtoParts],
    logLevel: "error",
  });
}
