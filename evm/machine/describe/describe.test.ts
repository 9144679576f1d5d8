/** Descriptions of steps: the instructions equal those that @ethereumjs/evm reports, and the records that they touch have the right names and values. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { OP } from "@elench/spec/evm/opcodes";
import { bytesToHex } from "@ethereumjs/util";
import {
  apply,
  INVALID,
  push,
  randomScenario,
  runNatively,
  runStepped,
  type Scenario,
  scenario,
} from "../fixtures/programs.ts";
import { OPCODES } from "../opcodes.ts";
import { addressKey, slotKey } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { describe, type StepDescription } from "./describe.ts";
import { hexAddress, hexWord } from "./hex.ts";

const SELF = 0xc0den;
const OTHER = 0x07e4n;

async function descriptions(of: Scenario): Promise<StepDescription[]> {
  const steps: StepDescription[] = [];
  await runStepped(of, (m) => {
    steps.push(describe(m));
  });
  return steps;
}

interface Seen {
  readonly opcode: string;
  readonly pc: number;
  readonly gas: bigint;
  readonly depth: number;
  readonly address: string;
  readonly stack: readonly string[];
}

/** What @ethereumjs/evm sees of each instruction. */
async function nativeSteps(of: Scenario): Promise<Seen[]> {
  const seen: Seen[] = [];
  await runNatively(of, ({ opcode, pc, gasLeft, depth, address, stack }) => {
    seen.push({
      opcode: opcode.name,
      pc,
      gas: gasLeft,
      depth,
      address: address.toString(),
      stack: [...stack].reverse().map(hexWord),
    });
  });
  return seen;
}

/** Instructions that were executed, or failed; the library does not tell of the STOP beyond a code's end. */
const instructions = (steps: readonly StepDescription[]): StepDescription[] =>
  steps.filter(({ outcome, pc, frame }) => pc !== null && pc < (frame?.codeSize ?? 0) && outcome !== "waits");

/** The library names families without their number, and every invalid opcode INVALID. */
const family = (name: string): string => name.replace(/^(PUSH|DUP|SWAP|LOG)\d+$/, "$1").replace(/^0x.*/, "INVALID");

async function agree(of: Scenario, what: string): Promise<Set<string>> {
  const [native, ours] = [await nativeSteps(of), instructions(await descriptions(of))];
  assert.equal(ours.length, native.length, `${what}: number of instructions`);
  for (const [i, theirs] of native.entries()) {
    const { opcode, pc, gas, frame, stack } = ours[i] as StepDescription;
    assert.deepEqual(
      {
        opcode: family(opcode ?? ""),
        pc,
        gas: gas.before,
        depth: frame?.depth,
        address: frame?.address,
        stack: stack.before,
      },
      { ...theirs, opcode: family(theirs.opcode) },
      `${what}: instruction ${i}`,
    );
  }
  return new Set(ours.map(({ opcode }) => opcode ?? ""));
}

test("instructions of random transactions equal those that @ethereumjs/evm reports: name, pc, gas, frame, stack", async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 25; seed++)
    for (const name of await agree(randomScenario(seed), `scenario ${seed}`)) seen.add(name);
  for (const name of ["SSTORE", "CALL", "CREATE2", "REVERT", "SELFDESTRUCT", "DELEGATECALL", "LOG1"])
    assert.ok(seen.has(name), `no ${name} among them`);
});

/** Every instruction that neither ends the frame nor calls, once, on small arguments. */
function everyInstruction(): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [op, opcode] of OPCODES.entries()) {
    if (!opcode || op === OP.STOP || op >= OP.CREATE || op === OP.JUMP || op === OP.JUMPI) continue;
    // There is no return data to copy.
    const args = Array.from({ length: opcode.takes }, (_, i) => (op === OP.RETURNDATACOPY ? 0 : i + 1));
    const data = new Uint8Array(op >= OP.PUSH1 && op <= OP.PUSH32 ? op - OP.PUSH0 : 0).fill(op);
    parts.push(concat(...args.reverse().map(push), Uint8Array.of(op), data));
  }
  return concat(...parts);
}

test("every instruction is described with its stack before and after, and its gas", async () => {
  const of = scenario({ accounts: [[SELF, { nonce: 1n, code: everyInstruction() }]], gas: 3_000_000n, to: SELF });
  const seen = await agree(of, "every instruction");
  for (const [op, opcode] of OPCODES.entries())
    if (opcode && op !== OP.STOP && op < OP.CREATE && op !== OP.JUMP && op !== OP.JUMPI)
      assert.ok(seen.has(opcode.name), opcode.name);
  const steps = await descriptions(of);
  for (const [i, { opcode, outcome, gas, stack, next }] of steps.entries()) {
    if (opcode === null || outcome !== "done" || next !== "EXECUTE") continue;
    const after = steps[i + 1] as StepDescription;
    assert.deepEqual([stack.after, gas.after], [after.stack.before, after.gas.before], opcode);
    assert.equal(gas.cost, gas.before - gas.after, opcode);
    const { takes, gives } = OPCODES.find((known) => known?.name === opcode) as NonNullable<(typeof OPCODES)[number]>;
    assert.deepEqual(
      stack.taken.map(({ value }) => value),
      stack.before.slice(0, takes),
      opcode,
    );
    assert.equal(stack.after.length, stack.before.length - takes + gives, opcode);
  }
});

/** The only completed step of a name. */
function only(steps: readonly StepDescription[], name: string): StepDescription {
  const found = steps.filter((step) => (step.opcode ?? step.phase) === name && step.outcome !== "waits");
  assert.equal(found.length, 1, `one ${name}`);
  return found[0] as StepDescription;
}

const run = (code: Uint8Array, storage: ReadonlyMap<bigint, bigint> = new Map(), gas = 1_000_000n) =>
  descriptions(
    scenario({
      accounts: [
        [SELF, { nonce: 1n, balance: 100n, code, storage }],
        [OTHER, { nonce: 1n, code: concat(apply(OP.SSTORE, 1, 1), apply(OP.REVERT, 0, 3)) }],
      ],
      gas,
      to: SELF,
    }),
  );

test("SSTORE reports the account, the slot, the values before and after, and the value before the transaction", async () => {
  const code = concat(apply(OP.SSTORE, 3, 5), apply(OP.SSTORE, 3, 0), apply(OP.SLOAD, 3));
  const steps = await run(code, new Map([[3n, 9n]]));
  const writes = steps.filter(({ opcode, outcome }) => opcode === "SSTORE" && outcome === "done");
  const slot = { kind: "storage", address: hexAddress(SELF), slot: "0x3", original: "0x9" };
  assert.deepEqual(
    writes.map(({ storage }) => storage),
    [
      [{ ...slot, before: "0x9", after: "0x5", warm: { before: false, after: true } }],
      [{ ...slot, before: "0x5", after: "0x0", warm: { before: true, after: true } }],
    ],
  );
  assert.deepEqual(writes[1]?.refund, { before: 0n, after: 4800n });
  assert.match(writes[0]?.text ?? "", /0x9 → 0x5/);
  const read = only(steps, "SLOAD");
  assert.deepEqual([read.stack.after, read.storage[0]?.before, read.storage[0]?.after], [["0x0"], "0x0", "0x0"]);
  const brought = only(steps, "LOAD_SLOT");
  assert.deepEqual([brought.storage[0]?.before, brought.storage[0]?.after], [null, "0x9"]);
  assert.match(brought.text, /slot 0x3 of 0x0+c0de/);
  const flushed = steps.find(({ phase, text }) => phase === "FLUSH" && text.includes("slot 0x3"));
  assert.match(flushed?.text ?? "", /writes slot 0x3 of 0x0+c0de .*0x9 → 0x0/);
});

test("transient slots and memory are reported before and after", async () => {
  const steps = await run(concat(apply(OP.TSTORE, 4, 7), apply(OP.MSTORE, 1, 255), apply(OP.MLOAD, 0)));
  const [slot] = only(steps, "TSTORE").storage;
  assert.deepEqual([slot?.kind, slot?.slot, slot?.before, slot?.after], ["transient", "0x4", "0x0", "0x7"]);
  const { memory } = only(steps, "MSTORE");
  assert.deepEqual([memory.before, memory.after], [0, 64]);
  assert.deepEqual(memory.writes, [{ offset: 1, before: `0x${"00".repeat(32)}`, after: `0x${"00".repeat(31)}ff` }]);
  assert.deepEqual(only(steps, "MLOAD").memory.reads, [{ offset: 0, bytes: `0x${"00".repeat(32)}` }]);
});

test("a call reports the gas passed on, the callee's frame, and what its revert undoes", async () => {
  const steps = await run(apply(OP.CALL, 60_000, OTHER, 0, 0, 0, 0, 0));
  const call = only(steps, "CALL");
  assert.deepEqual([call.gas.given, call.gas.cost], [60_000n, 62_600n]);
  assert.deepEqual(
    call.stack.taken.map(({ name, value }) => `${name}=${value}`),
    ["gas=0xea60", "address=0x7e4", "value=0x0", "in=0x0", "inLength=0x0", "out=0x0", "outLength=0x0"],
  );
  const { frameAfter } = call;
  assert.deepEqual(
    [frameAfter?.depth, frameAfter?.address, frameAfter?.caller, frameAfter?.isStatic],
    [1, hexAddress(OTHER), hexAddress(SELF), false],
  );
  const leave = steps.find(({ phase, frame }) => phase === "LEAVE" && frame?.depth === 1) as StepDescription;
  assert.match(leave.text, /reverted with 3 bytes: back to depth 0/);
  const touched = leave.accounts.find(({ address }) => address === hexAddress(OTHER));
  assert.ok(touched?.before?.flags.includes("touched") && !touched.after?.flags.includes("touched"));
  assert.deepEqual(
    leave.storage.map(({ address, slot, before, after }) => [address, slot, before, after]),
    [[hexAddress(OTHER), "0x1", "0x1", null]],
  );
  assert.deepEqual(leave.stack.after, ["0x0"]);
});

test("code hash, logs, and the state root after a flush", async () => {
  const code = concat(apply(OP.MSTORE, 0, 1), apply(OP.LOG0 + 1, 31, 1, 9));
  const of = scenario({ accounts: [[SELF, { nonce: 1n, code }]], gas: 100_000n, to: SELF });
  const [steps, { stateRoot }] = [await descriptions(of), await runNatively(of)];
  const log = only(steps, "LOG");
  assert.deepEqual(log.log, { address: hexAddress(SELF), topics: ["0x9"], data: "0x01" });
  assert.equal(only(steps, "MSTORE").frame?.codeSize, code.length);
  const roots = steps.flatMap(({ world: change }) => (change ? [change] : []));
  for (const [i, { before }] of roots.entries()) if (i > 0) assert.equal(before, roots[i - 1]?.after);
  assert.equal(roots.at(-1)?.after, bytesToHex(stateRoot));
});

test("each exceptional halt names its reason", async () => {
  const ways: [Uint8Array, RegExp, bigint?][] = [
    [Uint8Array.of(OP.ADD), /stack underflow: it takes 2 items, the stack has 0/],
    [Uint8Array.of(INVALID), /invalid opcode/],
    [apply(OP.JUMP, 3), /invalid jump destination/],
    [apply(OP.RETURNDATACOPY, 0, 0, 1), /return data out of bounds/],
    [apply(OP.MSTORE, 2n ** 255n, 1), /memory expansion too large for any gas/],
    [apply(OP.MSTORE, 1_000_000, 1), /out of gas: \d+ more needed, \d+ left/, 30_000n],
    [apply(OP.SSTORE, 1, 1), /more than 2300 gas/, 21_000n + 2_306n],
    [apply(OP.CREATE, 0, 0, 50_000), /initcode/],
    [concat(...Array.from({ length: 1025 }, () => push(0))), /stack overflow/],
  ];
  for (const [code, why, gas] of ways) {
    const failed = (await run(code, new Map(), gas)).filter(({ outcome }) => outcome === "fails");
    assert.equal(failed.length, 1, `${why}`);
    assert.match(failed[0]?.text ?? "", why);
    assert.deepEqual([failed[0]?.gas.after, failed[0]?.next], [0n, "LEAVE"]);
  }
});

test("describing a step does not change the machine", async () => {
  const of = randomScenario(3);
  const plain: string[] = [];
  await runStepped(of, (m) => {
    plain.push(bytesToHex(m.hash()));
  });
  let at = 0;
  await runStepped(of, (m) => {
    describe(m);
    assert.equal(bytesToHex(m.hash()), plain[at++]);
  });
  assert.equal(at, plain.length);
});

test("a description does not depend on what the process has hashed before", async () => {
  const code = concat(apply(OP.SSTORE, 3, 5), apply(OP.TSTORE, 4, 6), apply(OP.REVERT, 0, 0));
  const caller = concat(apply(OP.SSTORE, 7, 1), apply(OP.CALL, 60_000, OTHER, 0, 0, 0, 0, 0));
  const accounts = [
    [SELF, { nonce: 1n, code: caller }],
    [OTHER, { nonce: 1n, code }],
  ] as const;
  const of = scenario({ accounts: [...accounts], gas: 300_000n, to: SELF });
  const machines: Machine[] = [];
  await runStepped(of, (m) => machines.push(m.copy()));
  const before = machines.map(describe);
  // More than are remembered.
  for (let n = 0n; n < 1n << 16n; n++) slotKey(2n ** 200n + n);
  for (let n = 0n; n < 1n << 16n; n++) addressKey(2n ** 100n + n);
  assert.deepEqual(machines.map(describe), before);
  const leave = before.find(({ phase, frame }) => phase === "LEAVE" && frame?.depth === 1);
  assert.deepEqual(
    leave?.storage.map(({ kind, slot }) => [kind, slot]),
    [
      ["storage", "0x3"],
      ["transient", "0x4"],
    ],
  );
});
