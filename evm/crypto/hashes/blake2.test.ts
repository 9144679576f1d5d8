import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { bytesToHex, createAddressFromString, hexToBytes } from "@ethereumjs/util";
import { randomWords } from "../../../ml-vm/softfloat/fixtures/patterns.ts";
import { blake2Finish, blake2Run, blake2Start } from "./blake2.ts";
import { randomBytes } from "./fixtures/messages.ts";

/** The input of EIP-152's vectors 4 to 7: the one block of BLAKE2b-512's message "abc". */
const ABC = hexToBytes(
  `0x0000000c${"48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"}${"d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"}${"616263".padEnd(256, "0")}${"03".padEnd(32, "0")}01`,
);

const withRounds = (input: Uint8Array, rounds: number, flag = input[212]!): Uint8Array => {
  const changed = input.slice();
  new DataView(changed.buffer).setUint32(0, rounds);
  changed[212] = flag;
  return changed;
};

/** BLAKE2F, in calls of `counts` rounds each. */
function blake2f(input: Uint8Array, counts: readonly number[]): Uint8Array {
  let v = blake2Start(input);
  let done = 0;
  for (const count of counts) {
    v = blake2Run(v, input.subarray(68, 196), done, count);
    done += count;
  }
  return blake2Finish(input.subarray(4, 68), v);
}

const precompile = async (evm: EVM, data: Uint8Array): Promise<Uint8Array> => {
  const to = createAddressFromString(`0x${"09".padStart(40, "0")}`);
  return new Uint8Array(
    (await evm.runCall({ to, data, gasLimit: 1n << 40n, skipBalance: true })).execResult.returnValue,
  );
};

test("EIP-152's vectors", () => {
  const hex = (rounds: number, flag: number): string => bytesToHex(blake2f(withRounds(ABC, rounds, flag), [rounds]));
  assert.equal(
    hex(0, 1),
    "0x08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b",
  );
  assert.equal(
    hex(12, 1),
    "0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
  );
  assert.equal(
    hex(12, 0),
    "0x75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d2875298743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735",
  );
  assert.equal(
    hex(1, 1),
    "0xb63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fba551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421",
  );
});

test("twelve rounds are BLAKE2b's", () => {
  const digest = new Uint8Array(createHash("blake2b512").update("abc").digest());
  assert.deepEqual(blake2f(ABC, [12]), digest);
});

test("rounds in parts, of any number, give what another implementation's precompile gives", async () => {
  const evm = await createEVM();
  const random = randomWords(3);
  for (let rounds = 0; rounds <= 45; rounds++) {
    const input = withRounds(randomBytes(random, 213), rounds, random() % 2);
    const first = random() % (rounds + 1);
    const second = random() % (rounds - first + 1);
    const output = blake2f(input, [first, second, rounds - first - second]);
    assert.deepEqual(output, await precompile(evm, input), `${rounds} rounds`);
  }
});

test("inputs for which BLAKE2F fails are refused", () => {
  assert.throws(() => blake2Start(ABC.subarray(1)), /212 bytes: it must have 213/);
  assert.throws(() => blake2Start(withRounds(ABC, 12, 2)), /final flag of BLAKE2F is 2/);
});
