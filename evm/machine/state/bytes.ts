import type { PagedBytes } from "@elench/merkle/paged-bytes";
import type { Code } from "../../structures/code.ts";
import type { Slice } from "../../structures/layout.ts";
import type { Machine } from "./machine.ts";

/** Reads bytes, and opens the leaves that hold them. */

/** Opens bytes of a data tree, within its size. */
export function readBytes(m: Machine, tree: PagedBytes, offset: number, length: number): Uint8Array {
  if (m.tape) m.tape.bytes(tree.openRange(offset, length));
  const bytes = tree.view(offset, length);
  if (m.observer && tree === m.memory && length > 0) m.observer.memoryRead(offset, bytes);
  return bytes;
}

/** Opens bytes from … from + length of a slice that is itself open; zeros beyond its end. */
export function readFromSlice(m: Machine, slice: Slice, from: bigint | number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (BigInt(from) >= BigInt(slice.length)) return bytes;
  const start = Number(from);
  bytes.set(readBytes(m, slice.tree, slice.offset + start, Math.min(length, slice.length - start)));
  return bytes;
}

/** Opens bytes from … from + length of a code; zeros beyond its end. */
export function readFromCode(m: Machine, code: Code, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const count = Math.min(length, Math.max(code.size - from, 0));
  if (count === 0) return bytes;
  m.tape?.bytes(code.openRange(from, count));
  bytes.set(code.bytes.subarray(from, from + count));
  return bytes;
}
