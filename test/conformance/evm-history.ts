import { HISTORY_LENGTH, historyIndex, NO_HISTORY } from "@elench/evm/batch/history";
import { testBlockHash } from "./evm-case.ts";

/** Hashes of the last 256 blocks before one. */
export function historyBefore(number: bigint): Uint8Array[] {
  const history = [...NO_HISTORY];
  const first = number > BigInt(HISTORY_LENGTH) ? number - BigInt(HISTORY_LENGTH) : 0n;
  for (let n = first; n < number; n++) history[historyIndex(n)] = testBlockHash(n);
  return history;
}
