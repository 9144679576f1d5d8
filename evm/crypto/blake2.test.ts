import assert from "node:assert/strict";
import { test } from "node:test";
import { createEVM, type ExecResult } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import { createNativeVm } from "../reference/vm.ts";

const to = createAddressFromString(`0x${"09".padStart(40, "0")}`);

function inputOf(rounds: number, seed: number, final: number, length = 213): Uint8Array {
  const input = Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 13) & 0xff);
  new DataView(input.buffer).setUint32(0, rounds);
  if (length > 212) input[212] = final;
  return input;
}

test("results, gas and failures are those of the library", async () => {
  const library = await createEVM();
  const { vm } = await createNativeVm({ chainId: 1n, blockHash: () => new Uint8Array(32) });
  const seen = ({ returnValue, executionGasUsed, exceptionError }: ExecResult) => ({
    output: Uint8Array.from(returnValue).toString(),
    gas: executionGasUsed,
    failed: exceptionError !== undefined,
  });
  const inputs = [
    ...[0, 1, 2, 9, 10, 11, 12, 1000].flatMap((rounds) => [inputOf(rounds, rounds, 0), inputOf(rounds, rounds + 7, 1)]),
    inputOf(12, 1, 2),
    inputOf(12, 1, 1, 212),
    inputOf(12, 1, 1, 214),
    new Uint8Array(),
    inputOf(45_678, 1, 1),
    inputOf(50_001, 1, 1),
  ];
  for (const data of inputs) {
    const call = { to, data, gasLimit: 50_000n };
    const [ours, theirs] = [await vm.evm.runCall(call), await library.runCall(call)];
    assert.deepEqual(seen(ours.execResult), seen(theirs.execResult));
  }
});
