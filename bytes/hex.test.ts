import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesToHex, hexToBytes } from "viem";
import { toBytes, toHex } from "./hex.ts";

test("hex equals viem's in both directions, for every byte and for views of larger buffers", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const bytes of [all, all.subarray(7, 19), new Uint8Array(0)]) {
    assert.equal(toHex(bytes), bytesToHex(bytes));
    assert.deepEqual(toBytes(toHex(bytes)), hexToBytes(bytesToHex(bytes)));
  }
  assert.deepEqual(toBytes("0xABcd"), Uint8Array.of(0xab, 0xcd));
});

test("strings that are not whole bytes in hex are refused, and the error shows them", () => {
  for (const wrong of ["", "0x1", "12", "0xg0", "0x 1", "0x+1", "0x12\n"])
    assert.throws(() => toBytes(wrong), new RangeError(`not whole bytes in hex: ${wrong}`));
});
