/** Copied and written bytes equal plain arrays, and copies do not see each other's writes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../evm/trie/fixtures/random.ts";
import { PagedBytes } from "./paged-bytes.ts";
import { dataRoot } from "./tree.ts";

test("random sequences of growing, writing and copying", () => {
  const random = seededRandom(3);
  const all: { bytes: PagedBytes; plain: Uint8Array }[] = [{ bytes: new PagedBytes(), plain: new Uint8Array(0) }];
  const grown = (plain: Uint8Array, size: number): Uint8Array => {
    const wider = new Uint8Array(size);
    wider.set(plain);
    return wider;
  };
  for (let i = 0; i < 400; i++) {
    const one = all[random(all.length)] as (typeof all)[number];
    const size = one.plain.length;
    if (random(6) === 0) all.push({ bytes: one.bytes.copy(), plain: one.plain.slice() });
    else if (size === 0 || random(6) === 0) {
      const wider = size + 32 * random(300);
      one.bytes.grow(wider);
      one.plain = grown(one.plain, wider);
    } else {
      const [from, to] = [random(size), random(size)];
      const length = random(Math.min(9_000, size - Math.max(from, to)) + 1);
      // The written data can be a view of the same bytes.
      one.bytes.write(to, one.bytes.view(from, length));
      one.plain.copyWithin(to, from, from + length);
      const byte = Uint8Array.of(random(256));
      one.bytes.write(from, byte);
      one.plain.set(byte, from);
    }
    if (random(20) === 0) assert.deepEqual(one.bytes.root, dataRoot(one.plain));
  }
  for (const { bytes, plain } of all) {
    assert.deepEqual(bytes.view(0, bytes.size).slice(), plain);
    assert.deepEqual(bytes.root, dataRoot(plain));
  }
});

test("the original bytes do not change", () => {
  const data = new Uint8Array(10_000).fill(1);
  const bytes = new PagedBytes(data);
  bytes.write(4_090, new Uint8Array(20));
  assert.ok(data.every((byte) => byte === 1));
  assert.equal(bytes.view(4_095, 1)[0], 0);
});
