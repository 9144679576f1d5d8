/**
 * Builds keccak.c with emscripten 3.1.6 (Debian 12: `apt-get install emscripten`) into `module.ts`, which holds it as text, so
 * that browsers need no extra request.
 *
 *     node merkle/keccak/build.ts            # rebuilds the committed file
 *     node merkle/keccak/build.ts --check    # fails unless a rebuild gives the same
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MODULE = join(import.meta.dirname, "module.ts");
const FLAGS = [
  ...["-O3", "-std=c11", "-Wall", "-Wextra", "-Werror", "--no-entry"],
  ...["-s", "STANDALONE_WASM=1", "-s", "TOTAL_STACK=4096", "-s", "INITIAL_MEMORY=65536", "-s", "ALLOW_MEMORY_GROWTH=0"],
  ...["-s", "EXPORTED_FUNCTIONS=_keccak_message,_keccak_state,_keccak_absorb,_keccak_finish,_keccak_digest"],
];

function compile(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "keccak-"));
  try {
    const output = join(folder, "keccak.wasm");
    execFileSync("emcc", [...FLAGS, "keccak.c", "-o", output], { cwd: import.meta.dirname });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const text = `/** keccak.c, compiled by build.ts. */\nexport const KECCAK_WASM =\n  "${compile().toString("base64")}";\n`;
if (!process.argv.includes("--check")) writeFileSync(MODULE, text);
else if (readFileSync(MODULE, "utf8") !== text)
  throw new Error(`${MODULE} is not what keccak.c gives: run node merkle/keccak/build.ts`);
