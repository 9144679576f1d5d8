import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { keccak256 } from "./keccak.ts";

test("digests equal noble's, for all lengths around a block and around the buffer's size", () => {
  const message = Uint8Array.from({ length: 40_000 }, (_, i) => (i * 131 + (i >> 8)) & 0xff);
  const lengths = [
    ...Array.from({ length: 420 }, (_, i) => i),
    4096,
    8055,
    8056,
    8159,
    8160,
    8161,
    8191,
    8192,
    8193,
    8400,
    16_319,
    16_320,
    16_321,
    40_000,
  ];
  for (const length of lengths) {
    const part = message.subarray(0, length);
    assert.deepEqual(keccak256(part), keccak_256(part), `${length} bytes`);
  }
});

test("a digest is not overwritten by the next one", () => {
  const first = keccak256(Uint8Array.of(1));
  const copy = first.slice();
  keccak256(Uint8Array.of(2));
  assert.deepEqual(first, copy);
});
