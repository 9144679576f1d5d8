import assert from "node:assert/strict";
import { test } from "node:test";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { concatBytes, createAddressFromString, hexToBytes, setLengthRight } from "@ethereumjs/util";
import { createNativeVm } from "../reference/vm.ts";
import { exceedsL1, l1Price, PRECOMPILE_L1_LIMIT } from "./precompile-bounds.ts";

const word = (value: bigint): Uint8Array => hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);
const modexp = (base: number, exponent: number, modulus: number, body: Uint8Array = new Uint8Array()): Uint8Array =>
  concatBytes(word(BigInt(base)), word(BigInt(exponent)), word(BigInt(modulus)), body);
const ones = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);

const address = (number: number) => createAddressFromString(`0x${number.toString(16).padStart(40, "0")}`);

/** Deterministic. */
function* inputs(): Generator<Uint8Array> {
  let seed = 1;
  const random = (bound: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % bound;
  };
  const edges = [0, 1, 31, 32, 33, 63, 64, 100];
  for (let i = 0; i < 150; i++) {
    const [base, exponent, modulus] = [0, 1, 2].map(() => edges[random(edges.length)] as number) as [
      number,
      number,
      number,
    ];
    const body = Uint8Array.from({ length: random(base + exponent + modulus + 2) }, () =>
      random(4) === 0 ? random(256) : 0,
    );
    yield modexp(base, exponent, modulus, body);
  }
  yield new Uint8Array();
  yield modexp(1, 1, 1).slice(0, 70);
}

test("prices equal those of an Osaka EVM", async () => {
  const evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }) });
  for (const input of inputs()) {
    const gasLimit = 2n ** 40n;
    const { execResult } = await evm.runCall({ to: address(5), data: input, gasLimit });
    assert.equal(l1Price(5, input), execResult.executionGasUsed, Buffer.from(input).toString("hex"));
  }
  for (const [number, input] of [
    [1, new Uint8Array(128)],
    [6, new Uint8Array(128)],
    [7, new Uint8Array(96)],
    [8, new Uint8Array()],
    [8, new Uint8Array(192 * 3)],
  ] as const) {
    const { execResult } = await evm.runCall({ to: address(number), data: input, gasLimit: 10_000_000n });
    assert.equal(execResult.exceptionError, undefined);
    assert.equal(l1Price(number, input), execResult.executionGasUsed, `precompile ${number}`);
  }
});

test("a MODEXP length above 1024 is refused, whatever its price and size", () => {
  assert.equal(exceedsL1(5, modexp(1024, 1, 1024)), false);
  for (const call of [modexp(1025, 0, 0), modexp(0, 1025, 0), modexp(0, 0, 1025)])
    assert.equal(exceedsL1(5, call), true);
  assert.equal(exceedsL1(5, ones(96)), true);
});

test("a call that costs exactly the limit succeeds", () => {
  // 2 · 128² · iterations: 53 of them are 1,736,704 gas, 54 are above the limit.
  const exponentBits = (bits: number): Uint8Array =>
    concatBytes(new Uint8Array(1024), setLengthRight(Uint8Array.of(0), 15), word(2n ** BigInt(bits - 1)).slice(15));
  const call = (bits: number): Uint8Array => modexp(1024, 32, 1024, exponentBits(bits));
  assert.equal(l1Price(5, call(54)), 1_736_704n);
  assert.equal(exceedsL1(5, call(54)), false);
  assert.ok(l1Price(5, call(55)) > PRECOMPILE_L1_LIMIT);
  assert.equal(exceedsL1(5, call(55)), true);
  assert.equal(exceedsL1(8, new Uint8Array(192 * 50)), false);
  assert.equal(exceedsL1(8, new Uint8Array(192 * 51)), true);
});

test("precompiles that are executed in steps have no bound", () => {
  for (const number of [2, 3, 4, 9]) assert.equal(exceedsL1(number, new Uint8Array(10_000_000)), false);
});

test("in the chain's VM a call beyond the bound consumes its gas; with the bounds off it runs", async () => {
  // Cheap under Cancun, where a zero exponent costs little; too long for L1.
  const data = modexp(1025, 0, 1);
  const gasLimit = 1_000_000n;
  const run = async (l1Bounds: boolean) => {
    const { vm } = await createNativeVm({ chainId: 1n, blockHash: () => new Uint8Array(32), l1Bounds });
    return (await vm.evm.runCall({ to: address(5), data, gasLimit })).execResult;
  };
  const bounded = await run(true);
  assert.notEqual(bounded.exceptionError, undefined);
  assert.equal(bounded.executionGasUsed, gasLimit);
  const plain = await run(false);
  assert.equal(plain.exceptionError, undefined);
  assert.ok(plain.executionGasUsed < gasLimit);
});
