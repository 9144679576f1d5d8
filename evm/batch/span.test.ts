/** The hashes of spans equal what viem's encoder computes from the same fields. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "@elench/bytes/hex";
import { SPAN_LABEL, SPAN_TAG } from "@elench/spec/rollup/span";
import { encodeAbiParameters, keccak256, stringToBytes } from "viem";
import { haltedHash, runningHash, spanContext, spanStart } from "./span.ts";

const word = { type: "uint256" } as const;
const hash = { type: "bytes32" } as const;

const SPAN = { first: 3, end: 4_099, previous: new Uint8Array(32).fill(1), root: new Uint8Array(32).fill(2) };
const CHAIN_ID = 4242n;
const [previous, root] = [toHex(SPAN.previous), toHex(SPAN.root)];
const context = keccak256(
  encodeAbiParameters([word, word, word, word, hash, hash], [SPAN_TAG, CHAIN_ID, 3n, 4_099n, previous, root]),
);

test("the tag is keccak256 of the label, with room for the number of executed batches", () =>
  assert.equal(SPAN_TAG, (BigInt(keccak256(stringToBytes(SPAN_LABEL))) >> 64n) << 64n));

test("contexts and states are keccak256 of their words", () => {
  const output = new Uint8Array(32).fill(3);
  assert.equal(toHex(spanContext(SPAN, CHAIN_ID)), context);
  const running = (executed: bigint, at: `0x${string}`) =>
    keccak256(encodeAbiParameters([word, hash, hash], [SPAN_TAG + executed, context, at]));
  assert.equal(toHex(spanStart(SPAN, CHAIN_ID)), running(0n, previous));
  assert.equal(toHex(runningHash(spanContext(SPAN, CHAIN_ID), 4_095, output)), running(4_095n, toHex(output)));
  const halted = keccak256(encodeAbiParameters([hash, hash], [context, toHex(output)]));
  assert.equal(toHex(haltedHash(spanContext(SPAN, CHAIN_ID), output)), halted);
});
