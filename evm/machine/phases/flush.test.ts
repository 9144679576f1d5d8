import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Account, FLAG, PHASE, type Slot, STATUS } from "../../structures/layout.ts";
import { trieGet } from "../../trie/get.ts";
import { machineIn, type TestAccount, type TestWorld, type World, worldOf } from "../fixtures/state.ts";
import { decodeAccount, decodeSlot } from "../state/account.ts";
import { insertAccount, insertSlot, openAccount } from "../state/journal.ts";
import { addressKey, slotKey } from "../state/keys.ts";
import type { Machine } from "../state/machine.ts";
import { step, witnessOf } from "../step.ts";

const A = 0xa1n;
const B = 0xb2n;
const NEW = 0xc3n;
const STORED: Readonly<Record<number, bigint>> = { 1: 10n, 2: 20n, 3: 30n };
const BEFORE: [bigint, TestAccount][] = [
  [A, { nonce: 1n, balance: 100n, storage: STORED }],
  [B, { balance: 5n }],
];

/** An account's record in the journal. */
interface Change {
  readonly address: bigint;
  readonly flags: number;
  readonly now?: Partial<Account>;
  /** [original, current] by number. */
  readonly slots?: Readonly<Record<number, readonly [bigint, bigint]>>;
}

/** A machine about to flush these changes. */
function flushing(world: World, changes: readonly Change[]): Machine {
  const m = machineIn({ world, task: { phase: PHASE.flush, status: STATUS.success, used: 21_000n } });
  for (const { address, flags, now = {}, slots = {} } of changes) {
    insertAccount(m, { ...inTrie(m, world.root, address), ...now, flags });
    for (const [number, [original, current]] of Object.entries(slots)) {
      const slot: Slot = { number: BigInt(number), original, current, warm: true };
      insertSlot(m, openAccount(m, address), slot);
    }
  }
  return m;
}

const inTrie = (m: Machine, world: Uint8Array, address: bigint): Account =>
  decodeAccount(address, trieGet(world, addressKey(address), m.host.node).value);

const worldAfter = (m: Machine): Uint8Array => m.tx?.block.stateRoot ?? assert.fail("no block");

/** @returns the number of steps. */
function toTheEnd(m: Machine): number {
  let steps = 0;
  for (; m.phase === PHASE.flush; steps++) step(m);
  return steps;
}

/** The flush makes the state trie that a world with these accounts has. */
function becomes(changes: readonly Change[], after: TestWorld): Machine {
  const m = flushing(worldOf(new Map(BEFORE)), changes);
  toTheEnd(m);
  assert.equal(m.journal, null);
  assert.deepEqual(worldAfter(m), worldOf(after).root);
  return m;
}

const touched = FLAG.warm | FLAG.touched;

describe("the flush", () => {
  it("leaves the state unchanged if accounts were only read", () => {
    const slots = { 1: [10n, 10n] } as const;
    becomes(
      [
        { address: A, flags: FLAG.warm, slots },
        { address: NEW, flags: FLAG.warm },
      ],
      new Map(BEFORE),
    );
  });

  it("writes accounts that were touched", () => {
    const now = { nonce: 2n, balance: 2n ** 255n };
    const after: TestWorld = new Map([...BEFORE, [A, { ...now, storage: STORED }], [NEW, { balance: 1n }]]);
    becomes(
      [
        { address: A, flags: touched, now },
        { address: NEW, flags: touched, now: { balance: 1n } },
      ],
      after,
    );
  });

  it("removes empty accounts that were touched (EIP-161), and no other empty ones", () => {
    becomes([{ address: B, flags: touched, now: { balance: 0n } }], new Map(BEFORE.slice(0, 1)));
    becomes([{ address: NEW, flags: touched }], new Map(BEFORE));
    const withEmpty: TestWorld = new Map([...BEFORE, [NEW, {}]]);
    const m = flushing(worldOf(withEmpty), [{ address: NEW, flags: FLAG.warm }]);
    toTheEnd(m);
    assert.deepEqual(worldAfter(m), worldOf(withEmpty).root);
  });

  it("removes destroyed accounts, whatever they hold", () => {
    const slots = { 1: [0n, 7n] } as const;
    becomes([{ address: A, flags: touched | FLAG.destroyed, slots }], new Map(BEFORE.slice(1)));
    becomes(
      [{ address: NEW, flags: touched | FLAG.created | FLAG.destroyed, now: { nonce: 1n }, slots }],
      new Map(BEFORE),
    );
  });

  it("writes changed slots, removes those that are 0, then writes their account", () => {
    const storage = { 1: 11n, 3: 30n, 4: 2n ** 256n - 1n };
    const slots = { 1: [10n, 11n], 2: [20n, 0n], 3: [30n, 30n], 4: [0n, 2n ** 256n - 1n] } as const;
    const after: TestWorld = new Map([...BEFORE, [A, { nonce: 1n, balance: 100n, storage }]]);
    becomes([{ address: A, flags: FLAG.warm, slots }], after);
    const cleared = { 1: [10n, 0n], 2: [20n, 0n], 3: [30n, 0n] } as const;
    becomes(
      [{ address: A, flags: FLAG.warm, slots: cleared }],
      new Map([...BEFORE, [A, { nonce: 1n, balance: 100n }]]),
    );
  });

  it("takes a step for each record and one more, passes its task on, and keeps the nodes that it creates", () => {
    const world = worldOf(new Map(BEFORE));
    const slots = { 1: [10n, 11n], 2: [20n, 20n] } as const;
    const m = flushing(world, [
      { address: A, flags: FLAG.warm, slots },
      { address: B, flags: FLAG.warm },
    ]);
    const copy = m.copy();
    assert.equal(toTheEnd(m), 5);
    assert.deepEqual(m.task, { phase: PHASE.receipt, status: STATUS.success, used: 21_000n });
    const { storage } = inTrie(copy, worldAfter(m), A);
    assert.equal(decodeSlot(trieGet(storage, slotKey(1n), copy.host.node).value), 11n, "a copy reads them too");
  });

  it("does not change when its witness is made", () => {
    const changes = [{ address: A, flags: touched, now: { balance: 0n }, slots: { 1: [10n, 11n] } as const }];
    const m = flushing(worldOf(new Map(BEFORE)), changes);
    const other = m.copy();
    while (m.phase === PHASE.flush) {
      witnessOf(m);
      step(m);
      step(other);
      assert.deepEqual(m.hash(), other.hash());
    }
  });
});
