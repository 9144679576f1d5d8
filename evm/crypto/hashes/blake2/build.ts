/**
 * Builds blake2.c with emscripten 3.1.6 (Debian 12: `apt-get install emscripten`) into `module.ts`, which holds it as text.
 *
 *     node evm/crypto/hashes/blake2/build.ts            # rebuilds the committed file
 *     node evm/crypto/hashes/blake2/build.ts --check    # fails unless a rebuild gives the same
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MODULE = join(import.meta.dirname, "module.ts");
const FLAGS = [
  ...["-O3", "-std=c11", "-Wall", "-Wextra", "-Werror", "--no-entry"],
  ...["-s", "STANDALONE_WASM=1", "-s", "TOTAL_STACK=4096", "-s", "INITIAL_MEMORY=65536", "-s", "ALLOW_MEMORY_GROWTH=0"],
  ...["-s", "EXPORTED_FUNCTIONS=_blake2_block,_blake2_rounds"],
];

function compile(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "blake2-"));
  try {
    const output = join(folder, "blake2.wasm");
    execFileSync("emcc", [...FLAGS, "blake2.c", "-o", output], { cwd: import.meta.dirname });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const text = `/** blake2.c, compiled by build.ts. */\nexport const BLAKE2_WASM =\n  "${compile().toString("base64")}";\n`;
if (!process.argv.includes("--check")) writeFileSync(MODULE, text);
else if (readFileSync(MODULE, "utf8") !== text)
  throw new Error(`${MODULE} is not what blake2.c gives: run node evm/crypto/hashes/blake2/build.ts`);
