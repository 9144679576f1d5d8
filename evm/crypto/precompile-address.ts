/** @param number of PRECOMPILE. */
export const precompileAddress = (number: number): `0x${string}` => `0x${number.toString(16).padStart(40, "0")}`;
