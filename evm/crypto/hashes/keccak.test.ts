import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import { randomWords } from "../../../ml-vm/softfloat/fixtures/patterns.ts";
import { hashInParts, messages } from "./fixtures/messages.ts";
import { KECCAK_INITIAL, KECCAK_RATE, keccakAbsorb } from "./keccak.ts";
import { keccakPad } from "./padding.ts";

const keccak = { initial: KECCAK_INITIAL, blockBytes: KECCAK_RATE, absorb: keccakAbsorb, pad: keccakPad };

test("a message absorbed in parts has the digest of keccak256", () => {
  const random = randomWords(1);
  for (const message of messages(random)) {
    const state = hashInParts(keccak, message, random);
    assert.deepEqual(state.subarray(0, 32), keccak256(message), `${message.length} bytes`);
  }
});

test("the given state is not modified", () => {
  keccakAbsorb(KECCAK_INITIAL, new Uint8Array(KECCAK_RATE).fill(1));
  assert.deepEqual(KECCAK_INITIAL, new Uint8Array(200));
});

test("states, blocks and tails of other lengths are refused", () => {
  assert.throws(() => keccakAbsorb(new Uint8Array(199), new Uint8Array(136)), /199 bytes: it must have 200/);
  assert.throws(() => keccakAbsorb(KECCAK_INITIAL, new Uint8Array(135)), /135 bytes are not whole blocks of 136/);
  assert.throws(() => keccakPad(new Uint8Array(136)), /a tail of 136 bytes has a whole block/);
});
