import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { randomWords } from "../../../ml-vm/softfloat/fixtures/patterns.ts";
import { hashInParts, messages } from "./fixtures/messages.ts";
import { sha256Pad } from "./padding.ts";
import { SHA256_INITIAL, sha256Absorb } from "./sha256.ts";

const sha256 = { initial: SHA256_INITIAL, blockBytes: 64, absorb: sha256Absorb, pad: sha256Pad };

test("a message absorbed in parts has the digest of SHA-256", () => {
  const random = randomWords(2);
  for (const message of messages(random)) {
    const digest = new Uint8Array(createHash("sha256").update(message).digest());
    const state = hashInParts(sha256, message, random);
    assert.deepEqual(state.subarray(0, 32), digest, `${message.length} bytes`);
  }
});

test("states, blocks and tails of other lengths are refused", () => {
  assert.throws(() => sha256Absorb(new Uint8Array(31), new Uint8Array(64)), /31 bytes: it must have 32/);
  assert.throws(() => sha256Absorb(SHA256_INITIAL, new Uint8Array(63)), /63 bytes are not whole blocks of 64/);
  assert.throws(() => sha256Pad(new Uint8Array(3), 66), /has 3 bytes: it must have 2/);
});
