import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  insertAccount,
  insertSlot,
  openAccount,
  openTransient,
  storeTransient,
} from "@elench/evm/machine/state/journal";
import type { Machine } from "@elench/evm/machine/state/machine";
import type { Wanted } from "@elench/evm/machine/state/task";
import { step, witnessOf } from "@elench/evm/machine/step";
import { type Account, FLAG, PHASE, STATUS } from "@elench/evm/structures/layout";
import { keccak256 } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { OP } from "@elench/spec/evm/opcodes";
import { bytesToHex, concatBytes } from "@ethereumjs/util";
import { machineIn, SELF, type TestAccount, type World, worldOf } from "../../evm/machine/fixtures/state.ts";
import { decodeAccount } from "../../evm/machine/state/account.ts";
import { openCode } from "../../evm/machine/state/codes.ts";
import { addressKey, slotKey } from "../../evm/machine/state/keys.ts";
import { openTx } from "../../evm/machine/state/opening.ts";
import { Code } from "../../evm/structures/code.ts";
import { trieGet } from "../../evm/trie/get.ts";
import { encodeProof } from "../../evm/trie/proof.ts";
import { build } from "./build.ts";
import { type Deployed, Reverted, startEvm } from "./evm.ts";

/** Accounts, storage, loads and the flush, on L1: the contract's step is the machine's. */

const SOURCES = ["StorageOps", "LoadSteps", "FlushSteps"].map((name) => `contracts/evm/parts/${name}.sol`);
/** EIP-170. */
const CONTRACT_BYTES = 24_576;

let ops: Deployed;
let loads: Deployed;
let flush: Deployed;
before(async () => {
  const contracts = build(SOURCES);
  const evm = await startEvm();
  const deploy = (name: string) => {
    const contract = contracts.get(name) ?? assert.fail(`no contract ${name}`);
    assert.ok(contract.size <= CONTRACT_BYTES, `${name} has ${contract.size} bytes`);
    return evm.deploy(contract);
  };
  ops = await deploy("StorageOps");
  loads = await deploy("LoadSteps");
  flush = await deploy("FlushSteps");
});

const partOf = (m: Machine): Deployed => (m.phase === PHASE.execute ? ops : m.phase === PHASE.flush ? flush : loads);

const verify = (m: Machine, witness: Uint8Array) => partOf(m).call("step", bytesToHex(m.hash()), bytesToHex(witness));

/** Steps the machine, and the contract with it. @returns gas of the contract. */
async function agree(m: Machine, what: string): Promise<number> {
  const { value, gas } = await verify(m, witnessOf(m));
  step(m);
  assert.equal(value, bytesToHex(m.hash()), what);
  return gas;
}

/** Up to the end of one opcode: with the loads that it needs. */
async function agreeThrough(m: Machine, what: string): Promise<void> {
  const { pc } = m;
  do await agree(m, what);
  while ((m.phase === PHASE.execute && m.pc === pc) || (m.phase <= PHASE.loadCode && m.phase !== PHASE.execute));
}

/** A witness is refused with any byte changed, one less, one more. The stride meets each word at several places, and each bit. */
async function refusesDamage(m: Machine): Promise<void> {
  const witness = witnessOf(m);
  for (let at = 0; at < witness.length; at += 9) {
    const damaged = witness.slice();
    damaged[at]! ^= 1 << (at & 7);
    await assert.rejects(verify(m, damaged), Reverted, `byte ${at} of ${witness.length}`);
  }
  await assert.rejects(verify(m, witness.subarray(0, -1)), Reverted, "one byte less");
  await assert.rejects(verify(m, concatBytes(witness, Uint8Array.of(0))), Reverted, "one byte more");
}

const OTHER = 0x07e4n;
const ABSENT = 0xabn;
const CODE = Uint8Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? OP.PUSH32 : OP.JUMPDEST));
/** So many that the way to an account goes through several branches. */
const crowd = Array.from({ length: 60 }, (_, i): [bigint, TestAccount] => [
  0x1000n + BigInt(i),
  { balance: 1n + BigInt(i) },
]);
const slots = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i + 1, 2n ** BigInt(6 * i)]));
const world = worldOf(
  new Map([...crowd, [SELF, { nonce: 1n, balance: 70n, storage: slots }], [OTHER, { nonce: 1n, code: CODE }]]),
);

const inTrie = (within: World, address: bigint): Account =>
  decodeAccount(address, trieGet(within.root, addressKey(address), within.host.node).value);

interface Before {
  readonly op: number;
  /** The top last. */
  readonly stack: readonly bigint[];
  readonly gas?: bigint;
  readonly isStatic?: boolean;
  /** Records that are there, besides SELF's account. */
  readonly accounts?: readonly [bigint, Partial<Account>][];
  readonly self?: Partial<Account>;
}

/** Before an opcode of SELF's frame, its own account being warm in the journal. */
function machineBefore({ op, stack, gas = 100_000n, isStatic = false, accounts = [], self = {} }: Before): Machine {
  const m = machineIn({ world, code: Uint8Array.of(op), gas, stack: [1n, ...stack], frame: { isStatic } });
  for (const [address, change] of [[SELF, { flags: FLAG.warm, ...self }] as const, ...accounts])
    insertAccount(m, { ...inTrie(world, address), ...change });
  return m;
}

describe("opcodes on accounts, on L1", () => {
  it("load what is missing, and are then what the machine says, cold and warm", async () => {
    for (const op of [OP.BALANCE, OP.EXTCODESIZE, OP.EXTCODEHASH]) {
      for (const address of [OTHER, ABSENT, SELF, 4n, 0x1003n, OTHER | (1n << 200n)]) {
        const what = `opcode ${op.toString(16)} of ${address.toString(16)}`;
        await agreeThrough(machineBefore({ op, stack: [address] }), what);
        await agreeThrough(machineBefore({ op, stack: [address], gas: 2599n }), `${what}, too little gas if cold`);
      }
      await agreeThrough(machineBefore({ op, stack: [OTHER], accounts: [[OTHER, { flags: FLAG.warm }]] }), "warm");
    }
    await agreeThrough(machineBefore({ op: OP.SELFBALANCE, stack: [] }), "SELFBALANCE");
  });

  it("EXTCODECOPY goes on with COPY, or fails", async () => {
    for (const [length, from, to, gas] of [
      [32n, 0n, 0n, 100_000n],
      [1000n, 290n, 77n, 100_000n],
      [64n, 2n ** 256n - 1n, 0n, 100_000n],
      [0n, 5n, 2n ** 256n - 1n, 100_000n],
      [1n, 0n, 2n ** 256n - 1n, 100_000n],
      [2n ** 256n - 1n, 0n, 1n, 100_000n],
      [32n, 0n, 0n, 2605n],
      [32n, 0n, 0n, 2606n],
    ] as const) {
      const m = machineBefore({ op: OP.EXTCODECOPY, stack: [length, from, to, OTHER], gas });
      await agreeThrough(m, `EXTCODECOPY ${[length, from, to, gas]}`);
    }
    await agreeThrough(machineBefore({ op: OP.EXTCODECOPY, stack: [32n, 0n, 0n, ABSENT] }), "of no code");
  });

  it("SELFDESTRUCT moves, burns, creates and fails as the machine does", async () => {
    for (const to of [OTHER, ABSENT, SELF, 3n]) {
      for (const balance of [0n, 70n]) {
        for (const created of [0, FLAG.created]) {
          for (const gas of [4999n, 5000n, 7599n, 7600n, 32_599n, 32_600n]) {
            const self = { balance, flags: FLAG.warm | created };
            const m = machineBefore({ op: OP.SELFDESTRUCT, stack: [to], gas, self });
            await agreeThrough(m, `SELFDESTRUCT to ${to} ${balance} ${created} ${gas}`);
          }
        }
      }
    }
    await agreeThrough(machineBefore({ op: OP.SELFDESTRUCT, stack: [OTHER], isStatic: true }), "in a static frame");
  });
});

describe("storage, on L1", () => {
  /** Before an opcode, with one slot in the journal. */
  function withSlot(situation: Before, number: bigint, original: bigint, current: bigint, warm: boolean): Machine {
    const m = machineBefore(situation);
    insertSlot(m, openAccount(m, SELF), { number, original, current, warm });
    return m;
  }

  it("SSTORE is the machine's for every original, current and new value, cold and warm, with gas and without", async () => {
    for (const original of [0n, 1n, 2n])
      for (const current of [0n, 1n, 2n])
        for (const value of [0n, 1n, 2n])
          for (const warm of [false, true]) {
            for (const gas of [100_000n, 2300n, 2301n, 4999n, 20_000n]) {
              const m = withSlot({ op: OP.SSTORE, stack: [value, 9n], gas }, 9n, original, current, warm);
              // What a slot that was changed before has earned can be taken back.
              if (m.tx) m.tx = { ...m.tx, refund: 50_000n };
              await agree(m, `${original} → ${current} → ${value} ${warm ? "warm" : "cold"}, gas ${gas}`);
            }
          }
  });

  it("SLOAD and SSTORE load slots that are there and slots that are not", async () => {
    for (const number of [1n, 40n, 41n, 2n ** 256n - 1n]) {
      await agreeThrough(machineBefore({ op: OP.SLOAD, stack: [number] }), `SLOAD ${number}`);
      await agreeThrough(
        machineBefore({ op: OP.SLOAD, stack: [number], gas: 2099n }),
        `SLOAD ${number}, too little gas`,
      );
      await agreeThrough(machineBefore({ op: OP.SSTORE, stack: [8n, number] }), `SSTORE ${number}`);
    }
    const fresh = { ...decodeAccount(SELF, null), nonce: 1n, flags: FLAG.warm | FLAG.created };
    await agreeThrough(machineBefore({ op: OP.SLOAD, stack: [1n], self: fresh }), "a slot of a new account");
    await agree(withSlot({ op: OP.SLOAD, stack: [9n] }, 9n, 1n, 2n, true), "warm");
    await agree(withSlot({ op: OP.SLOAD, stack: [9n], gas: 99n }, 9n, 1n, 2n, true), "warm, too little gas");
  });

  it("TLOAD and TSTORE keep a tree of their own", async () => {
    for (const [op, stack] of [
      [OP.TLOAD, [5n]],
      [OP.TSTORE, [6n, 5n]],
      [OP.TSTORE, [0n, 5n]],
    ] as const) {
      await agree(machineBefore({ op, stack }), "an empty tree");
      const m = machineBefore({ op, stack });
      openTransient(m, openAccount(m, SELF), 5n);
      storeTransient(m, openAccount(m, SELF), 5n, 77n);
      await agree(m, "a value that is there");
    }
  });

  it("is not written in a static frame", async () => {
    for (const op of [OP.SSTORE, OP.TSTORE]) {
      const m = machineBefore({ op, stack: [1n, 5n], isStatic: true });
      await agree(m, "static");
      assert.equal(m.phase, PHASE.leave);
    }
  });

  it("refuses damaged witnesses", async () => {
    await refusesDamage(withSlot({ op: OP.SLOAD, stack: [9n] }, 9n, 1n, 2n, false));
    await refusesDamage(withSlot({ op: OP.SSTORE, stack: [0n, 9n] }, 9n, 1n, 1n, false));
    await refusesDamage(machineBefore({ op: OP.TSTORE, stack: [6n, 5n] }));
    await refusesDamage(machineBefore({ op: OP.BALANCE, stack: [OTHER], accounts: [[OTHER, {}]] }));
    await refusesDamage(machineBefore({ op: OP.SELFDESTRUCT, stack: [OTHER], accounts: [[OTHER, {}]] }));
  });
});

describe("loads, on L1", () => {
  const SETTLE = { phase: PHASE.settle, status: STATUS.revert } as const;
  const loading = (wanted: Wanted, within = world): Machine =>
    machineIn({ world: within, task: { ...wanted, resume: SETTLE } });
  const loadingAccount = (address: bigint, within = world): Machine =>
    loading({ phase: PHASE.loadAccount, address }, within);
  const loadingCode = (codeHash: Uint8Array, within = world): Machine =>
    loading({ phase: PHASE.loadCode, codeHash }, within);

  const loadingSlot = (slot: bigint): Machine => {
    const m = loading({ phase: PHASE.loadSlot, address: SELF, slot });
    insertAccount(m, inTrie(world, SELF));
    return m;
  };

  it("go back to the phase and the task that were", async () => {
    const m = loadingAccount(OTHER);
    await agree(m, "LOAD_ACCOUNT");
    assert.deepEqual(m.task, SETTLE);
  });

  it("bring in accounts of every size of nonce and balance, and those that are not there", async () => {
    const numbers = [0n, 1n, 127n, 128n, 255n, 256n, 2n ** 64n - 1n, 2n ** 255n];
    const accounts = numbers.map((n, i): [bigint, TestAccount] => [
      BigInt(i + 1),
      { nonce: BigInt.asUintN(64, n), balance: numbers[(i * 3 + 1) % numbers.length] as bigint },
    ]);
    const within = worldOf(new Map(accounts));
    for (const [address, { nonce, balance }] of accounts) {
      const m = loadingAccount(address, within);
      await agree(m, `account ${address}`);
      const account = openAccount(m, address);
      assert.deepEqual([account.nonce, account.balance], [nonce, balance]);
    }
    await agree(loadingAccount(ABSENT, within), "an absent account");
    await agree(loadingAccount(ABSENT, worldOf(new Map())), "of an empty world");
  });

  it("bring in codes up to the greatest, whatever they hold, within the gas of a step", async () => {
    const codes = [
      Uint8Array.of(OP.PUSH1),
      new Uint8Array(128).fill(OP.JUMPDEST),
      new Uint8Array(129).fill(OP.PUSH32),
      CODE,
      new Uint8Array(CONTRACT_BYTES).fill(OP.JUMPDEST),
      new Uint8Array(CONTRACT_BYTES).fill(OP.PUSH1),
      Uint8Array.from({ length: CONTRACT_BYTES - 1 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 13) & 0xff),
    ];
    for (const [i, code] of codes.entries()) {
      const m = loadingCode(keccak256(code), worldOf(new Map([[OTHER, { code }]])));
      const gas = await agree(m, `code ${i}`);
      assert.ok(gas < LIMIT.STEP_GAS, `code ${i} takes ${gas} gas`);
      openTx(m);
      assert.deepEqual(openCode(m, keccak256(code)).root, new Code(code).root);
    }
  });

  it("refuse damaged witnesses", async () => {
    await refusesDamage(loadingAccount(OTHER));
    await refusesDamage(loadingAccount(ABSENT));
    await refusesDamage(loadingSlot(7n));
    await refusesDamage(loadingSlot(41n));
    await refusesDamage(loadingCode(keccak256(CODE)));
  });

  it("refuse the proof of another key", async () => {
    const proofOf = (address: bigint) => encodeProof(trieGet(world.root, addressKey(address), world.host.node).proof);
    const m = loadingAccount(OTHER);
    const [witness, own] = [witnessOf(m), proofOf(OTHER)];
    // The journal is empty: its opening, two bytes, follows the proof.
    const [head, tail] = [witness.subarray(0, -own.length - 2), witness.subarray(-2)];
    assert.deepEqual(concatBytes(head, own, tail), witness);
    for (const other of [ABSENT, SELF, 0x1000n, 0x1001n])
      await assert.rejects(verify(m, concatBytes(head, proofOf(other), tail)), Reverted);
    await assert.rejects(verify(m, concatBytes(head, Uint8Array.of(0), tail)), Reverted, "no proof at all");
  });
});

describe("the flush, on L1", () => {
  const touched = FLAG.warm | FLAG.touched;

  function flushing(
    changes: readonly [bigint, Partial<Account>][],
    ofSelf: Readonly<Record<number, bigint>> = {},
  ): Machine {
    const m = machineIn({ world, task: { phase: PHASE.flush, status: STATUS.success, used: 21_000n } });
    for (const [address, change] of changes) insertAccount(m, { ...inTrie(world, address), ...change });
    for (const [number, current] of Object.entries(ofSelf)) {
      const self = openAccount(m, SELF);
      const value = trieGet(self.storage, slotKey(BigInt(number)), m.host.node).value;
      const original = value === null ? 0n : (slots[number] as bigint);
      insertSlot(m, self, { number: BigInt(number), original, current, warm: true });
    }
    return m;
  }

  it("writes what was touched, takes out what is empty or destroyed, and leaves the rest, in order", async () => {
    const changes: [bigint, Partial<Account>][] = [
      [SELF, { flags: FLAG.warm }],
      [OTHER, { flags: FLAG.warm }],
      [ABSENT, { flags: touched }],
      [0xacn, { flags: touched, balance: 2n ** 200n }],
      [0xadn, { flags: touched | FLAG.created | FLAG.destroyed, nonce: 1n }],
      // So many go that branches of the trie are left with one child.
      ...crowd.slice(0, 40).map(([address]): [bigint, Partial<Account>] => [address, { flags: touched, balance: 0n }]),
      ...crowd.slice(40, 50).map(([address]): [bigint, Partial<Account>] => [address, { flags: touched, nonce: 300n }]),
    ];
    const cleared = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i + 1, 0n]));
    const m = flushing(changes, { ...cleared, 31: 5n, 32: slots[32] as bigint, 99: 2n ** 255n, 100: 0n });
    let steps = 0;
    for (; m.phase === PHASE.flush; steps++) {
      const gas = await agree(m, `step ${steps}`);
      assert.ok(gas < LIMIT.STEP_GAS);
    }
    assert.equal(steps, changes.length + 34 + 1);
    assert.equal(m.phase, PHASE.receipt);
  });

  it("empties a storage trie", async () => {
    const m = flushing([[SELF, { flags: FLAG.warm }]], Object.fromEntries(Object.keys(slots).map((n) => [n, 0n])));
    for (let i = 0; m.phase === PHASE.flush; i++) await agree(m, `step ${i}`);
  });

  it("refuses damaged witnesses", async () => {
    const m = flushing([[SELF, { flags: FLAG.warm }]], { 1: 0n, 41: 7n });
    for (; m.phase === PHASE.flush; step(m)) await refusesDamage(m);
    await refusesDamage(
      flushing([
        [0x1000n, { flags: touched, balance: 0n }],
        [ABSENT, { flags: FLAG.warm }],
      ]),
    );
  });
});
