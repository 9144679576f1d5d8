/** The scalar libraries of the contracts, compiled and callable: `contracts/test/ScalarHarness.sol`. */
import { type Hex, hexToBytes, toHex } from "viem";
import { build } from "./build.ts";
import { startSimulator } from "./simulator.ts";

/** Registers a, b, c. */
export type Operands = readonly [bigint, bigint, bigint];

/** Vectors in one call: far from the 2^24 gas that a transaction may use. */
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
  const contracts = build(paths);
  const simulator = await startSimulator();
  const harness = await simulator.deploy(contracts.get("ScalarHarness")!);
  const float64Ops = (await simulator.deploy(contracts.get("Float64Ops")!)).address;
  const { call } = harness;

  return {
    /** Bytes of runtime code. */
    size: (contract: string): number => contracts.get(contract)!.size,
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
