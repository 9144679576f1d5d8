/** Genesis files: reading, writing, and errors that name the field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toBigInt } from "@elench/bytes/words";
import { createAddressFromString, hexToBytes } from "@ethereumjs/util";
import { DIRECTORY_ADDRESS, decodeEntry, directorySlot } from "../inference/directory.ts";
import { createWorld, formatGenesis, type Genesis, GenesisError, genesisOutput, parseGenesis } from "./genesis.ts";

const ADDRESS = `0x${"aa".repeat(20)}`;
const OTHER = `0x${"bb".repeat(20)}`;
const MODEL = `0x${"4d".repeat(32)}` as const;
const TEXT = JSON.stringify({
  config: { chainId: 4242 },
  alloc: { [ADDRESS]: { balance: "1000", nonce: "0x1", code: "0x6001", storage: { "0x2": "0x03" } } },
  elench: { models: { [MODEL]: { level: 5, tableDepth: 3, inputBytes: 64, outputBytes: 4, price: "70000" } } },
});

test("a genesis that is written and read again makes the same state", async () => {
  const genesis = parseGenesis(TEXT);
  assert.deepEqual(parseGenesis(formatGenesis(genesis)), genesis);
  assert.deepEqual(await genesisOutput(parseGenesis(formatGenesis(genesis))), await genesisOutput(genesis));
  const { state } = await createWorld(genesis);
  const account = await state.manager.getAccount(createAddressFromString(ADDRESS));
  assert.equal(account?.balance, 1000n);
  const slot = await state.manager.getStorage(createAddressFromString(ADDRESS), hexToBytes(`0x${"00".repeat(31)}02`));
  assert.equal(toBigInt(slot), 3n);
});

test("the models are in the directory's storage", async () => {
  const genesis = parseGenesis(TEXT);
  const { state } = await createWorld(genesis);
  const directory = createAddressFromString(DIRECTORY_ADDRESS);
  const stored = await state.manager.getStorage(directory, directorySlot(hexToBytes(MODEL)));
  assert.deepEqual(decodeEntry(stored), genesis.models.get(MODEL));
  assert.equal((await state.manager.getAccount(directory))?.isEmpty(), false);
});

test("everything in it changes the output", async () => {
  const outputs = new Set<string>();
  const variants: ((genesis: Genesis) => Genesis)[] = [
    (g) => g,
    (g) => ({ ...g, accounts: new Map() }),
    (g) => ({ ...g, models: new Map() }),
  ];
  for (const variant of variants) outputs.add(String(await genesisOutput(variant(parseGenesis(TEXT)))));
  assert.equal(outputs.size, variants.length);
});

for (const [what, text, place] of [
  ["no JSON", "{", /not JSON/],
  ["no object", "[]", /the file must be an object/],
  ["no chain", `{"config":{}, "elench":{}}`, /config\.chainId/],
  ["a negative chain", `{"config":{"chainId":-1}, "elench":{}}`, /config\.chainId/],
  ["the chain 0", `{"config":{"chainId":0}, "elench":{}}`, /config\.chainId is 0, and can be 1 to/],
  ["half an address", `{"config":{"chainId":1}, "elench":{}, "alloc":{"0xab":{}}}`, /alloc\.0xab/],
  ["odd code", `{"config":{"chainId":1}, "elench":{}, "alloc":{"${ADDRESS}":{"code":"0x1"}}}`, /code/],
  ["a fraction", `{"config":{"chainId":1}, "elench":{}, "alloc":{"${ADDRESS}":{"balance":1.5}}}`, /balance/],
  [
    "an empty account",
    `{"config":{"chainId":1}, "elench":{}, "alloc":{"${ADDRESS}":{"storage":{"1":1}}}}`,
    /aa has no nonce/,
  ],
  [
    "more code than an account can have",
    `{"config":{"chainId":1}, "elench":{}, "alloc":{"${ADDRESS}":{"code":"${"00".repeat(24_577)}"}}}`,
    /code has 24577/,
  ],
  [
    "balances over 2^256 in total",
    `{"config":{"chainId":1}, "elench":{}, "alloc":{"${ADDRESS}":{"balance":"0x${"f".repeat(64)}"}, "${OTHER}":{"balance":1}}}`,
    /balances/,
  ],
  ["a level of 16", `{"config":{"chainId":1}, "elench":{"models":{"${MODEL}":{"level":16}}}}`, /level/],
] as const) {
  test(`${what} is refused, and the error names the field`, () => {
    assert.throws(
      () => parseGenesis(text),
      (error) => error instanceof GenesisError && place.test(error.message),
    );
  });
}
