/** Precompiles and inference: the contract's step is the machine's, and a witness that is damaged is refused. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { concat } from "@elench/bytes/concat";
import { joinWords, toBigInt, wordBytes } from "@elench/bytes/words";
import { encodeEntry } from "@elench/evm/inference/directory";
import type { Host } from "@elench/evm/machine/state/host";
import { Machine } from "@elench/evm/machine/state/machine";
import { precompileTask } from "@elench/evm/machine/state/task";
import { step, witnessOf } from "@elench/evm/machine/step";
import {
  type Account,
  accountWords,
  EMPTY_CODE_HASH,
  PHASE,
  readSlice,
  type Slot,
  STATUS,
  sliceOf,
  slotWords,
} from "@elench/evm/structures/layout";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { hashPair, keccak256 } from "@elench/merkle/tree";
import { inferenceContext, startState } from "@elench/tensor/program/commitment";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, type Hex } from "viem";
import { taskOf } from "../../evm/machine/fixtures/state.ts";
import { INFERENCE } from "../../evm/machine/phases/is-precompile.ts";
import { addressKey, slotKey } from "../../evm/machine/state/keys.ts";
import { put } from "../../evm/structures/sparse.ts";
import { EMPTY_TRIE_ROOT } from "../../evm/trie/node.ts";
import { build } from "./build.ts";
import { Reverted } from "./evm.ts";
import { type Simulated, type Simulator, startSimulator } from "./simulator.ts";

const contracts = build(["contracts/evm/parts/PrecompileSteps.sol", "contracts/evm/parts/InferenceSteps.sol"]);
const contract = (name: string) => contracts.get(name) ?? assert.fail(`no contract ${name}`);
const TENSOR_VERIFIER = `0x${"7e".repeat(20)}`;
const MODEL_ID = new Uint8Array(32).fill(0x11);
const OUTPUT = Uint8Array.from({ length: 24 }, (_, i) => i);

let simulator: Simulator;
let precompiles: Simulated;
let inference: Simulated;

before(async () => {
  simulator = await startSimulator();
  const hashes = await simulator.deploy(contract("Hashes"));
  precompiles = await simulator.deploy(contract("PrecompileSteps"), hashes.address);
  inference = await simulator.deploy(contract("InferenceSteps"), TENSOR_VERIFIER);
});
after(() => simulator.close());

const host: Host = {
  node: () => assert.fail("no trie is read"),
  code: () => assert.fail("no code is loaded"),
  keep: () => assert.fail("nothing is made"),
  infer: () => OUTPUT,
  bounded: true,
};

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (7 * i + (i >> 7)) & 255);

/** Before the first step of a precompile. The input lies somewhere in a larger tree. */
function machineAt(address: bigint, input: Uint8Array, gas: bigint): Machine {
  const m = new Machine(host, precompileTask(address), 5n);
  m.gas = gas;
  const tree = new PagedBytes(concat(new Uint8Array(131).fill(0xee), input, new Uint8Array(300).fill(0xdd)));
  m.frame = {
    kind: 0,
    address,
    caller: 0xcan,
    value: 3n,
    isStatic: false,
    depth: 1,
    data: sliceOf(tree, 131, input.length),
    outOffset: 0n,
    outLength: 64n,
    parent: { hash: keccak256(Uint8Array.of(1)) },
  };
  return m;
}

/** Takes a step; the contract must agree. */
async function agree(m: Machine, part: Simulated): Promise<void> {
  const [pre, witness] = [bytesToHex(m.hash()), bytesToHex(witnessOf(m))];
  step(m);
  assert.equal(await part.call("step", pre, witness), bytesToHex(m.hash()));
}

interface Outcome {
  readonly status: number;
  readonly output: Uint8Array;
  readonly gas: bigint;
  readonly steps: number;
}

async function run(address: bigint, input: Uint8Array, gas = 50_000_000n): Promise<Outcome> {
  const m = machineAt(address, input, gas);
  let steps = 0;
  for (; m.phase === PHASE.precompile; steps++) await agree(m, precompiles);
  const { status } = taskOf(m, PHASE.leave);
  return { status, output: readSlice(m.returned, 0, m.returned.length), gas: m.gas, steps };
}

async function succeeds(address: bigint, input: Uint8Array, price: bigint, steps = 1): Promise<Uint8Array> {
  const { status, output, gas, steps: taken } = await run(address, input, price);
  assert.deepEqual([status, gas, taken], [STATUS.success, 0n, steps]);
  await fails(address, input, price - 1n);
  return output;
}

async function fails(address: bigint, input: Uint8Array, gas?: bigint): Promise<void> {
  const outcome = await run(address, input, gas);
  assert.deepEqual(outcome, { status: STATUS.failure, output: new Uint8Array(0), gas: 0n, steps: 1 });
}

async function refused(m: Machine, part: Simulated, method = "step", ...rest: readonly unknown[]): Promise<void> {
  const [pre, witness] = [bytesToHex(m.hash()), witnessOf(m)];
  const refuses = (damaged: Uint8Array) =>
    assert.rejects(async () => part.call(method, pre, bytesToHex(damaged), ...rest), Reverted);
  const places = [0, 479, 480, 545, Math.floor((480 + witness.length) / 2), witness.length - 1];
  for (const place of places.filter((at) => at < witness.length)) {
    await refuses(witness.map((byte, i) => (i === place ? byte ^ 1 : byte)));
  }
  await refuses(witness.subarray(0, witness.length - 1));
  await refuses(concat(witness, Uint8Array.of(0)));
}

const modexp = (base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array =>
  concat(joinWords([base.length, exponent.length, modulus.length]), base, exponent, modulus);

const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const GENERATOR_2 = [
  11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  10857046999023057135944570762232829481370756359578518086990519993285655852781n,
  4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  8495653923123431417604973247489272438418190587263600148770280649306958101930n,
];

describe("precompiles in one step", () => {
  it("recover a signer, and nothing from a bad signature", async () => {
    const [hash, key] = [keccak256(bytes(9)), new Uint8Array(32).fill(7)];
    const signature = secp256k1.sign(hash, key, { prehash: false, format: "recovered" });
    const input = concat(hash, wordBytes(27 + (signature[0] as number)), signature.subarray(1));
    const signer = keccak256(secp256k1.getPublicKey(key, false).subarray(1)).subarray(12);
    assert.deepEqual(await succeeds(1n, input, 3000n), concat(new Uint8Array(12), signer));
    assert.equal((await succeeds(1n, input.fill(0, 32, 64), 3000n)).length, 0);
    assert.equal((await succeeds(1n, new Uint8Array(0), 3000n)).length, 0);
  });

  it("give the input back", async () => {
    for (const length of [0, 1, 32, 5000]) {
      assert.deepEqual(await succeeds(4n, bytes(length), 15n + 3n * BigInt(Math.ceil(length / 32))), bytes(length));
    }
  });

  it("exponentiate, whatever the lengths", async () => {
    assert.deepEqual(
      await succeeds(5n, modexp(Uint8Array.of(3), Uint8Array.of(5), Uint8Array.of(100)), 200n),
      Uint8Array.of(43),
    );
    assert.equal((await succeeds(5n, new Uint8Array(0), 200n)).length, 0);
    assert.deepEqual(await succeeds(5n, modexp(bytes(40), bytes(0), bytes(0)), 200n), new Uint8Array(0));
    assert.deepEqual(await succeeds(5n, modexp(bytes(0), bytes(0), Uint8Array.of(9)), 200n), Uint8Array.of(1));
    assert.deepEqual(await succeeds(5n, modexp(bytes(2), bytes(2), new Uint8Array(3)), 200n), new Uint8Array(3));
    // Cut off within the operands: zeros follow.
    assert.equal((await succeeds(5n, modexp(bytes(8), bytes(8), bytes(8)).subarray(0, 115), 200n)).length, 8);
    const large = await run(5n, modexp(bytes(256), Uint8Array.of(1, 0, 1), bytes(256).fill(0xf1)));
    assert.deepEqual([large.status, large.output.length], [STATUS.success, 256]);
  });

  it("fail to exponentiate beyond L1's bounds", async () => {
    const gas = 2n ** 62n;
    await fails(5n, modexp(bytes(1025), bytes(1), bytes(1)), gas);
    await fails(5n, modexp(bytes(1), bytes(1), bytes(1025)), gas);
    await fails(5n, modexp(bytes(1), bytes(1025), bytes(1)), gas);
    await fails(5n, modexp(bytes(1024).fill(0xff), bytes(1024).fill(0xff), bytes(1024)), gas);
    // Too dear on L1 even with no modulus to work with.
    await fails(5n, modexp(bytes(1024), bytes(1024).fill(0xff), bytes(0)), gas);
    for (const huge of [2n ** 64n, 2n ** 256n - 1n]) {
      for (const lengths of [
        [huge, 1n, 1n],
        [1n, huge, 1n],
        [1n, 1n, huge],
        [huge, huge, huge],
        [huge, 0n, 0n],
      ]) {
        await fails(5n, joinWords(lengths), gas);
      }
    }
  });

  it("add and multiply points", async () => {
    const double = await succeeds(6n, joinWords([1, 2, 1, 2]), 150n);
    assert.deepEqual(await succeeds(7n, joinWords([1, 2, 2]), 6000n), double);
    assert.deepEqual(await succeeds(6n, new Uint8Array(0), 150n), new Uint8Array(64));
    await fails(6n, joinWords([1, 3, 1, 2]));
    await fails(6n, joinWords([P, 2, 1, 2]));
    await fails(7n, joinWords([1, 3, 2]));
  });

  it("pair points", async () => {
    const pair = (y: bigint) => joinWords([1, y, ...GENERATOR_2]);
    assert.deepEqual(await succeeds(8n, new Uint8Array(0), 45_000n), wordBytes(1));
    assert.deepEqual(await succeeds(8n, pair(2n), 79_000n), wordBytes(0));
    assert.deepEqual(await succeeds(8n, concat(pair(2n), pair(P - 2n)), 113_000n), wordBytes(1));
    await fails(8n, pair(3n));
    await fails(8n, pair(2n).subarray(1));
    // 51 pairs are above 1,750,000 on L1.
    await fails(8n, new Uint8Array(51 * 192));
  });

  it("evaluate a polynomial", async () => {
    const commitment = bls12_381.G1.Point.BASE.multiply(42n).toBytes();
    const hash = sha256(commitment);
    hash[0] = 1;
    const input = (y: number) => concat(hash, joinWords([3, y]), commitment, bls12_381.G1.Point.ZERO.toBytes());
    assert.equal((await succeeds(10n, input(42), 50_000n)).length, 64);
    await fails(10n, input(43));
    await fails(10n, input(42).subarray(1));
  });
});

const blake2Input = (rounds: number, flag = 1): Uint8Array => {
  const input = bytes(213);
  new DataView(input.buffer).setUint32(0, rounds);
  input[212] = flag;
  return input;
};

describe("precompiles in pieces", () => {
  it("hash by SHA-256", async () => {
    for (const [length, steps] of [
      [0, 1],
      [55, 1],
      [56, 1],
      [64, 1],
      [5120, 1],
      [5121, 2],
      [12_000, 3],
    ] as const) {
      const price = 60n + 12n * BigInt(Math.ceil(length / 32));
      assert.deepEqual(await succeeds(2n, bytes(length), price, steps), sha256(bytes(length)));
    }
  });

  it("hash by RIPEMD-160", async () => {
    for (const [length, steps] of [
      [0, 1],
      [63, 1],
      [4096, 1],
      [4097, 2],
      [9000, 3],
    ] as const) {
      const output = await succeeds(3n, bytes(length), 600n + 120n * BigInt(Math.ceil(length / 32)), steps);
      assert.deepEqual(output.subarray(0, 12), new Uint8Array(12));
    }
  });

  it("compress by BLAKE2b", async () => {
    for (const [rounds, steps] of [
      [12, 1],
      [1500, 1],
      [1501, 2],
      [3100, 3],
    ] as const) {
      assert.equal((await succeeds(9n, blake2Input(rounds), BigInt(rounds), steps)).length, 64);
    }
    assert.equal((await run(9n, blake2Input(0), 0n)).status, STATUS.success);
    await fails(9n, blake2Input(12, 2));
    await fails(9n, blake2Input(12).subarray(1));
    await fails(9n, new Uint8Array(0));
  });
});

describe("witnesses of precompiles", () => {
  it("are refused when damaged", async () => {
    const inputs = [bytes(128), bytes(6000), bytes(5000), bytes(40), modexp(bytes(40), bytes(40), bytes(40))];
    for (const [i, input] of inputs.entries()) {
      await refused(machineAt(BigInt(i + 1), input, 10_000_000n), precompiles);
    }
    for (const address of [2n, 9n]) {
      const m = machineAt(address, address === 2n ? bytes(6000) : blake2Input(3100), 10_000_000n);
      step(m);
      await refused(m, precompiles);
    }
  });

  it("are refused by the part of other precompiles", async () => {
    await assert.rejects(agree(machineAt(6n, joinWords([1, 2, 1, 2]), 150n), inference), Reverted);
    await assert.rejects(agree(machineAt(INFERENCE, bytes(64), 150n), precompiles), Reverted);
  });
});

const ENTRY = { level: 3, tableDepth: 5, inputBytes: 5000, outputBytes: OUTPUT.length, price: 700n };
const question = (inputBytes: number, outputBytes = OUTPUT.length): Uint8Array =>
  concat(MODEL_ID, wordBytes(outputBytes), bytes(inputBytes));

/** A machine that calls a model, with the directory in its journal. */
function calling(input: Uint8Array, gas: bigint, entry: Partial<typeof ENTRY> | null = {}): Machine {
  const m = machineAt(INFERENCE, input, gas);
  const current = entry ? encodeEntry({ ...ENTRY, ...entry }) : 0n;
  const number = toBigInt(hashPair(MODEL_ID, new Uint8Array(32)));
  const account: Account = {
    address: 0xa101n,
    nonce: 1n,
    balance: 0n,
    codeHash: EMPTY_CODE_HASH,
    storage: EMPTY_TRIE_ROOT,
    slots: put<Slot>(null, slotKey(number), { number, original: current, current, warm: false }, slotWords),
    transient: null,
    flags: 0,
  };
  m.journal = put(null, addressKey(0xa101n), account, accountWords);
  return m;
}

describe("inference", () => {
  const failing = async (m: Machine) => {
    await agree(m, inference);
    assert.deepEqual([m.task, m.gas], [{ phase: PHASE.leave, status: STATUS.failure }, 0n]);
  };

  it("asks the tensor machine what the call says, and goes on with its answer", async () => {
    for (const inputBytes of [0, 100, 5000]) {
      const m = calling(question(inputBytes), 1000n, { inputBytes });
      await agree(m, inference);
      assert.deepEqual([m.phase, m.gas], [PHASE.input, 300n]);
      while (m.phase === PHASE.input) step(m);
      const [pre, witness] = [bytesToHex(m.hash()), bytesToHex(witnessOf(m))];
      await assert.rejects(async () => inference.call("step", pre, witness), { error: "Delegated" });
      const inputRoot = new PagedBytes(bytes(inputBytes)).root;
      const [machine, start, context, level] = (await inference.call("ask", pre, witness)) as [
        string,
        Hex,
        Hex,
        number,
      ];
      assert.equal(machine.toLowerCase(), TENSOR_VERIFIER);
      assert.equal(start, bytesToHex(startState({ modelId: MODEL_ID, tableDepth: ENTRY.tableDepth }, inputRoot)));
      assert.equal(context, bytesToHex(inferenceContext(MODEL_ID, inputRoot)));
      assert.equal(level, ENTRY.level);
      await refused(m, inference, "ask");
      await refused(m, inference, "resume", bytesToHex(MODEL_ID));
      step(m);
      const answer = bytesToHex(new PagedBytes(OUTPUT).root);
      assert.equal(await inference.call("resume", pre, witness, answer), bytesToHex(m.hash()));
      assert.notEqual(await inference.call("resume", pre, witness, bytesToHex(MODEL_ID)), bytesToHex(m.hash()));
    }
  });

  it("fails on what is no call of a model", async () => {
    await failing(calling(question(5000), 699n));
    await failing(calling(question(4999), 1000n));
    await failing(calling(question(5000, 25), 1000n));
    await failing(calling(bytes(63), 1000n));
    await failing(calling(question(5000), 1000n, null));
    for (const entry of [{ level: 0 }, { level: 16 }, { tableDepth: 33 }, { price: 1n }]) {
      await failing(calling(question(5000), 1000n, entry));
    }
  });

  it("brings in the directory first", async () => {
    const m = calling(question(5000), 1000n);
    await refused(m, inference);
    m.journal = null;
    await agree(m, inference);
    assert.equal(m.phase, PHASE.loadAccount);
  });

  it("asks nobody in any other phase", async () => {
    const m = calling(question(5000), 1000n);
    const [pre, witness] = [bytesToHex(m.hash()), bytesToHex(witnessOf(m))];
    await assert.rejects(async () => inference.call("ask", pre, witness), { error: "NotDelegated" });
    await assert.rejects(async () => inference.call("resume", pre, witness, pre), { error: "NotDelegated" });
  });
});
