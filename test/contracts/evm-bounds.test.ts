/** The dearest steps that the EVM machine can be brought to: none passes a step's bounds of gas and witness, transaction included. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { concatBytes, hexToBytes } from "@ethereumjs/util";
import { Bytes } from "../../evm/machine/bytes.ts";
import { Code } from "../../evm/machine/code.ts";
import { PHASE, viewOf, viewOfBytes } from "../../evm/machine/layout.ts";
import { LoadTask, type Machine } from "../../evm/machine/machine.ts";
import { BuildTask, copyToMemory, hashView } from "../../evm/machine/phases/bulk.ts";
import { PrecompileTask } from "../../evm/machine/phases/precompile-task.ts";
import { prove, step } from "../../evm/machine/step.ts";
import { machineIn, worldOf } from "../../evm/machine/testState.ts";
import { wordBytes } from "../../evm/machine/words.ts";
import { exceedsL1, l1Price, PRECOMPILE_L1_LIMIT } from "../../evm/native/precompile-bounds.ts";
import { keccak256 } from "../../merkle/tree.ts";
import { transactionGas } from "./evm.ts";
import { type EvmVerifier, startEvmVerifier } from "./evmVerifier.ts";

/** docs/evm-machine.md, "Bounds of a step". */
const GAS = 5_000_000;
const WITNESS_BYTES = 32_768;
/** For the dispute around the step, its calldata and its storage; and for contracts that are cold. */
const GAME_GAS = 250_000;

let verifier: EvmVerifier;
before(async () => {
  verifier = await startEvmVerifier();
});
after(() => verifier.close());

/** Steps the machine, and the contract with it. */
async function keepsBounds(m: Machine): Promise<void> {
  const { pre, witness, post } = prove(m);
  const [verdict] = await verifier.verdicts([{ pre, witness }]);
  assert.deepEqual(verdict?.post, post);
  const gas = transactionGas(concatBytes(pre, witness), verdict.gas);
  assert.ok(gas + GAME_GAS <= GAS, `${gas} gas`);
  assert.ok(witness.length <= WITNESS_BYTES, `${witness.length} bytes`);
  step(m);
}

/** No zeros, which are cheap in calldata. */
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 1 + ((i * 37) % 255));
const GAS_OF_ALL = 2n ** 27n;

const code = bytes(24_576);
const world = worldOf(new Map([[0xc0den, { code }]]));

/** A view that neither begins nor ends with a leaf of its tree, which is as deep as gas can make memory. */
const within = (content: Uint8Array) => {
  const tree = new Bytes();
  tree.grow(2 ** 23);
  tree.write(1_234_567, content);
  return viewOf(tree, 1_234_567, content.length);
};

const calling = (address: bigint, data: Uint8Array, task = new PrecompileTask(address)): Machine =>
  machineIn({ world, phase: PHASE.precompile, task, gas: GAS_OF_ALL, frame: { data: within(data) } });

/** Generators of both groups. */
const PAIR = hexToBytes(
  `0x${[
    "0000000000000000000000000000000000000000000000000000000000000001",
    "0000000000000000000000000000000000000000000000000000000000000002",
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
  ].join("")}`,
);

test("as many pairs as L1 takes", async () => {
  const most = Number((PRECOMPILE_L1_LIMIT - 45_000n) / 34_000n);
  assert.ok(exceedsL1(8, new Uint8Array((most + 1) * PAIR.length)));
  await keepsBounds(calling(8n, concatBytes(...new Array(most).fill(PAIR))));
});

test("the dearest exponentiations that L1 takes", async () => {
  for (const [length, exponent] of [
    [1024, bytes(15)],
    [1024, concatBytes(new Uint8Array(31), Uint8Array.of(1), new Uint8Array(7))],
    [32, bytes(1024)],
    [264, concatBytes(Uint8Array.of(0xff), bytes(127))],
  ] as const) {
    const lengths = concatBytes(wordBytes(length), wordBytes(exponent.length), wordBytes(length));
    const input = concatBytes(lengths, bytes(length), exponent, bytes(length));
    assert.ok(!exceedsL1(5, input), `${l1Price(5, input)}`);
    await keepsBounds(calling(5n, input));
  }
});

test("pieces of hashes", async () => {
  for (const address of [2n, 3n]) {
    const m = calling(address, bytes(15_000));
    while (m.phase === PHASE.precompile) await keepsBounds(m);
  }
  const blake2 = calling(9n, concatBytes(Uint8Array.of(0, 0, 15, 0), bytes(208), Uint8Array.of(1)));
  while (blake2.phase === PHASE.precompile) await keepsBounds(blake2);
  for (const length of [8192, 20_000]) {
    const m = machineIn({ world, gas: GAS_OF_ALL });
    hashView(m, PHASE.execute, 0n, within(bytes(length)));
    while (m.phase === PHASE.hash) await keepsBounds(m);
  }
});

test("pieces of codes and of copies", async () => {
  await keepsBounds(
    machineIn({ world, phase: PHASE.loadCode, task: new LoadTask(PHASE.enter, null, [keccak256(code)]) }),
  );
  const initcode = bytes(49_152);
  const build = machineIn({ world, phase: PHASE.build, task: new BuildTask(within(initcode)) });
  build.code = new Code(initcode, 0);
  while (build.phase === PHASE.build) await keepsBounds(build);
  const copy = machineIn({ world });
  copy.memory.grow(2 ** 23);
  copy.memory.write(0, bytes(2 ** 20));
  copyToMemory(copy, viewOfBytes(bytes(5000)), 1n, 777n, 4999n);
  while (copy.phase === PHASE.copy) await keepsBounds(copy);
});
