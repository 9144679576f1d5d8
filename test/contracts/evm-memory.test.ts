import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { historyTree, NO_HISTORY } from "@elench/evm/batch/history";
import type { Machine } from "@elench/evm/machine/state/machine";
import { taskWords } from "@elench/evm/machine/state/task";
import { step, witnessOf } from "@elench/evm/machine/step";
import {
  EMPTY,
  logsOf,
  PHASE,
  type Phase,
  STATUS,
  sliceOf,
  sliceOfBytes,
  type Tx,
  ZERO_HASH,
} from "@elench/evm/structures/layout";
import { hashWords } from "@elench/merkle/hash-words";
import { dataRoot, keccak256, zeroListRoot } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { OP } from "@elench/spec/evm/opcodes";
import { bytesToHex, concatBytes } from "@ethereumjs/util";
import { machineIn, SELF, SENDER, worldOf } from "../../evm/machine/fixtures/state.ts";
import { OPCODES } from "../../evm/machine/opcodes.ts";
import { hashSlice } from "../../evm/machine/phases/hash.ts";
import { Code } from "../../evm/structures/code.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { build } from "./build.ts";
import { CONTEXT_OPS } from "./context-ops.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

const contracts = build(["MemoryOps", "ContextOps", "BulkSteps"].map((name) => `contracts/evm/parts/${name}.sol`));
const contract = (name: string) => contracts.get(name) ?? assert.fail(`no contract ${name}`);

let memoryOps: Deployed;
let contextOps: Deployed;
let bulkSteps: Deployed;
before(async () => {
  const evm = await startEvm();
  memoryOps = await evm.deploy(contract("MemoryOps"));
  contextOps = await evm.deploy(contract("ContextOps"));
  bulkSteps = await evm.deploy(contract("BulkSteps"), (await evm.deploy(contract("Hashes"))).address);
});

const BULK_PHASES: readonly Phase[] = [PHASE.copy, PHASE.hash, PHASE.build, PHASE.input, PHASE.log];

const MAX = 2n ** 256n - 1n;

const random = seededRandom(11);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));
const nameOf = (op: number): string => OPCODES[op]?.name ?? op.toString(16);

const partOf = (m: Machine): Deployed => {
  if (m.phase !== PHASE.execute) return bulkSteps;
  return CONTEXT_OPS.includes(m.code.bytes[m.pc] ?? 0) ? contextOps : memoryOps;
};

/** Calldata's price counts (EIP-7623: 16 for a byte that is not zero). */
const gasOf = (witness: Uint8Array, gas: number): number =>
  gas + witness.reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0);

/** One step: the contract comes to the same state as the machine. */
async function agree(m: Machine, what: string): Promise<void> {
  const [part, pre, witness] = [partOf(m), m.hash(), witnessOf(m)];
  step(m);
  const { value, gas } = await part.call("step", bytesToHex(pre), bytesToHex(witness));
  assert.equal(value, bytesToHex(m.hash()), what);
  assert.ok(witness.length <= LIMIT.STEP_BYTES, `${what}: ${witness.length} bytes`);
  assert.ok(gasOf(witness, gas) <= LIMIT.STEP_GAS, `${what}: ${gas} gas`);
}

/** One opcode, with the pieces of bulk work that come of it. @returns how many steps it took. */
async function agreeOn(m: Machine, what: string): Promise<number> {
  await agree(m, what);
  let steps = 1;
  for (; BULK_PHASES.includes(m.phase); steps++) await agree(m, `${what}, piece ${steps}`);
  return steps;
}

const world = worldOf(new Map());

interface Situation {
  readonly stack?: readonly bigint[];
  readonly code?: Uint8Array;
  readonly gas?: bigint;
  readonly memory?: Uint8Array;
  readonly data?: Uint8Array;
  readonly returned?: Uint8Array;
  readonly isStatic?: boolean;
}

/** A machine before an opcode. @param stack the top first. */
function machineBefore(
  op: number,
  { stack = [], code = Uint8Array.of(op), gas = 1_000_000n, ...rest }: Situation,
): Machine {
  const frame = { data: sliceOfBytes(rest.data ?? new Uint8Array(0)), isStatic: rest.isStatic ?? false, value: 5n };
  const m = machineIn({ world, code, gas, stack: [77n, ...[...stack].reverse()], frame });
  if (rest.memory) {
    m.memory.grow(rest.memory.length);
    m.memory.write(0, rest.memory);
  }
  if (rest.returned)
    m.returned = sliceOf(sliceOfBytes(concatBytes(bytes(100), rest.returned)).tree, 100, rest.returned.length);
  return m;
}

const memoryOf = (m: Machine): Uint8Array => m.memory.view(0, m.memory.size);
const failed = (m: Machine, what: string) =>
  assert.deepEqual([m.phase, m.gas, m.returned], [PHASE.leave, 0n, EMPTY], what);

const words = (size: number): number => Math.ceil(size / 32);
/** Yellow Paper, H.1. */
const memoryGas = (size: number): number => 3 * words(size) + Math.floor(words(size) ** 2 / 512);

/** Memory after `data` was written at a place, for which it grew. */
function written(memory: Uint8Array, to: number, data: Uint8Array, alsoRead = 0): Uint8Array {
  const end = data.length === 0 ? 0 : Math.max(to + data.length, alsoRead);
  const after = new Uint8Array(32 * Math.max(words(end), memory.length / 32));
  after.set(memory);
  if (data.length > 0) after.set(data, to);
  return after;
}

/** Bytes of a source, and zeros beyond it. */
function cut(source: Uint8Array, from: bigint, length: number): Uint8Array {
  const piece = new Uint8Array(length);
  if (from < BigInt(source.length)) piece.set(source.subarray(Number(from), Number(from) + length));
  return piece;
}

/** Memory has no byte there, whatever the gas. */
const TOO_FAR = [2n ** 32n + 1n, 2n ** 64n, 2n ** 255n, MAX - 31n, MAX];

describe("a word or a byte of memory", () => {
  const sizes = [0, 32, 160, 1024];
  const offsets = [0, 1, 31, 96, 97, 127, 128, 140, 1000, 5000];

  it("is read and written, and memory grows for it at its price", async () => {
    for (const size of sizes) {
      for (const offset of offsets) {
        const memory = bytes(size);
        const value = toBigInt(bytes(32));
        for (const [op, stack, data] of [
          [OP.MLOAD, [BigInt(offset)], cut(memory, BigInt(offset), 32)],
          [OP.MSTORE, [BigInt(offset), value], wordBytes(value)],
          [OP.MSTORE8, [BigInt(offset), value], wordBytes(value).subarray(31)],
        ] as const) {
          const what = `${nameOf(op)} at ${offset} of ${size}`;
          const m = machineBefore(op, { stack, memory });
          await agreeOn(m, what);
          const after = written(memory, offset, data);
          assert.deepEqual(memoryOf(m), after, what);
          assert.deepEqual([m.phase, m.pc], [PHASE.execute, 1], what);
          const price = 3 + memoryGas(after.length) - memoryGas(size);
          assert.equal(m.gas, BigInt(1_000_000 - price), what);
          assert.equal(m.stack.height, op === OP.MLOAD ? 2 : 1);
          if (op === OP.MLOAD) assert.equal(m.stack.peek(0), toBigInt(data), what);

          const poor = machineBefore(op, { stack, memory, gas: BigInt(price - 1) });
          await agreeOn(poor, `${what}, one gas less`);
          failed(poor, what);
          assert.deepEqual(memoryOf(poor), memory, "memory is as before");
        }
      }
    }
  });

  it("is not there where memory cannot grow to", async () => {
    for (const op of [OP.MLOAD, OP.MSTORE, OP.MSTORE8]) {
      for (const offset of TOO_FAR) {
        const m = machineBefore(op, { stack: [offset, 1n].slice(0, OPCODES[op]?.takes), gas: 2n ** 60n });
        await agreeOn(m, `${nameOf(op)} at ${offset}`);
        failed(m, `${nameOf(op)} at ${offset}`);
      }
    }
  });

  it("is read from calldata, with zeros beyond its end", async () => {
    const data = bytes(300);
    for (const from of [0n, 1n, 127n, 128n, 268n, 269n, 299n, 300n, 2n ** 64n, MAX]) {
      const m = machineBefore(OP.CALLDATALOAD, { stack: [from], data });
      await agreeOn(m, `CALLDATALOAD from ${from}`);
      assert.equal(m.stack.peek(0), toBigInt(cut(data, from, 32)));
    }
    const none = machineBefore(OP.CALLDATALOAD, { stack: [0n] });
    await agreeOn(none, "CALLDATALOAD of no calldata");
    assert.equal(none.stack.peek(0), 0n);
  });
});

describe("copies", () => {
  const source = bytes(5000);
  const code = (op: number) => source.with(0, op);
  const COPIES = [OP.CALLDATACOPY, OP.CODECOPY, OP.RETURNDATACOPY];
  const cases: [to: number, from: bigint, length: number][] = [
    [0, 0n, 0],
    [0, 0n, 1],
    [3, 1n, 130],
    [100, 126n, 2048],
    [96, 0n, 2049],
    [1, 99n, 4901],
    [0, 128n, 4096],
  ];
  const beyond: typeof cases = [
    [0, 4999n, 300],
    [64, 3000n, 4500],
    [10, 5000n, 64],
    [0, MAX, 5000],
    [0, 2n ** 256n - 2048n, 4097],
    [7, 2n ** 64n, 33],
  ];

  it("of calldata, code and return data put into memory what is there, and zeros beyond it, at their price", async () => {
    for (const op of COPIES) {
      for (const [to, from, length] of op === OP.RETURNDATACOPY ? cases : [...cases, ...beyond]) {
        const what = `${nameOf(op)} ${to} ${from} ${length}`;
        const memory = bytes(256);
        const situation = {
          stack: [BigInt(to), from, BigInt(length)],
          memory,
          data: source,
          returned: source,
          code: code(op),
        };
        const m = machineBefore(op, situation);
        const steps = await agreeOn(m, what);
        const after = written(memory, to, cut(op === OP.CODECOPY ? code(op) : source, from, length));
        assert.deepEqual(memoryOf(m), after, what);
        assert.equal(steps, 1 + Math.ceil(length / 2048), `${what}: 2,048 bytes a step`);
        const price = 3 + 3 * words(length) + memoryGas(after.length) - memoryGas(256);
        assert.equal(m.gas, BigInt(1_000_000 - price), what);
        assert.deepEqual([m.phase, m.stack.height, m.pc], [PHASE.execute, 1, 1]);
        const poor = machineBefore(op, { ...situation, gas: BigInt(price - 1) });
        await agreeOn(poor, `${what}, one gas less`);
        failed(poor, what);
      }
    }
  });

  it("of nothing cost nothing, wherever they go", async () => {
    for (const op of [OP.CALLDATACOPY, OP.CODECOPY, OP.MCOPY]) {
      const m = machineBefore(op, { stack: [MAX, MAX, 0n], data: source });
      assert.equal(await agreeOn(m, nameOf(op)), 1);
      assert.deepEqual([m.phase, m.gas, m.memory.size], [PHASE.execute, 999_997n, 0]);
    }
  });

  it("to where memory cannot grow to fail", async () => {
    for (const op of [...COPIES, OP.MCOPY]) {
      for (const far of TOO_FAR) {
        for (const stack of [
          [far, 0n, 1n],
          [0n, 0n, far],
        ]) {
          const m = machineBefore(op, { stack, data: source, returned: source, gas: 2n ** 60n });
          await agreeOn(m, `${nameOf(op)} ${stack}`);
          failed(m, `${nameOf(op)} ${stack}`);
        }
      }
    }
    const m = machineBefore(OP.MCOPY, { stack: [0n, MAX, 1n], gas: 2n ** 60n });
    await agreeOn(m, "MCOPY from far away");
    failed(m, "MCOPY from far away");
  });

  it("of return data that is not there fail (EIP-211)", async () => {
    for (const [from, length, fits] of [
      [0n, 50n, true],
      [50n, 0n, true],
      [51n, 0n, false],
      [0n, 51n, false],
      [49n, 2n, false],
      [MAX, 2n, false],
      [2n, MAX, false],
      [MAX, 0n, false],
    ] as const) {
      const m = machineBefore(OP.RETURNDATACOPY, { stack: [0n, from, length], returned: bytes(50) });
      await agreeOn(m, `RETURNDATACOPY ${from} ${length}`);
      if (fits) assert.equal(m.phase, PHASE.execute);
      else failed(m, `RETURNDATACOPY ${from} ${length}`);
    }
  });

  it("within memory take it as it was before (EIP-5656)", async () => {
    for (const [to, from, length] of [
      [0, 0, 4096],
      [1, 0, 4096],
      [0, 1, 4096],
      [3000, 0, 5000],
      [0, 3000, 5000],
      [32, 8000, 2500],
      [9000, 16, 100],
      [5, 5, 1],
    ] as const) {
      const what = `MCOPY ${to} ${from} ${length}`;
      const memory = bytes(8192);
      const m = machineBefore(OP.MCOPY, { stack: [BigInt(to), BigInt(from), BigInt(length)], memory });
      await agreeOn(m, what);
      const after = written(memory, to, cut(memory, BigInt(from), length), from + length);
      assert.deepEqual(memoryOf(m), after, what);
      assert.equal(m.gas, BigInt(1_000_000 - 3 - 3 * words(length) - memoryGas(after.length) + memoryGas(8192)), what);
    }
  });
});

describe("hashes", () => {
  it("of memory are those of keccak256, whatever its length, at their price", async () => {
    for (const [offset, length, steps] of [
      [0, 0, 2],
      [5, 1, 2],
      [100, 136, 2],
      [0, 8192, 2],
      [127, 8192, 2],
      // The last step has 3,841 bytes, 4,352, or 1.
      [0, 8193, 3],
      [33, 8704, 3],
      [1, 8705, 4],
    ] as const) {
      const what = `KECCAK256 ${offset} ${length}`;
      const memory = bytes(32 * 420);
      const m = machineBefore(OP.KECCAK256, { stack: [BigInt(offset), BigInt(length)], memory });
      assert.equal(await agreeOn(m, what), steps, what);
      assert.equal(m.stack.peek(0), toBigInt(keccak256(memory.subarray(offset, offset + length))), what);
      assert.deepEqual([m.phase, m.stack.height], [PHASE.execute, 2]);
      assert.equal(m.gas, BigInt(1_000_000 - 30 - 6 * words(length)), what);
    }
  });

  it("have what comes before and after", async () => {
    for (const [ahead, length, behind] of [
      [0, 0, 0],
      [1, 0, 32],
      [32, 100, 32],
      [4, 8192 - 4, 0],
      [0, 4352, 4],
      // The suffix begins in one piece, and ends in the next.
      [32, 8704 - 36, 9],
    ] as const) {
      const what = `${ahead} ‖ ${length} ‖ ${behind}`;
      const [prefix, message, suffix] = [bytes(ahead), bytes(length), bytes(behind)];
      const m = machineIn({ world });
      const view = sliceOf(sliceOfBytes(concatBytes(bytes(50), message, bytes(9))).tree, 50, length);
      const signature = { r: 9n, s: 8n, parity: 1 };
      hashSlice(m, { phase: PHASE.recover, signature }, view, { prefix, suffix });
      while (m.phase === PHASE.hash) await agree(m, what);
      const digest = keccak256(concatBytes(prefix, message, suffix));
      assert.deepEqual(m.task, { phase: PHASE.recover, signature, digest }, what);
    }
  });
});

describe("logs", () => {
  it("join the chain, and are kept", async () => {
    for (let count = 0; count <= 4; count++) {
      const topics = Array.from({ length: count }, () => toBigInt(bytes(32)));
      const memory = bytes(320);
      const m = machineBefore(OP.LOG0 + count, { stack: [10n, 300n, ...topics], memory });
      await agreeOn(m, `LOG${count}`);
      const record = [hashWords([SELF, count, ...topics]), keccak256(memory.subarray(10, 310))];
      const tx = m.tx as Tx;
      assert.deepEqual(tx.logs, hashWords([ZERO_HASH, hashWords(record)]));
      assert.deepEqual(logsOf(tx), [{ address: SELF, topics, data: memory.slice(10, 310) }]);
      assert.equal(m.gas, BigInt(1_000_000 - 375 * (count + 1) - 8 * 300));
      assert.deepEqual([m.phase, m.stack.height], [PHASE.execute, 1]);
    }
  });

  it("follow one another", async () => {
    const m = machineBefore(OP.LOG0, {
      stack: [0n, 1n, 31n, 1n],
      code: Uint8Array.of(OP.LOG0, OP.LOG0),
      memory: bytes(32),
    });
    const data = memoryOf(m).slice();
    await agreeOn(m, "the first");
    const first = (m.tx as Tx).logs;
    await agreeOn(m, "the second");
    const record = [hashWords([SELF, 0]), keccak256(data.subarray(31))];
    assert.deepEqual((m.tx as Tx).logs, hashWords([first, hashWords(record)]));
    assert.deepEqual(
      logsOf(m.tx as Tx).map((log) => log.data),
      [data.subarray(0, 1), data.subarray(31)],
    );
  });

  it("are not written in a static call, or without the gas", async () => {
    for (const situation of [
      { stack: [0n, 0n], isStatic: true },
      { stack: [0n, 100n], memory: bytes(128), gas: 375n + 800n - 1n },
      { stack: [0n, MAX] },
    ]) {
      const m = machineBefore(OP.LOG0, situation);
      await agreeOn(m, "LOG0");
      failed(m, "LOG0");
      assert.deepEqual((m.tx as Tx).logs, ZERO_HASH);
    }
  });
});

describe("ends of a frame", () => {
  it("give what memory has, or nothing", async () => {
    for (const [op, status] of [
      [OP.RETURN, STATUS.success],
      [OP.REVERT, STATUS.revert],
    ] as const) {
      for (const [offset, length] of [
        [0n, 0n],
        [MAX, 0n],
        [5n, 100n],
        [100n, 500n],
      ] as const) {
        const memory = bytes(256);
        const m = machineBefore(op, { stack: [offset, length], memory, returned: bytes(3) });
        await agreeOn(m, `${nameOf(op)} ${offset} ${length}`);
        assert.deepEqual(m.task, { phase: PHASE.leave, status });
        const { tree, offset: start, length: size } = m.returned;
        assert.deepEqual(tree.view(start, size), cut(memory, offset, Number(length)));
        assert.ok(m.gas > 0n);
      }
      const far = machineBefore(op, { stack: [MAX, 1n] });
      await agreeOn(far, nameOf(op));
      failed(far, nameOf(op));
    }
  });

  it("come with STOP, and with the end of the code", async () => {
    for (const code of [Uint8Array.of(0), new Uint8Array(0)]) {
      const m = machineBefore(0, { code, returned: bytes(3) });
      await agreeOn(m, "STOP");
      assert.deepEqual(
        [m.task, m.returned, m.gas],
        [{ phase: PHASE.leave, status: STATUS.success }, EMPTY, 1_000_000n],
      );
    }
  });
});

describe("context", () => {
  /** Block 1000, after 256 that have hashes. */
  function inBlock(op: number, stack: readonly bigint[] = []): Machine {
    const m = machineBefore(op, {
      stack,
      data: bytes(130),
      returned: bytes(70),
      code: concatBytes(Uint8Array.of(op), bytes(200)),
    });
    const history = Array.from(NO_HISTORY, (_, i) => keccak256(Uint8Array.of(i, 1)));
    const tx = m.tx as Tx;
    const batch = { ...tx.block.batch, chainId: 1234n, history, historyRoot: historyTree(history).root };
    const block = { ...tx.block, number: 1000n, gasLimit: 31n, baseFee: 32n, blobBaseFee: 33n, prevRandao: MAX, batch };
    m.tx = { ...tx, origin: 0x0419n, gasPrice: 34n, block };
    return m;
  }

  it("says what frame, transaction and block say", async () => {
    for (const [op, value] of [
      [OP.ADDRESS, SELF],
      [OP.ORIGIN, 0x0419n],
      [OP.CALLER, SENDER],
      [OP.CALLVALUE, 5n],
      [OP.CALLDATASIZE, 130n],
      [OP.CODESIZE, 201n],
      [OP.GASPRICE, 34n],
      [OP.RETURNDATASIZE, 70n],
      [OP.COINBASE, 0xc01bn],
      [OP.TIMESTAMP, 1000n],
      [OP.NUMBER, 1000n],
      [OP.PREVRANDAO, MAX],
      [OP.GASLIMIT, 31n],
      [OP.CHAINID, 1234n],
      [OP.BASEFEE, 32n],
      [OP.BLOBBASEFEE, 33n],
    ] as const) {
      const m = inBlock(op);
      await agreeOn(m, nameOf(op));
      assert.equal(m.stack.peek(0), value, nameOf(op));
      assert.equal(m.gas, 999_998n, nameOf(op));
    }
  });

  it("has the hashes of the last 256 blocks, and no other", async () => {
    for (const [number, index] of [
      [999n, 999 % 256],
      [744n, 744 % 256],
      [768n, 0],
      [743n, null],
      [1000n, null],
      [1255n, null],
      [0n, null],
      [2n ** 64n + 999n, null],
      [MAX, null],
    ] as const) {
      const m = inBlock(OP.BLOCKHASH, [number]);
      await agreeOn(m, `BLOCKHASH ${number}`);
      assert.equal(m.stack.peek(0), index === null ? 0n : toBigInt(keccak256(Uint8Array.of(index, 1))), `${number}`);
      assert.equal(m.gas, 1_000_000n - 20n);
    }
    // No block is 256 before the first ones.
    for (const number of [0n, 9n, MAX]) {
      const m = machineBefore(OP.BLOCKHASH, { stack: [number] });
      m.tx = { ...(m.tx as Tx), block: { ...(m.tx as Tx).block, number: 0n } };
      await agreeOn(m, `BLOCKHASH ${number} in block 0`);
      assert.equal(m.stack.peek(0), 0n);
    }
  });

  it("has no blobs", async () => {
    for (const index of [0n, MAX]) {
      const m = inBlock(OP.BLOBHASH, [index]);
      await agreeOn(m, "BLOBHASH");
      assert.deepEqual([m.stack.peek(0), m.stack.height], [0n, 2]);
    }
  });
});

/** Initcode in which data of a PUSH32 often goes on in the next chunk. */
function pushes(length: number): Uint8Array {
  const code = bytes(length);
  for (let at = 95; at < length; at += 1 + random(60)) code[at] = OP.PUSH1 + random(32);
  return code;
}

function building(code: Uint8Array): Machine {
  const tree = sliceOfBytes(concatBytes(bytes(77), code, bytes(5))).tree;
  const slice = sliceOf(tree, 77, code.length);
  const m = machineIn({ world, task: { phase: PHASE.build, slice, position: 0, carry: 0 } });
  m.code = new Code(code, 0);
  return m;
}

const MODEL = keccak256(bytes(1));

function feeding(tensor: Uint8Array): Machine {
  const slice = sliceOf(sliceOfBytes(concatBytes(bytes(64), tensor)).tree, 64, tensor.length);
  return machineIn({ world, task: { phase: PHASE.input, modelId: MODEL, entry: 7n, slice, position: 0 } });
}

describe("trees that are built", () => {
  it("of initcode are those of a code", async () => {
    for (const length of [1, 127, 128, 129, 4096, 4097, 12_345, 49_152]) {
      const code = pushes(length);
      const m = building(code);
      const empty = zeroListRoot(Math.ceil(Math.log2(Math.ceil(length / 128))));
      assert.deepEqual(m.code.root, empty, "ENTER begins with zeros");
      for (let i = 0; i < Math.ceil(length / 4096); i++) {
        assert.equal(m.phase, PHASE.build);
        await agree(m, `${length} bytes, piece ${i}`);
      }
      assert.equal(m.phase, PHASE.execute);
      assert.deepEqual(m.code.root, new Code(code).root);
    }
  });

  it("of a model's input are those of its bytes", async () => {
    for (const length of [0, 1, 128, 4096, 4097, 9000, 20_000]) {
      const tensor = bytes(length);
      const m = feeding(tensor);
      while (m.phase === PHASE.input) await agree(m, `${length} bytes`);
      assert.equal(m.phase, PHASE.ask);
      assert.deepEqual(taskWords(m.task), [MODEL, 7n, dataRoot(tensor)]);
    }
  });
});

describe("every step", () => {
  const memory = bytes(9000 - 8);
  const topics = [1n, 2n];

  /** Machines before steps of each kind, the second one of bulk work among them. */
  function kinds(): [string, Machine][] {
    const list: [string, Machine][] = [
      ["MSTORE", machineBefore(OP.MSTORE, { stack: [120n, 7n], memory })],
      ["MLOAD", machineBefore(OP.MLOAD, { stack: [120n], memory })],
      ["CALLDATALOAD", machineBefore(OP.CALLDATALOAD, { stack: [1n], data: memory })],
      ["RETURNDATACOPY", machineBefore(OP.RETURNDATACOPY, { stack: [1n, 2n, 3n], returned: memory })],
      ["LOG2", machineBefore(OP.LOG0 + 2, { stack: [1n, 2n, ...topics], memory })],
      ["BLOCKHASH", machineBefore(OP.BLOCKHASH, { stack: [8n] })],
      ["BUILD", building(pushes(5000))],
      ["INPUT", feeding(bytes(5000))],
    ];
    const history = [...NO_HISTORY];
    const block = list.find(([name]) => name === "BLOCKHASH")?.[1] as Machine;
    const tx = block.tx as Tx;
    const batch = { ...tx.block.batch, history, historyRoot: historyTree(history).root };
    block.tx = { ...tx, block: { ...tx.block, batch } };
    for (const [name, op, stack, steps] of [
      ["COPY of a code", OP.CODECOPY, [5n, 3n, 3000n], 1],
      ["COPY, its second step", OP.CALLDATACOPY, [5n, 3n, 3000n], 2],
      ["HASH", OP.KECCAK256, [5n, 300n], 1],
      ["HASH of a long message", OP.KECCAK256, [0n, 8900n], 1],
      ["HASH, its second step", OP.KECCAK256, [0n, 8900n], 2],
      ["LOG", OP.LOG0 + 2, [1n, 2n, ...topics], 2],
    ] as const) {
      const m = machineBefore(op, { stack, memory, data: memory, code: memory.with(0, op) });
      for (let i = 0; i < steps; i++) step(m);
      list.push([name, m]);
    }
    for (const [name, m] of [...list].filter(([kind]) => kind === "BUILD" || kind === "INPUT")) {
      const second = m.copy();
      step(second);
      list.push([`${name}, its second step`, second]);
    }
    return list;
  }

  it("is refused for a witness with any bit changed, left out or added", async () => {
    for (const [name, m] of kinds()) {
      const [part, pre, witness] = [partOf(m), bytesToHex(m.hash()), witnessOf(m)];
      await agree(m.copy(), name);
      const refused = (changed: Uint8Array, what: string) =>
        assert.rejects(part.call("step", pre, bytesToHex(changed)), `${name}: ${what}`);
      const stride = 31 * Math.ceil(witness.length / 1000);
      for (let at = 0; at < witness.length; at += stride) {
        const changed = witness.slice();
        changed[at] = (changed[at] as number) ^ (1 << (at & 7));
        await refused(changed, `byte ${at}`);
      }
      await refused(witness.subarray(0, -1), "a byte left out");
      await refused(concatBytes(witness, new Uint8Array(32)), "a word added");
    }
  });

  it("is refused by parts that do not know it", async () => {
    const add = machineBefore(OP.ADD, { stack: [1n, 2n] });
    for (const part of [memoryOps, contextOps, bulkSteps]) {
      await assert.rejects(part.call("step", bytesToHex(add.hash()), bytesToHex(witnessOf(add))), Reverted);
    }
  });

  it("is of a part that fits a contract", () => {
    for (const [name, { size }] of contracts) assert.ok(size <= 24_576, `${name}: ${size} bytes`);
  });
});
