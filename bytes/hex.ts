export type Hex = `0x${string}`;

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** 0x and lower-case digits, two for each byte. */
export function toHex(bytes: Uint8Array): Hex {
  let hex: Hex = "0x";
  for (const byte of bytes) hex += DIGITS[byte];
  return hex as Hex;
}

/** @throws RangeError unless it is 0x and an even number of hexadecimal digits. */
export function toBytes(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^0x[0-9a-fA-F]*$/.test(hex)) throw new RangeError(`not whole bytes in hex: ${hex}`);
  const bytes = new Uint8Array(hex.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i + 2, 2 * i + 4), 16);
  return bytes;
}
