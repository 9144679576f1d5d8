import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * An archive of Ethereum's tests, unpacked, if ELENCH_VECTORS names a folder that has it in eth/.
 * @throws Error if it cannot be unpacked.
 */
export function officialTests(name: string): string | undefined {
  const archive = join(process.env.ELENCH_VECTORS ?? "", "eth", name);
  if (process.env.ELENCH_VECTORS === undefined || !existsSync(archive)) return undefined;
  const target = mkdtempSync(join(tmpdir(), "elench-eth-tests-"));
  const { status, stderr } = spawnSync("tar", ["-xf", archive, "-C", target], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot unpack ${archive}: ${stderr}`);
  return target;
}
