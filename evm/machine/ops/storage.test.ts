import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OP } from "@elench/spec/evm/opcodes";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { Caches, MerkleStateManager } from "@ethereumjs/statemanager";
import { bigIntToBytes, createAccount, createAddressFromString, setLengthLeft } from "@ethereumjs/util";
import { FLAG, PHASE, STATUS } from "../../structures/layout.ts";
import { get } from "../../structures/sparse.ts";
import { machineIn, SELF, SENDER, stepWhile, type TestWorld, taskOf, worldOf } from "../fixtures/state.ts";
import { decodeAccount } from "../state/account.ts";
import { insertAccount } from "../state/journal.ts";
import { addressKey, slotKey } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";

const GAS = 200_000n;
const OTHER = 0x07e4n;
const PRECOMPILES = Array.from({ length: 10 }, (_, i) => BigInt(i + 1));
/** An account that does not exist. */
const blank = decodeAccount(SELF, null);
const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun });

const push = (value: bigint): number[] => [OP.PUSH32, ...setLengthLeft(bigIntToBytes(value), 32)];
const write = (number: bigint, value: bigint): number[] => [...push(value), ...push(number), OP.SSTORE];
const read = (number: bigint): number[] => [...push(number), OP.SLOAD, OP.POP];

const addressOf = (address: bigint) => createAddressFromString(`0x${address.toString(16).padStart(40, "0")}`);

/** Executes code in the frame of SELF, up to its end. */
function run(accounts: TestWorld, code: readonly number[], gas = GAS, isStatic = false): Machine {
  const m = machineIn({ world: worldOf(accounts), code: Uint8Array.from(code), gas, frame: { isStatic } });
  stepWhile(m, PHASE.execute, PHASE.loadAccount, PHASE.loadSlot, PHASE.loadCode, PHASE.copy);
  return m;
}

/** The same code by @ethereumjs/evm. */
async function reference(accounts: TestWorld, code: readonly number[], gas = GAS, isStatic = false) {
  const stateManager = new MerkleStateManager({ common, caches: new Caches() });
  const evm = await createEVM({ common, stateManager });
  for (const [address, { nonce = 0n, balance = 0n, code: ofAccount, storage = {} }] of accounts) {
    await stateManager.putAccount(addressOf(address), createAccount({ nonce, balance }));
    if (ofAccount) await stateManager.putCode(addressOf(address), ofAccount);
    for (const [number, value] of Object.entries(storage)) {
      const key = setLengthLeft(bigIntToBytes(BigInt(number)), 32);
      await stateManager.putStorage(addressOf(address), key, bigIntToBytes(value));
    }
  }
  await stateManager.putCode(addressOf(SELF), Uint8Array.from(code));
  await stateManager.flush();
  stateManager.originalStorageCache.clear();
  await evm.journal.cleanup();
  // A transaction starts with its target and the precompiles warm.
  for (const warm of [SELF, ...PRECOMPILES]) evm.journal.addWarmedAddress(addressOf(warm).bytes);
  const { execResult } = await evm.runCall({
    to: addressOf(SELF),
    caller: addressOf(SENDER),
    gasLimit: gas,
    isStatic,
  });
  const { exceptionError, executionGasUsed, gasRefund = 0n } = execResult;
  const slot = async (number: bigint): Promise<bigint> => {
    const value = await stateManager.getStorage(addressOf(SELF), setLengthLeft(bigIntToBytes(number), 32));
    return BigInt(`0x0${Buffer.from(value).toString("hex")}`);
  };
  const balance = async (address: bigint) => (await stateManager.getAccount(addressOf(address)))?.balance ?? 0n;
  return { failed: exceptionError !== undefined, gasLeft: gas - executionGasUsed, refund: gasRefund, slot, balance };
}

const accountOf = (m: Machine, address: bigint) =>
  get(m.journal, addressKey(address)) ?? assert.fail(`account ${address} is not in the journal`);
const slotOf = (m: Machine, number: bigint) =>
  get(accountOf(m, SELF).slots, slotKey(number)) ?? assert.fail(`slot ${number} is not in the journal`);
const failed = (m: Machine) => m.task.phase === PHASE.leave && m.task.status === STATUS.failure;

describe("SSTORE", () => {
  const VALUES = [0n, 1n, 2n];
  const SLOT = 3n;
  const storageWith = (value: bigint): Record<number, bigint> => (value === 0n ? {} : { 3: value });
  const sequences = VALUES.flatMap((a) => [[a], ...VALUES.flatMap((b) => [[a, b], ...VALUES.map((c) => [a, b, c])])]);

  it("has the gas, refund and result of @ethereumjs/evm, for every original, current and new value, cold and warm", async () => {
    for (const original of VALUES) {
      const accounts: TestWorld = new Map([[SELF, { nonce: 1n, storage: storageWith(original) }]]);
      for (const values of sequences) {
        for (const warm of [false, true]) {
          const code = [...(warm ? read(SLOT) : []), ...values.flatMap((value) => write(SLOT, value))];
          const [m, expected] = [
            run(accounts, [...code, OP.JUMPDEST]),
            await reference(accounts, [...code, OP.JUMPDEST]),
          ];
          const what = `${original} → ${values} ${warm ? "warm" : "cold"}`;
          assert.equal(m.gas, expected.gasLeft, what);
          assert.equal(m.tx?.refund, expected.refund, what);
          assert.deepEqual(
            slotOf(m, SLOT),
            { number: SLOT, original, current: await expected.slot(SLOT), warm: true },
            what,
          );
        }
      }
    }
  });

  it("halts exceptionally if at most 2,300 gas are left", async () => {
    const accounts: TestWorld = new Map([[SELF, { nonce: 1n, storage: { 3: 1n } }]]);
    // Two pushes cost 6; the slot is warm and its value stays, so a write costs 100.
    const code = [...read(SLOT), ...write(SLOT, 1n)];
    const before = 3n + 2100n + 2n + 6n;
    for (const [left, fails] of [
      [2300n, true],
      [2301n, false],
    ] as const) {
      const m = run(accounts, code, before + left);
      assert.equal(failed(m), fails, `${left} left`);
      assert.equal((await reference(accounts, code, before + left)).failed, fails, "the reference");
      assert.equal(m.gas, fails ? 0n : left - 100n);
    }
  });
});

describe("gas and results of reading", () => {
  const code = Uint8Array.of(OP.PUSH1, OP.JUMPDEST, OP.JUMPDEST, OP.STOP);
  const accounts: TestWorld = new Map([
    [SELF, { nonce: 1n, balance: 77n, storage: { 1: 5n } }],
    [OTHER, { nonce: 1n, balance: 99n, code }],
    [0xe0an, { balance: 3n }],
  ]);
  const ABSENT = 0xabn;
  const PRECOMPILE = 4n;
  const store = (number: bigint): number[] => [...push(number), OP.SSTORE];

  it("equal those of @ethereumjs/evm, cold and then warm", async () => {
    const reads = [OP.BALANCE, OP.EXTCODESIZE, OP.EXTCODEHASH].flatMap((op) =>
      [OTHER, ABSENT, 0xe0an, PRECOMPILE, SELF].map((address): [string, number[]] => [
        `opcode ${op.toString(16)} of ${address.toString(16)}`,
        [...push(address), op],
      ]),
    );
    reads.push(
      ["SELFBALANCE", [OP.SELFBALANCE]],
      ["SLOAD", [...push(1n), OP.SLOAD]],
      ["SLOAD of nothing", [...push(2n), OP.SLOAD]],
    );
    reads.push(
      ["TLOAD", [...push(9n), ...push(8n), OP.TSTORE, ...push(8n), OP.TLOAD]],
      ["TLOAD of nothing", [...push(8n), OP.TLOAD]],
    );
    for (const [what, once] of reads) {
      const all = [...once, ...store(100n), ...once, ...store(101n)];
      // In the reference SELF has other code, so only its balance can be compared.
      if (what.includes(`of ${SELF.toString(16)}`) && !what.includes("31")) continue;
      const [m, expected] = [warmSelf(accounts, all), await reference(accounts, all)];
      assert.equal(m.gas, expected.gasLeft, what);
      for (const number of [100n, 101n]) assert.equal(slotOf(m, number).current, await expected.slot(number), what);
    }
  });

  it("of EXTCODECOPY equal those of @ethereumjs/evm, COPY included", async () => {
    for (const [to, from, length] of [
      [0n, 0n, 4n],
      [5n, 1n, 40n],
      [0n, 2n ** 255n, 32n],
      [2n ** 200n, 0n, 0n],
      [2n ** 200n, 0n, 1n],
      [0n, 0n, 2n ** 255n],
    ] as const) {
      const all = [
        ...push(length),
        ...push(from),
        ...push(to),
        ...push(OTHER),
        OP.EXTCODECOPY,
        ...push(0n),
        OP.MLOAD,
        ...store(100n),
      ];
      const [m, expected] = [warmSelf(accounts, all), await reference(accounts, all)];
      assert.equal(failed(m), expected.failed);
      assert.equal(m.gas, expected.gasLeft);
      if (!expected.failed) assert.equal(slotOf(m, 100n).current, await expected.slot(100n));
    }
  });

  /** A frame's own account is warm, because the call made it so. */
  function warmSelf(world: TestWorld, bytes: readonly number[]): Machine {
    const m = machineIn({ world: worldOf(world), code: Uint8Array.from(bytes), gas: GAS });
    insertAccount(m, { ...blank, nonce: 1n, balance: 77n, flags: FLAG.warm, storage: storageOf(world) });
    stepWhile(m, PHASE.execute, PHASE.loadAccount, PHASE.loadSlot, PHASE.loadCode, PHASE.copy);
    return m;
  }

  const storageOf = (world: TestWorld) => accountOf(run(world, [OP.SELFBALANCE, OP.POP]), SELF).storage;
});

describe("a static frame", () => {
  const accounts: TestWorld = new Map([[SELF, { nonce: 1n, balance: 1n }]]);

  it("fails on SSTORE, TSTORE and SELFDESTRUCT, and reads", () => {
    for (const op of [OP.SSTORE, OP.TSTORE, OP.SELFDESTRUCT]) {
      const m = run(accounts, [...push(1n), ...push(1n), op], GAS, true);
      assert.ok(failed(m), `opcode ${op.toString(16)}`);
      assert.equal(m.gas, 0n);
      assert.equal(run(accounts, [...push(1n), ...push(1n), op]).phase, PHASE.leave);
      assert.ok(!failed(run(accounts, [...push(1n), ...push(1n), op])), "it does not fail in another frame");
    }
    for (const op of [OP.SLOAD, OP.TLOAD, OP.BALANCE]) assert.ok(!failed(run(accounts, [...push(1n), op], GAS, true)));
  });
});

describe("SELFDESTRUCT", () => {
  const NOBODY = 0x40b0n;
  /** @param created whether this transaction created SELF. */
  function destroy(to: bigint, balance: bigint, created: boolean, gas = GAS): Machine {
    const accounts: TestWorld = new Map([[OTHER, { balance: 10n }]]);
    const m = machineIn({ world: worldOf(accounts), code: Uint8Array.from([...push(to), OP.SELFDESTRUCT]), gas });
    insertAccount(m, { ...blank, nonce: 1n, balance, flags: FLAG.warm | (created ? FLAG.created : 0) });
    stepWhile(m, PHASE.execute, PHASE.loadAccount);
    return m;
  }
  const flagsOf = (m: Machine, address: bigint) => accountOf(m, address).flags;

  it("moves the balance, and destroys the account only if this transaction created it (EIP-6780)", () => {
    for (const created of [false, true]) {
      const m = destroy(OTHER, 7n, created);
      assert.deepEqual([accountOf(m, SELF).balance, accountOf(m, OTHER).balance], [0n, 17n]);
      assert.equal((flagsOf(m, SELF) & FLAG.destroyed) !== 0, created);
      assert.equal(flagsOf(m, OTHER), FLAG.warm | FLAG.touched);
      assert.equal(taskOf(m, PHASE.leave).status, STATUS.success);
      assert.equal(m.returned.length, 0);
    }
  });

  it("burns the balance that a created account sends to itself; an older account keeps it", () => {
    assert.equal(accountOf(destroy(SELF, 7n, true), SELF).balance, 0n);
    assert.equal(flagsOf(destroy(SELF, 7n, true), SELF) & FLAG.destroyed, FLAG.destroyed);
    const kept = destroy(SELF, 7n, false);
    assert.equal(accountOf(kept, SELF).balance, 7n);
    assert.equal(flagsOf(kept, SELF) & FLAG.destroyed, 0);
  });

  it("costs 5,000 gas, 2,600 for a cold beneficiary, and 25,000 for a new account", async () => {
    const price = (to: bigint, balance: bigint) => GAS - destroy(to, balance, false).gas - 3n;
    assert.equal(price(SELF, 7n), 5000n);
    assert.equal(price(OTHER, 7n), 7600n);
    assert.equal(price(NOBODY, 7n), 32_600n);
    assert.equal(price(NOBODY, 0n), 7600n);
    assert.equal(price(3n, 0n), 5000n, "a precompile is warm");
    assert.equal(price(3n, 1n), 30_000n, "and can still be a new account");
    for (const [to, balance] of [
      [OTHER, 7n],
      [NOBODY, 7n],
      [NOBODY, 0n],
      [3n, 1n],
    ] as const) {
      const accounts: TestWorld = new Map([
        [OTHER, { balance: 10n }],
        [SELF, { nonce: 1n, balance }],
      ]);
      const expected = await reference(accounts, [...push(to), OP.SELFDESTRUCT]);
      assert.equal(destroy(to, balance, false).gas, expected.gasLeft, "the reference");
      assert.equal(accountOf(destroy(to, balance, false), to).balance, await expected.balance(to));
    }
    assert.ok(failed(destroy(NOBODY, 7n, false, 32_602n)), "one gas too little");
    assert.equal(accountOf(destroy(NOBODY, 7n, false, 32_602n), SELF).balance, 7n, "and the balance has not moved");
    assert.ok(!failed(destroy(NOBODY, 7n, false, 32_603n)));
  });
});
