/** Hexadecimal for display: numbers without leading zeros, addresses and bytes at full length. */

export const hexWord = (value: bigint): string => `0x${value.toString(16)}`;
export const hexAddress = (address: bigint): string => `0x${address.toString(16).padStart(40, "0")}`;
export const hexBytes = (bytes: Uint8Array): string =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
