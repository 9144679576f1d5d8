import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { joinWords } from "@elench/bytes/words";
import type { Host } from "@elench/evm/machine/state/host";
import { Machine } from "@elench/evm/machine/state/machine";
import { EXECUTE } from "@elench/evm/machine/state/task";
import { step, witnessOf } from "@elench/evm/machine/step";
import { PHASE, type Phase } from "@elench/evm/structures/layout";
import { keccak256 } from "@elench/merkle/tree";
import { OP } from "@elench/spec/evm/opcodes";
import { EVM_PARTS, type EvmPart } from "@elench/spec/evm/parts";
import { bytesToHex, concatBytes } from "@ethereumjs/util";
import type { Hex } from "viem";
import { OPCODES } from "../../evm/machine/opcodes.ts";
import { Code } from "../../evm/structures/code.ts";
import { build } from "./build.ts";
import { CONTEXT_OPS } from "./context-ops.ts";
import { type Deployed, type Evm, Reverted, startEvm } from "./evm.ts";

const contracts = build([
  "contracts/evm/EvmVerifier.sol",
  "contracts/evm/ArithmeticOps.sol",
  "contracts/evm/FlowOps.sol",
  "contracts/test/PartHarness.sol",
]);
const contract = (name: string) => contracts.get(name) ?? assert.fail(`no contract ${name}`);
const wordHex = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;

let evm: Evm;
/** With arithmetic and flow in place; everything else goes to flow, which refuses it. */
let verifier: Deployed;
/** Its parts say their number in EVM_PARTS instead of taking a step. */
let signpost: Deployed;

before(async () => {
  evm = await startEvm();
  const parts: Record<string, Hex> = {};
  for (const [i, name] of EVM_PARTS.entries()) {
    parts[name] = (await evm.deploy(contract("PartHarness"), wordHex(i))).address;
  }
  signpost = await evm.deploy(contract("EvmVerifier"), parts);
  const flow = await evm.deploy(contract("FlowOps"));
  for (const name of EVM_PARTS) parts[name] = flow.address;
  parts.arithmeticOps = (await evm.deploy(contract("ArithmeticOps"))).address;
  verifier = await evm.deploy(contract("EvmVerifier"), parts);
});

const emptyHost: Host = {
  node: () => assert.fail("no trie is read"),
  code: () => assert.fail("no code is loaded"),
  keep: () => assert.fail("nothing is made"),
  infer: () => assert.fail("no model is run"),
  bounded: true,
};

interface Situation {
  readonly code: Uint8Array;
  readonly pc?: number;
  readonly gas?: bigint;
  /** The top last. */
  readonly stack?: readonly bigint[];
  readonly memorySize?: number;
}

function machineAt({ code, pc = 0, gas = 1_000_000n, stack = [], memorySize = 0 }: Situation): Machine {
  const m = new Machine(emptyHost, EXECUTE, 5n);
  m.code = new Code(code);
  m.pc = pc;
  m.gas = gas;
  for (const item of stack) m.stack.push(item);
  m.memory.grow(memorySize);
  return m;
}

/** The step by the contract is the step by the machine. @returns the machine after it, and the gas of the contract. */
async function agree(situation: Situation, what: string): Promise<{ after: Machine; gas: number }> {
  const m = machineAt(situation);
  const [pre, witness] = [m.hash(), witnessOf(m)];
  step(m);
  const { value, gas } = await verifier.call("step", bytesToHex(pre), bytesToHex(witness));
  assert.equal(value, bytesToHex(m.hash()), what);
  return { after: m, gas };
}

const MAX = 2n ** 256n - 1n;
const MIN_SIGNED = 2n ** 255n;
const EDGES = [0n, 1n, 2n, 31n, 32n, 255n, 256n, 2n ** 64n, MIN_SIGNED - 1n, MIN_SIGNED, MAX - 1n, MAX];

const nameOf = (op: number): string => OPCODES[op]?.name ?? op.toString(16);
const FAILED = { phase: PHASE.leave, gas: 0n } as const;
const failed = (m: Machine) => assert.deepEqual({ phase: m.phase, gas: m.gas }, FAILED);

describe("arithmetic opcodes", () => {
  const ops = [...Array(0x0b).keys()].map((i) => i + OP.ADD).concat([...Array(0x0e).keys()].map((i) => i + OP.LT));

  it("give what the machine gives, at the edges of their operands", async () => {
    for (const op of ops) {
      for (const [i, a] of EDGES.entries()) {
        // Each operand meets itself, zero, and some others.
        for (const b of [
          a,
          0n,
          EDGES[(i * 5 + op) % EDGES.length] as bigint,
          EDGES[(i + 3) % EDGES.length] as bigint,
        ]) {
          const c = EDGES[(i * 7 + op) % EDGES.length] as bigint;
          await agree({ code: Uint8Array.of(op), stack: [9n, c, b, a] }, `${nameOf(op)} ${a} ${b} ${c}`);
        }
      }
    }
  });

  it("follow the Yellow Paper where others go wrong", async () => {
    const result = async (op: number, ...operands: readonly bigint[]) => {
      const { after } = await agree({ code: Uint8Array.of(op), stack: [...operands].reverse() }, nameOf(op));
      return after.stack.peek(0);
    };
    assert.equal(await result(OP.SDIV, MIN_SIGNED, MAX), MIN_SIGNED, "SDIV of the least number by −1");
    assert.equal(await result(OP.SDIV, MAX - 6n, 2n), MAX - 2n, "SDIV truncates: −7 / 2 = −3");
    assert.equal(await result(OP.SMOD, MAX - 6n, 2n), MAX, "SMOD takes the sign of the dividend");
    assert.equal(await result(OP.ADDMOD, MAX, MAX, 7n), (2n * MAX) % 7n, "ADDMOD does not wrap");
    assert.equal(await result(OP.MULMOD, MAX, MAX, 7n), (MAX * MAX) % 7n, "MULMOD does not wrap");
    assert.equal(await result(OP.SIGNEXTEND, 0n, 0x80n), MAX - 0x7fn, "SIGNEXTEND");
    assert.equal(await result(OP.EXP, 0n, 0n), 1n, "0 to the power of 0");
    assert.equal(await result(OP.SAR, 300n, MIN_SIGNED), MAX, "SAR beyond the width");
    assert.equal(await result(OP.SUB, 1n, 2n), MAX, "SUB takes the lower item from the top");
  });

  it("charge EXP by the length of the exponent", async () => {
    for (const [exponent, price] of [
      [0n, 10n],
      [1n, 60n],
      [255n, 60n],
      [256n, 110n],
      [MAX, 1610n],
    ] as const) {
      const situation = { code: Uint8Array.of(OP.EXP), stack: [exponent, 3n] };
      const { after } = await agree({ ...situation, gas: price }, `exponent ${exponent}`);
      assert.equal(after.phase, PHASE.execute);
      failed((await agree({ ...situation, gas: price - 1n }, "one gas less")).after);
    }
  });
});

describe("flow opcodes", () => {
  const stack = Array.from({ length: 20 }, (_, i) => BigInt(i + 100));

  it("push what follows them, across chunks and beyond the code's end", async () => {
    for (let n = 0; n <= 32; n++) {
      for (const [pc, size] of [
        [0, 300],
        [127, 300],
        [127, 128],
        [120, 140],
        [128 - n, 300],
        [127 - n, 300],
        [255, 270],
        [290, 300],
      ] as const) {
        const code = Uint8Array.from({ length: size }, (_, i) => (i === pc ? OP.PUSH0 + n : (i * 7 + 1) & 0xff));
        await agree({ code, pc }, `PUSH${n} at ${pc} of ${size}`);
      }
    }
  });

  it("copy and exchange items", async () => {
    for (let op: number = OP.DUP1; op <= OP.SWAP16; op++) {
      const { after } = await agree({ code: Uint8Array.of(op), stack }, nameOf(op));
      assert.equal(after.stack.peek(0), stack.at(op < OP.SWAP1 ? OP.DUP1 - 1 - op : OP.SWAP1 - 2 - op), nameOf(op));
    }
  });

  it("go to destinations, and to nothing else", async () => {
    // 300 bytes: JUMP, then PUSH32 whose data and the rest are JUMPDESTs, among them PUSHes at the chunks' ends.
    const code = new Uint8Array(300).fill(OP.JUMPDEST);
    code[0] = OP.JUMP;
    code[1] = OP.JUMPI;
    code[5] = OP.PUSH32;
    code[120] = OP.PUSH32;
    code[255] = OP.PUSH1 + 1;
    const data = (at: number) => (at > 5 && at < 38) || (at > 120 && at < 153) || at === 256 || at === 257;
    for (const to of [0, 1, 2, 4, 5, 6, 37, 38, 119, 120, 121, 127, 128, 152, 153, 254, 255, 256, 257, 258, 299]) {
      const destination = code[to] === OP.JUMPDEST && !data(to);
      const { after } = await agree({ code, stack: [BigInt(to)] }, `JUMP to ${to}`);
      if (destination) assert.equal(after.pc, to);
      else failed(after);
      await agree({ code, pc: 1, stack: [1n, BigInt(to)] }, `JUMPI to ${to}`);
    }
    for (const to of [300n, 2n ** 32n, 2n ** 64n + 2n, MAX]) {
      failed((await agree({ code, stack: [to] }, `JUMP to ${to}`)).after);
      const { after } = await agree({ code, pc: 1, stack: [0n, to] }, "JUMPI without a condition goes nowhere");
      assert.equal(after.pc, 2);
    }
  });

  it("tell of pc, memory and gas", async () => {
    for (const [op, value] of [
      [OP.PC, 3n],
      [OP.MSIZE, 96n],
      [OP.GAS, 48n],
      [OP.PUSH0, 0n],
    ] as const) {
      const code = Uint8Array.of(0, 0, 0, op);
      const { after } = await agree({ code, pc: 3, gas: 50n, memorySize: 96 }, nameOf(op));
      assert.equal(after.stack.peek(0), value, nameOf(op));
    }
    await agree({ code: Uint8Array.of(OP.POP), stack: [1n, 2n] }, "POP");
    await agree({ code: Uint8Array.of(OP.JUMPDEST) }, "JUMPDEST");
  });
});

describe("every step", () => {
  const OPS = [OP.ADD, OP.ADDMOD, OP.ISZERO, OP.POP, OP.PC, OP.PUSH1, OP.DUP1, OP.DUP16, OP.SWAP1, OP.SWAP16];

  it("fails where the stack is too low or too high", async () => {
    for (const op of OPS) {
      const { takes, gives } = OPCODES[op] ?? assert.fail();
      const code = Uint8Array.of(op);
      const items = (count: number) => Array.from({ length: count }, (_, i) => BigInt(i));
      if (takes > 0) failed((await agree({ code, stack: items(takes - 1) }, `${nameOf(op)} underflows`)).after);
      assert.equal((await agree({ code, stack: items(takes) }, `${nameOf(op)} has enough`)).after.phase, PHASE.execute);
      const full = await agree({ code, stack: items(1024) }, `${nameOf(op)} on a full stack`);
      assert.equal(full.after.phase, gives > takes ? PHASE.leave : PHASE.execute);
    }
  });

  it("fails where the gas does not do", async () => {
    for (const op of OPS) {
      const { takes, gas } = OPCODES[op] ?? assert.fail();
      const situation = { code: Uint8Array.of(op), stack: new Array(takes).fill(1n) };
      failed((await agree({ ...situation, gas: gas - 1n }, `${nameOf(op)}, one gas less`)).after);
      assert.equal((await agree({ ...situation, gas }, `${nameOf(op)}, just enough`)).after.phase, PHASE.execute);
    }
  });

  it("fails at what is no opcode", async () => {
    for (const op of [0x0c, 0x0f, 0x1e, 0x1f]) failed((await agree({ code: Uint8Array.of(op) }, nameOf(op))).after);
  });

  it("opens code of any depth", async () => {
    const code = new Uint8Array(24_576).fill(OP.ADD);
    for (const pc of [0, 127, 128, 12_345, 24_575]) await agree({ code, pc, stack: [1n, 2n] }, `ADD at ${pc}`);
  });

  it("is refused for a witness with any bit changed, left out or added", async () => {
    const code = new Uint8Array(300).fill(OP.JUMPDEST);
    for (const situation of [
      { code: Uint8Array.of(OP.ADD), stack: [1n, 2n, 3n] },
      { code: code.with(130, OP.JUMP), pc: 130, stack: [7n, 20n] },
      { code: code.with(127, OP.PUSH1 + 1), pc: 127, stack: [7n] },
      { code: Uint8Array.of(OP.ADD), stack: [1n] },
    ]) {
      const m = machineAt(situation);
      const pre = bytesToHex(m.hash());
      const witness = witnessOf(m);
      const refused = (changed: Uint8Array, what: string) =>
        assert.rejects(verifier.call("step", pre, bytesToHex(changed)), what);
      for (let at = 0; at < witness.length; at += 11) {
        const changed = witness.slice();
        (changed[at] as number) ^= 1 << (at & 7);
        await refused(changed, `byte ${at}`);
      }
      await refused(witness.subarray(0, -1), "a byte left out");
      await refused(concatBytes(witness, new Uint8Array(1)), "a byte added");
      await refused(concatBytes(witness, new Uint8Array(32)), "a word added");
    }
  });

  it("costs less than 12,000 gas where it is an ADD", async () => {
    const { gas } = await agree({ code: new Uint8Array(24_576).fill(OP.ADD), pc: 12_345, stack: [1n, 2n] }, "ADD");
    assert.ok(gas < 12_000, `${gas} gas`);
  });
});

describe("the dispatcher", () => {
  /** What the signpost says of a state with these words; the hash is the part's to check. */
  const partOf = async (words: readonly number[], opcode = 0): Promise<EvmPart> => {
    const state = joinWords([...words, ...new Array(16 - words.length).fill(0)]);
    if (words[0] === PHASE.execute) state[481] = opcode;
    const { value } = await signpost.call("step", wordHex(0), bytesToHex(state));
    return EVM_PARTS[Number(value)] ?? assert.fail();
  };
  const PAST = [0, 0, 0, 0, 0, 0, 0, 0, 0];

  it("finds the part of every opcode", async () => {
    const others: Partial<Record<EvmPart, readonly number[]>> = {
      contextOps: CONTEXT_OPS,
      storageOps: [
        OP.BALANCE,
        OP.EXTCODESIZE,
        OP.EXTCODECOPY,
        OP.EXTCODEHASH,
        OP.SELFBALANCE,
        OP.SLOAD,
        OP.SSTORE,
        OP.TLOAD,
        OP.TSTORE,
        OP.SELFDESTRUCT,
      ],
      memoryOps: [
        OP.STOP,
        OP.KECCAK256,
        OP.CALLDATALOAD,
        OP.CALLDATACOPY,
        OP.CODECOPY,
        OP.RETURNDATACOPY,
        OP.MLOAD,
        OP.MSTORE,
        OP.MSTORE8,
        OP.MCOPY,
        OP.LOG0,
        OP.LOG0 + 1,
        OP.LOG0 + 2,
        OP.LOG0 + 3,
        OP.LOG4,
        OP.RETURN,
        OP.REVERT,
      ],
      callOps: [OP.CREATE, OP.CALL, OP.CALLCODE, OP.DELEGATECALL, OP.CREATE2, OP.STATICCALL],
    };
    const code = [PHASE.execute, ...PAST.slice(1), 1];
    for (const [op, opcode] of OPCODES.entries()) {
      // What is no opcode fails in any part.
      if (!opcode) continue;
      const named = EVM_PARTS.find((part) => others[part]?.includes(op));
      const expected = named ?? (op < 0x20 ? "arithmeticOps" : "flowOps");
      assert.equal(await partOf(code, op), expected, nameOf(op));
    }
    for (const op of [0x0c, 0x21, 0x4b, 0xa5, 0xb0, 0xef, 0xf6, 0xfe]) await partOf(code, op);
  });

  it("takes the opcode beyond the code's end for STOP", async () => {
    assert.equal(await partOf([PHASE.execute, ...PAST.slice(1), 0], OP.ADD), "memoryOps");
  });

  it("finds the part of every phase", async () => {
    const expected: Record<EvmPart, readonly Phase[]> = {
      arithmeticOps: [],
      flowOps: [],
      memoryOps: [],
      contextOps: [],
      storageOps: [],
      callOps: [],
      bulkSteps: [PHASE.copy, PHASE.hash, PHASE.build, PHASE.input, PHASE.log],
      loadSteps: [PHASE.loadAccount, PHASE.loadSlot, PHASE.loadCode],
      flushSteps: [PHASE.flush],
      frameSteps: [PHASE.enter, PHASE.leave, PHASE.deposit, PHASE.create],
      precompileSteps: [PHASE.precompile],
      inferenceSteps: [],
      transactionSteps: [PHASE.decode, PHASE.recover, PHASE.count, PHASE.access],
      settlementSteps: [PHASE.validate, PHASE.settle, PHASE.receipt],
      blockSteps: [PHASE.start, PHASE.next, PHASE.idle],
    };
    for (const part of EVM_PARTS)
      for (const phase of expected[part]) assert.equal(await partOf([phase]), part, `${phase}`);
    const known = Object.values(expected).flat().length;
    assert.equal(known, Object.keys(PHASE).length - 2, "all but EXECUTE and ASK");
    assert.equal(await partOf([PHASE.precompile, ...new Array(14).fill(0), 0xa100]), "inferenceSteps");
    assert.equal(await partOf([PHASE.precompile, ...new Array(14).fill(0), 0x0a]), "precompileSteps");
  });

  it("refuses phases that do not exist", async () => {
    await assert.rejects(signpost.call("step", wordHex(0), bytesToHex(joinWords([31, ...new Array(14).fill(0)]))), {
      error: "UnknownPhase",
    });
  });

  it("lets ASK alone ask", async () => {
    const state = (phase: number) => bytesToHex(joinWords([phase, ...new Array(14).fill(0)]));
    await assert.rejects(signpost.call("step", wordHex(0), state(PHASE.ask)), { error: "Delegated" });
    for (const phase of [PHASE.execute, PHASE.precompile]) {
      await assert.rejects(signpost.call("ask", wordHex(0), state(phase)), { error: "NotDelegated" });
      await assert.rejects(signpost.call("resume", wordHex(0), state(phase), wordHex(1)), { error: "NotDelegated" });
    }
    const { value } = await signpost.call("resume", wordHex(0), state(PHASE.ask), wordHex(1));
    assert.equal(EVM_PARTS[Number(value)], "inferenceSteps");
    const asked = (await signpost.call("ask", wordHex(0), state(PHASE.ask))).value as readonly Hex[];
    assert.equal(EVM_PARTS[Number(asked[0])], "inferenceSteps");
  });

  it("lets a halted state step to itself", async () => {
    const witness = joinWords([7, 8]);
    const { value: pre } = await verifier.call("halted", wordHex(7), wordHex(8));
    assert.equal(pre, bytesToHex(keccak256(witness)));
    assert.equal((await verifier.call("step", pre, bytesToHex(witness))).value, pre);
    await assert.rejects(verifier.call("step", pre, bytesToHex(joinWords([7, 9]))), { error: "WrongHalt" });
  });

  it("is not deployed with a part missing", async () => {
    const parts = Object.fromEntries(EVM_PARTS.map((name) => [name, verifier.address]));
    parts.flushSteps = "0x00000000000000000000000000000000000000aa";
    await assert.rejects(evm.deploy(contract("EvmVerifier"), parts), Reverted);
  });

  it("fits a contract, as its parts do", () => {
    for (const [name, { size }] of contracts) assert.ok(size <= 24_576, `${name}: ${size} bytes`);
  });
});
