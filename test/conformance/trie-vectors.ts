import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Ethereum's TrieTests, unpacked, if ELENCH_VECTORS names a folder that has eth/TrieTests or eth/TrieTests.tar.gz.
 * @throws Error if the archive cannot be unpacked.
 */
export function officialTrieTests(): string | undefined {
  const vectors = process.env.ELENCH_VECTORS;
  if (vectors === undefined) return undefined;
  const folder = join(vectors, "eth", "TrieTests");
  if (existsSync(folder)) return folder;
  const archive = `${folder}.tar.gz`;
  if (!existsSync(archive)) return undefined;
  const target = mkdtempSync(join(tmpdir(), "elench-trie-tests-"));
  const { status, stderr } = spawnSync("tar", ["-xzf", archive, "-C", target], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot unpack ${archive}: ${stderr}`);
  return join(target, "TrieTests");
}

export const NO_TRIE_TESTS = "no TrieTests: set ELENCH_VECTORS to a folder that holds eth/TrieTests.tar.gz";
