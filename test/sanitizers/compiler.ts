/** Compiles C with AddressSanitizer and UndefinedBehaviorSanitizer. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export const LINK_FLAGS = ["-fsanitize=address,undefined"] as const;
/** The first fault ends the program. */
export const COMPILE_FLAGS = [...LINK_FLAGS, "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-O1"] as const;

/** Node itself leaks what it holds at its end. */
export const SANITIZER_OPTIONS = { ASAN_OPTIONS: "detect_leaks=0", UBSAN_OPTIONS: "print_stacktrace=1" } as const;

/** A folder that goes away with this process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "elench-sanitizers-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @throws Error with the compiler's messages */
export function gcc(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync("gcc", args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`gcc ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout.trim();
}
