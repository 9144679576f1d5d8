import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { randomWords } from "../../../ml-vm/softfloat/fixtures/patterns.ts";
import { hashInParts, messages } from "./fixtures/messages.ts";
import { ripemd160Pad } from "./padding.ts";
import { RIPEMD160_INITIAL, ripemd160Absorb } from "./ripemd160.ts";

const ripemd160 = { initial: RIPEMD160_INITIAL, blockBytes: 64, absorb: ripemd160Absorb, pad: ripemd160Pad };

test("a message absorbed in parts has the digest of RIPEMD-160", () => {
  const random = randomWords(2);
  for (const message of messages(random)) {
    const digest = new Uint8Array(createHash("ripemd160").update(message).digest());
    const state = hashInParts(ripemd160, message, random);
    assert.deepEqual(state.subarray(0, 20), digest, `${message.length} bytes`);
  }
});

test("states, blocks and tails of other lengths are refused", () => {
  assert.throws(() => ripemd160Absorb(new Uint8Array(31), new Uint8Array(64)), /31 bytes: it must have 32/);
  assert.throws(() => ripemd160Absorb(RIPEMD160_INITIAL, new Uint8Array(63)), /63 bytes are not whole blocks of 64/);
  assert.throws(() => ripemd160Pad(new Uint8Array(3), 66), /has 3 bytes: it must have 2/);
});
