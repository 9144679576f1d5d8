import assert from "node:assert/strict";
import { test } from "node:test";
import { bigIntToBytes, bytesToHex } from "@ethereumjs/util";
import { encodeAbiParameters, keccak256 as viemKeccak } from "viem";
import { decodeEntry, directorySlot, encodeEntry } from "./directory.ts";

const full = {
  level: 15,
  tableDepth: 32,
  inputBytes: 2 ** 48 - 1,
  outputBytes: 2 ** 47 + 1,
  price: 2n ** 144n - 3n,
};

test("packing and decoding an entry is the identity, at the bounds of every field", () => {
  assert.deepEqual(decodeEntry(bigIntToBytes(encodeEntry(full))), full);
  const least = { level: 1, tableDepth: 0, inputBytes: 0, outputBytes: 0, price: 0n };
  assert.deepEqual(decodeEntry(bigIntToBytes(encodeEntry(least))), least);
});

test("the zero word and an empty word are not models", () => {
  assert.equal(decodeEntry(new Uint8Array(32)), null);
  assert.equal(decodeEntry(new Uint8Array()), null);
});

test("a word whose level or depth no game allows is not a model", () => {
  for (const wrong of [{ level: 0 }, { level: 16 }, { level: 255 }, { tableDepth: 33 }, { tableDepth: 255 }]) {
    assert.equal(decodeEntry(bigIntToBytes(encodeEntry({ ...full, ...wrong }))), null);
  }
});

test("a model whose price does not cover the steps of its call is not a model", () => {
  const sized = { level: 3, tableDepth: 5, inputBytes: 4097, outputBytes: 4096 };
  const decoded = (entry: typeof full) => decodeEntry(bigIntToBytes(encodeEntry(entry)));
  assert.equal(decoded({ ...sized, price: 3n }), null);
  assert.deepEqual(decoded({ ...sized, price: 4n }), { ...sized, price: 4n });
  assert.equal(decoded({ ...full, price: 0n }), null);
});

test("a field that does not fit is refused, and the error names it", () => {
  assert.throws(() => encodeEntry({ ...full, level: 256 }), /level 256/);
  assert.throws(() => encodeEntry({ ...full, price: 2n ** 144n }), /price/);
  assert.throws(() => encodeEntry({ ...full, inputBytes: -1 }), /inputBytes/);
});

test("the slot equals Solidity's for a mapping at slot 0", () => {
  const id = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
  const encoded = encodeAbiParameters([{ type: "bytes32" }, { type: "uint256" }], [bytesToHex(id), 0n]);
  assert.equal(bytesToHex(directorySlot(id)), viemKeccak(encoded));
});
