/**
 * `npm run bench [-- --json] [PART …]`: every figure that the README quotes.
 * Parts: engine, trace, dispute, evm, evm-speed, price, gas; all of them by default.
 * With ELENCH_VECTORS, a folder that holds squeezenet/SqueezeNet_fp32_from_fp16.onnx, that model is measured too, beside onnxruntime.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const PARTS = ["engine", "trace", "dispute", "evm", "evm-speed", "price", "gas"] as const;
type Part = (typeof PARTS)[number];

const args = process.argv.slice(2);
const json = args.includes("--json");
const named = args.filter((arg) => arg !== "--json");
const unknown = named.find((part) => !PARTS.includes(part as Part));
if (unknown !== undefined) {
  process.stderr.write(`bench: there is no part ${unknown}; the parts are ${PARTS.join(", ")}\n`);
  process.exit(2);
}

/** Gas is exact: tests hold the committed figures against the contracts. */
function gas(): Record<string, unknown> {
  const folder = join(here, "..", "test", "snapshots");
  return Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith("-gas.json"))
      .sort()
      .map((file) => [basename(file, "-gas.json"), JSON.parse(readFileSync(join(folder, file), "utf8"))]),
  );
}

const squeezenet =
  process.env.ELENCH_VECTORS && join(process.env.ELENCH_VECTORS, "squeezenet", "SqueezeNet_fp32_from_fp16.onnx");

const MORE: Readonly<Record<Exclude<Part, "gas">, readonly string[]>> = {
  engine: ["--threads", "1", ...(squeezenet ? ["--model", squeezenet] : [])],
  trace: squeezenet ? [squeezenet] : [],
  dispute: [],
  evm: [],
  "evm-speed": [],
  price: [],
};

function measure(part: Exclude<Part, "gas">): unknown {
  // knip follows a URL, and would else take the folder for unused.
  const file =
    part === "evm-speed" ? fileURLToPath(new URL("./evm-speed/main.ts", import.meta.url)) : join(here, `${part}.ts`);
  const done = spawnSync(process.execPath, [file, "--json", ...MORE[part]], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.status !== 0) throw new Error(`${file} failed`);
  return JSON.parse(done.stdout.trimEnd().split("\n").at(-1) as string);
}

const figures: Record<string, unknown> = {};
for (const part of named.length > 0 ? (named as Part[]) : PARTS) {
  process.stderr.write(`measuring: ${part}\n`);
  figures[part] = part === "gas" ? gas() : measure(part);
}
console.log(json ? JSON.stringify(figures) : JSON.stringify(figures, null, 2));
