import { toBytes } from "@elench/bytes/hex";
import { UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";

/** Limit of the machine (docs/evm-machine.md). */
const MAX_BATCH_BYTES = 2 ** 27;

/** Reads a batch file, binary or hexadecimal. @throws UserError */
export function readBatchFile(file: string): Uint8Array {
  const bytes = readWhole(file);
  if (bytes.length === 0) throw new UserError(`${file} is empty: a batch has at least one block`);
  const batch = decodeHex(bytes) ?? bytes;
  if (batch.length >= MAX_BATCH_BYTES)
    throw new UserError(`${file} has ${batch.length} bytes; a batch must have fewer than ${MAX_BATCH_BYTES}`);
  return batch;
}

const FIRST_LINE = 64;

/** @returns null if the bytes are not hexadecimal text. A binary batch begins with zero bytes, so it is never hexadecimal text. */
function decodeHex(bytes: Uint8Array): Uint8Array | null {
  const isHex = (text: string) => /^\s*(0x)?[\da-f\s]*$/i.test(text);
  if (!isHex(latin1(bytes.subarray(0, FIRST_LINE)))) return null;
  const digits = latin1(bytes).replace(/\s/g, "");
  return /^(0x)?([\da-f]{2})+$/i.test(digits) ? toBytes(`0x${digits.replace(/^0x/i, "")}`) : null;
}

const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
