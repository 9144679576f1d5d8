import type { CodeRange } from "./artifacts.ts";

/** Runtime code, split into instructions and the compiler's metadata after them. */
export interface SplitCode {
  readonly instructions: Uint8Array;
  /** CBOR with its length in the last two bytes; empty if there is no metadata. */
  readonly metadata: Uint8Array;
}

/** The key `solc` in CBOR: the metadata of every compiler version contains it. */
const SOLC_KEY = Buffer.from("64736f6c63", "hex");
/** INVALID: the compiler puts it between code and metadata, so that execution does not run into the metadata. */
const INVALID = 0xfe;

/** Splits a contract's code (https://docs.soliditylang.org/en/latest/metadata.html#encoding-of-the-metadata-hash-in-the-bytecode). */
export function splitCode(code: Uint8Array): SplitCode {
  const bytes = Buffer.from(code);
  const size = bytes.length < 2 ? bytes.length : bytes.readUInt16BE(bytes.length - 2) + 2;
  const metadata = size < bytes.length ? bytes.subarray(bytes.length - size) : Buffer.alloc(0);
  if (!metadata.includes(SOLC_KEY)) return { instructions: bytes, metadata: new Uint8Array(0) };
  const end = bytes.length - size - (bytes[bytes.length - size - 1] === INVALID ? 1 : 0);
  return { instructions: bytes.subarray(0, end), metadata };
}

/** The code with zeros in the given ranges. */
export function masked(code: Uint8Array, ranges: readonly CodeRange[]): Uint8Array {
  const bytes = Uint8Array.from(code);
  for (const { start, length } of ranges) bytes.fill(0, start, start + length);
  return bytes;
}

/** The value that all ranges hold; undefined if they hold different values, or if the code is too short. */
export function valueAt(code: Uint8Array, ranges: readonly CodeRange[]): Uint8Array | undefined {
  const [first, ...others] = ranges.map(({ start, length }) => Buffer.from(code.subarray(start, start + length)));
  return first?.length === ranges[0]?.length && others.every((other) => first?.equals(other)) ? first : undefined;
}
