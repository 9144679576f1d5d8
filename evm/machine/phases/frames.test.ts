/** Cases that random transactions rarely reach. The results equal those of @ethereumjs/vm and the stated ones. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { OP } from "@elench/spec/evm/opcodes";
import { PHASE } from "../../structures/layout.ts";
import { apply, INVALID, push, runNatively, runStepped, type Scenario, scenario } from "../fixtures/programs.ts";
import type { Machine } from "../state/machine.ts";

const SELF = 0xc001n;
const OTHER = 0xc002n;
const THIRD = 0xc003n;
const IDENTITY = 4n;
const ALL_GAS = 2n ** 255n;

const op = (...codes: readonly number[]): Uint8Array => Uint8Array.from(codes);
/** Writes the top of the stack to a slot. */
const storeAt = (slot: number): Uint8Array => concat(push(slot), op(OP.SSTORE));
/** Writes initcode of at most 32 bytes to memory at 0. */
function placed(code: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(code);
  return concat(op(OP.PUSH32), word, push(0), op(OP.MSTORE));
}

/** Runs a transaction natively and step by step. @returns the final slots of SELF by number. */
async function slotsOf(codes: readonly (readonly [bigint, Uint8Array])[], slots: readonly bigint[], gas = 1_000_000n) {
  const accounts = codes.map(([address, code]) => [address, { nonce: 1n, balance: 100n, code }] as const);
  const given: Scenario = scenario({ accounts, gas, to: SELF });
  const written = new Map<bigint, bigint>();
  const stepped = await runStepped(given, (m) => note(m, written));
  assert.deepEqual(stepped, await runNatively(given));
  return slots.map((slot) => written.get(slot));
}

/** Records the slots that SELF writes in the outermost frame. */
function note(m: Machine, written: Map<bigint, bigint>): void {
  const writes = m.phase === PHASE.execute && m.frame?.depth === 0 && m.code.bytes[m.pc] === OP.SSTORE;
  if (writes) written.set(m.stack.peek(0), m.stack.peek(1));
}

test("the return data of the identity precompile does not change with the caller's memory", async () => {
  const code = concat(
    apply(OP.MSTORE, 0, 0x1234),
    apply(OP.CALL, ALL_GAS, IDENTITY, 0, 0, 32, 64, 32),
    storeAt(0),
    apply(OP.MSTORE, 0, 0x5678),
    apply(OP.RETURNDATACOPY, 96, 0, 32),
    apply(OP.MLOAD, 96),
    storeAt(1),
    apply(OP.MLOAD, 64),
    storeAt(2),
    apply(OP.MLOAD, 0),
    storeAt(3),
  );
  assert.deepEqual(await slotsOf([[SELF, code]], [0n, 1n, 2n, 3n]), [1n, 0x1234n, 0x1234n, 0x5678n]);
});

test("the return data after a creation: the revert data; empty after success or an exceptional halt", async () => {
  const created = (initcode: Uint8Array, slot: number): Uint8Array =>
    concat(placed(initcode), apply(OP.CREATE, 0, 0, initcode.length), op(OP.POP, OP.RETURNDATASIZE), storeAt(slot));
  const code = concat(
    created(apply(OP.REVERT, 0, 40), 0),
    created(apply(OP.RETURN, 0, 40), 1),
    created(op(INVALID), 2),
    created(new Uint8Array(0), 3),
  );
  assert.deepEqual(await slotsOf([[SELF, code]], [0n, 1n, 2n, 3n], 5_000_000n), [40n, 0n, 0n, 0n]);
});

test("no state changes below a static call at any depth; a CALLCODE with value is allowed", async () => {
  const returns = concat(push(0), op(OP.MSTORE), apply(OP.RETURN, 0, 32));
  const writes = apply(OP.SSTORE, 0, 1);
  const asks = (slot: number): Uint8Array =>
    concat(apply(OP.STATICCALL, ALL_GAS, OTHER, 0, 0, 0, 32), op(OP.POP), apply(OP.MLOAD, 0), storeAt(slot));
  const through = async (call: Uint8Array) => {
    const [inner] = await slotsOf(
      [
        [SELF, concat(apply(OP.MSTORE, 0, 7), asks(0))],
        [OTHER, concat(call, returns)],
        [THIRD, writes],
      ],
      [0n],
    );
    return inner;
  };
  assert.equal(await through(apply(OP.CALL, 50_000, THIRD, 0, 0, 0, 0, 0)), 0n, "it writes");
  assert.equal(await through(apply(OP.CALL, 50_000, 0xe0an, 0, 0, 0, 0, 0)), 1n, "it does nothing");
  assert.equal(await through(apply(OP.CALLCODE, 50_000, 0xe0an, 1, 0, 0, 0, 0)), 1n, "it pays itself");
  assert.equal(await through(apply(OP.CALL, 50_000, 0xe0an, 1, 0, 0, 0, 0)), 7n, "it pays another");
  assert.equal(await through(apply(OP.CREATE, 0, 0, 0)), 7n, "it creates");
});

test("code of 24,576 bytes is the longest", async () => {
  const creates = (length: number, slot: number): Uint8Array => {
    const initcode = apply(OP.RETURN, 0, length);
    return concat(placed(initcode), apply(OP.CREATE, 0, 0, initcode.length), op(OP.ISZERO), storeAt(slot));
  };
  const code = concat(creates(24_576, 0), creates(24_577, 1));
  assert.deepEqual(await slotsOf([[SELF, code]], [0n, 1n], 600_000_000n), [0n, 1n]);
});

test("initcode of 49,152 bytes is the longest", async () => {
  // Of zeros: it stops at once.
  const creates = (length: number): Uint8Array =>
    concat(apply(OP.CREATE, 0, 0, length), op(OP.ISZERO), push(0), op(OP.SSTORE));
  assert.deepEqual(await slotsOf([[SELF, creates(49_152)]], [0n]), [0n]);
  assert.deepEqual(await slotsOf([[SELF, creates(49_153)]], [0n]), [undefined]);
});

test("a call in the frame of depth 1,024 is refused, and the caller keeps its gas", async () => {
  const code = concat(
    op(OP.GAS),
    apply(OP.CALL, ALL_GAS, SELF, 0, 0, 0, 0, 0),
    op(OP.POP, OP.POP),
    apply(OP.SLOAD, 0),
    push(1),
    op(OP.ADD),
    storeAt(0),
  );
  assert.deepEqual(await slotsOf([[SELF, code]], [0n], 2n ** 44n), [1025n]);
});
