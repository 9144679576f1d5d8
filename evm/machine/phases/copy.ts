import { LIMIT } from "@elench/spec/evm/limits";
import { Code } from "../../structures/code.ts";
import { PHASE } from "../../structures/layout.ts";
import { readFromCode, readFromSlice } from "../state/bytes.ts";
import type { Machine } from "../state/machine.ts";
import { writeMemory } from "../state/memory.ts";
import { openTask } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import { type CopyTask, EXECUTE, type Source } from "../state/task.ts";

/** Copying into memory, in bounded pieces. */

const lengthOf = (source: Source): number => (source instanceof Code ? source.size : source.length);

/**
 * Continues in COPY. No-op if length is 0.
 * @param from any 256-bit offset: bytes beyond the source's end are zeros.
 * @param to … to + length is within memory, if length > 0.
 */
export function copyToMemory(m: Machine, source: Source, from: bigint, to: bigint, length: bigint): void {
  if (length === 0n) return;
  // Clamped, so that from + length cannot wrap around to the source's beginning.
  const end = lengthOf(source);
  const start = from < BigInt(end) ? Number(from) : end;
  m.goTo({ phase: PHASE.copy, source, from: start, to: Number(to), rest: Number(length) });
}

function copy(m: Machine, { source, from, to, rest }: CopyTask): void {
  openTask(m);
  const count = Math.min(rest, LIMIT.COPY_BYTES);
  const bytes = source instanceof Code ? readFromCode(m, source, from, count) : readFromSlice(m, source, from, count);
  // If memory is copied within itself, later pieces must read it as it was before the copy. The last piece, often the only one, is written in place.
  if (rest > count && !(source instanceof Code) && source.tree === m.memory) m.memory.shared = true;
  writeMemory(m, to, bytes);
  if (rest > count) m.goTo({ phase: PHASE.copy, source, from: from + count, to: to + count, rest: rest - count });
  else m.goTo(EXECUTE);
}

export const COPYING: Steps = { [PHASE.copy]: copy };
