export type Hex = `0x${string}`;

/** 0x and lower-case digits. */
export const toHex = (bytes: Uint8Array): Hex =>
  `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;

/** @param hex an even number of digits after 0x; it is not checked. */
export const toBytes = (hex: Hex): Uint8Array => new Uint8Array(Buffer.from(hex.slice(2), "hex"));
