/** The scalar libraries of the contracts, compiled and callable: `contracts/test/ScalarHarness.sol`. */
import { type Hex, hexToBytes, parseAbi, toHex } from "viem";
import { startSimulator } from "./simulator.ts";
import { compile } from "./solidity.ts";

/** Registers a, b, c. */
export type Operands = readonly [bigint, bigint, bigint];

const ABI = parseAbi([
  "function batch(uint256 code, bytes operands, address float64Ops) view returns (bytes results, uint256 gasUsed)",
  "function run(bytes code, uint256[] inputs, uint256[] variables, address float64Ops) view returns (uint256[] registers, uint256 result, uint256 gasUsed)",
  "function float32Gas(uint256 operation, uint32[3][] operands) view returns (uint256 gasUsed, uint256 sum)",
  "function signature(uint8 code) pure returns (bool exists, uint256 arity, uint256 args, uint256 result)",
  "function resultOf(uint8 code, uint256 first, uint256 second, uint256 third) pure returns (uint256)",
]);

/** Vectors in one call: at 64-bit remainders' cost it stays well under the 2^24 gas of a transaction. */
const BATCH = 2_000;

const pack = (operands: readonly Operands[]): Hex => {
  const bytes = new DataView(new ArrayBuffer(24 * operands.length));
  operands.forEach((registers, i) => {
    for (const [j, register] of registers.entries()) bytes.setBigUint64(24 * i + 8 * j, register);
  });
  return toHex(new Uint8Array(bytes.buffer));
};

const unpack = (results: Hex): bigint[] => {
  const bytes = hexToBytes(results);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, i) => view.getBigUint64(8 * i));
};

export async function startScalarHarness() {
  const paths = ["contracts/test/ScalarHarness.sol", "contracts/tensor/scalar/Float64Ops.sol"];
  const bytecodes = compile(paths);
  const simulator = await startSimulator();
  const harness = await simulator.install(bytecodes.get("ScalarHarness")!);
  const float64Ops = await simulator.install(bytecodes.get("Float64Ops")!);
  const call = (name: string, ...args: unknown[]) => simulator.call(harness, ABI, name, args as never);

  return {
    /** Bytes of runtime code. */
    size: (contract: string): number => (bytecodes.get(contract)!.length - 2) / 2,
    close: () => simulator.close(),

    /** Results of an operation on each of many operands, and the gas of all together. */
    async batch(code: number, operands: readonly Operands[], float64 = float64Ops) {
      const results: bigint[] = [];
      let gas = 0n;
      for (let at = 0; at < operands.length; at += BATCH) {
        const packed = pack(operands.slice(at, at + BATCH));
        const [bytes, used] = (await call("batch", BigInt(code), packed, float64)) as [Hex, bigint];
        results.push(...unpack(bytes));
        gas += used;
      }
      return { results, gas };
    },

    /** All registers after a program. */
    async run(code: Uint8Array, inputs: readonly bigint[], variables: readonly bigint[]) {
      const args = [toHex(code), inputs, variables, float64Ops];
      const [registers, result, gas] = (await call("run", ...args)) as [bigint[], bigint, bigint];
      return { registers, result, gas };
    },

    /** Gas of a direct use of Float32; operation 5 is none. */
    async float32Gas(operation: number, operands: readonly (readonly [number, number, number])[]): Promise<bigint> {
      return ((await call("float32Gas", BigInt(operation), operands)) as [bigint, bigint])[0];
    },

    signature: (code: number) => call("signature", code) as Promise<[boolean, bigint, bigint, bigint]>,
    resultOf: (code: number, args: readonly bigint[]) => call("resultOf", code, ...args) as Promise<bigint>,
  };
}

export type ScalarHarness = Awaited<ReturnType<typeof startScalarHarness>>;
