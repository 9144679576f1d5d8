import type { Hex } from "viem";

/** Sizes of a contract's creation data and runtime code. */
export interface Bytecode {
  readonly bytecode: Hex;
  readonly deployedBytecode: Hex;
}

/** Gas of a transaction that creates a contract, without its constructor's execution, which takes a few thousand gas (EIP-2, EIP-170, EIP-2028, EIP-3860). */
export function creationGas({ bytecode, deployedBytecode }: Bytecode): bigint {
  const [sent, kept] = [bytecode, deployedBytecode].map((code) => Buffer.from(code.slice(2), "hex")) as [
    Buffer,
    Buffer,
  ];
  const zeros = sent.filter((byte) => byte === 0).length;
  const calldata = 4 * zeros + 16 * (sent.length - zeros);
  return BigInt(21_000 + 32_000 + calldata + 2 * Math.ceil(sent.length / 32) + 200 * kept.length);
}
