import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { joinWords } from "@elench/bytes/words";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { type ExecResult, getActivePrecompiles, type PrecompileInput, paramsEVM } from "@ethereumjs/evm";
import { bytesToHex } from "@ethereumjs/util";
import { seededRandom } from "../trie/fixtures/random.ts";
import { runModexp } from "./modexp.ts";

const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun, params: paramsEVM });
const library = getActivePrecompiles(common).get("05".padStart(40, "0"));

const byLibrary = (data: Uint8Array, gasLimit: bigint): ExecResult =>
  library?.({ data, gasLimit, common } as PrecompileInput) as ExecResult;

/** @returns whether the call succeeded. */
function agree(data: Uint8Array, gasLimit: bigint): boolean {
  const [ours, theirs] = [runModexp({ data, gasLimit }), byLibrary(data, gasLimit)];
  const shown = ({ returnValue, executionGasUsed, exceptionError }: ExecResult) => ({
    output: bytesToHex(returnValue),
    gas: executionGasUsed,
    failed: exceptionError?.error,
  });
  assert.deepEqual(shown(ours), shown(theirs), bytesToHex(data));
  return ours.exceptionError === undefined;
}

const PLENTY = 2n ** 40n;

test("gives the library's results at its price, for all lengths", () => {
  const random = seededRandom(17);
  const lengths = [0, 0, 1, 2, 7, 8, 9, 31, 32, 33, 64, 100];
  const length = (): number => lengths[random(lengths.length)] as number;
  const kinds = [() => random(256), () => 0, () => 255, () => (random(4) === 0 ? random(256) : 0)];
  const bytes = (count: number): Uint8Array => {
    const kind = kinds[random(kinds.length)] as () => number;
    return Uint8Array.from({ length: count }, kind);
  };
  for (let i = 0; i < 1500; i++) {
    const [base, exponent, modulus] = [length(), length(), length()];
    const whole = concat(joinWords([base, exponent, modulus]), bytes(base), bytes(exponent), bytes(modulus));
    const data = random(4) === 0 ? whole.subarray(0, random(whole.length + 1)) : concat(whole, bytes(random(3)));
    agree(data, PLENTY);
    const { executionGasUsed } = byLibrary(data, PLENTY);
    assert.ok(agree(data, executionGasUsed), "just enough gas");
    assert.ok(!agree(data, executionGasUsed - 1n), "too little gas");
  }
});

test("lengths that no gas can pay for fail, as the library's do", () => {
  for (const huge of [2n ** 31n, 2n ** 64n, 2n ** 256n - 1n])
    for (const lengths of [
      [huge, 1n, 1n],
      [1n, huge, 1n],
      [1n, 1n, huge],
      [0n, huge, 0n],
      [huge, huge, huge],
    ])
      agree(joinWords(lengths), 2n ** 27n);
});
