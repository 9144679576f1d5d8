import { toBytes } from "@elench/bytes/hex";
import { UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";

/** The machine has no room for more (docs/evm-machine.md). */
const MAX_BATCH_BYTES = 2 ** 27;

/** A batch that the user named: its bytes as they stand, or in hexadecimal. @throws UserError */
export function readBatchFile(file: string): Uint8Array {
  const bytes = readWhole(file);
  if (bytes.length === 0) throw new UserError(`${file} is empty: a batch has at least a block`);
  const batch = decodeHex(bytes) ?? bytes;
  if (batch.length >= MAX_BATCH_BYTES)
    throw new UserError(`${file} holds ${batch.length} bytes, and a batch has fewer than ${MAX_BATCH_BYTES}`);
  return batch;
}

const FIRST_LINE = 64;

/** @returns null for what is no text of hexadecimal digits: a block begins with zeros, so no batch is such a text by chance. */
function decodeHex(bytes: Uint8Array): Uint8Array | null {
  const isHex = (text: string) => /^\s*(0x)?[\da-f\s]*$/i.test(text);
  if (!isHex(latin1(bytes.subarray(0, FIRST_LINE)))) return null;
  const digits = latin1(bytes).replace(/\s/g, "");
  return /^(0x)?([\da-f]{2})+$/i.test(digits) ? toBytes(`0x${digits.replace(/^0x/i, "")}`) : null;
}

const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
