import { concat } from "@elench/bytes/concat";
import { toBigInt } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { blake2Finish, blake2Run, blake2Start } from "../../../evm/crypto/hashes/blake2.ts";
import { times } from "../world/assembly.ts";
import { expectTally, loop } from "../world/loop.ts";
import { drawnAddress, drawnBytes } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

/** Memory: bytes that SHA-256 and RIPEMD-160 hash, each writing its digest to their beginning; then the input of BLAKE2F, which it is applied to again and again. */
const [HASHED, BLAKE2F_INPUT] = [512, 213];
const [STATE, MESSAGE] = [4, 68];
/** As BLAKE2b has them. */
const ROUNDS = 12;
const COMPRESSIONS = 10;

const call = (address: number, from: number, length: number, to: number, most: number): string =>
  `${most} ${to} ${length} ${from} ${address} GAS STATICCALL ADD`;

/** The tally counts calls that succeeded. */
const TURN = [
  call(2, 0, HASHED, 0, 32),
  call(3, 0, HASHED, 0, 32),
  `0 MLOAD ${HASHED + MESSAGE} MSTORE`,
  times(COMPRESSIONS, call(9, HASHED, BLAKE2F_INPUT, HASHED + STATE, 64)),
].join(" ");
const CALLS = 2 + COMPRESSIONS;
/** Of the calls, which are of warm addresses, and of the precompiles (EIP-2929, EIP-152; Yellow Paper, appendix E). */
const TURN_GAS = 100 * CALLS + (60 + (12 * HASHED) / 32) + (600 + (120 * HASHED) / 32) + COMPRESSIONS * ROUNDS;

/** The precompiles that hash. */
export const hashes: Workload = {
  name: "SHA-256, RIPEMD-160, BLAKE2F",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const drawn = Array.from({ length: HASHED / 32 }, (_, i) => drawnBytes(seed, "hashed", i));
    const message = Array.from({ length: 4 }, (_, i) => drawnBytes(seed, "message", i));
    const state = [drawnBytes(seed, "state", 0), drawnBytes(seed, "state", 1)];
    const data = concat(...drawn, Uint8Array.of(0, 0, 0, ROUNDS), ...state, ...message, new Uint8Array(17));
    const code = loop({
      setup: "CALLDATASIZE 0 0 CALLDATACOPY",
      body: TURN,
      after: `0 MLOAD 1 SSTORE ${HASHED + STATE} MLOAD 2 SSTORE`,
      reserve: 80_000,
    });
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code })]],
      transactions: [sender!.send({ to: contract, gasLimit: gas, data })],
      succeeds: true,
      check: async (after) => {
        await expectTally(after, contract, TURN_GAS / CALLS);
        const memory = data.slice();
        for (let calls = await after.storage(contract, 0n); calls > 0n; calls -= BigInt(CALLS)) turn(memory);
        const input = memory.subarray(HASHED);
        expectEqual("the last digest", await after.storage(contract, 1n), toBigInt(memory.subarray(0, 32)));
        expectEqual("BLAKE2F's state", await after.storage(contract, 2n), toBigInt(input.subarray(STATE, STATE + 32)));
      },
    };
  },
};

/** What TURN does to memory. */
function turn(memory: Uint8Array): void {
  const [hashed, input] = [memory.subarray(0, HASHED), memory.subarray(HASHED)];
  hashed.set(sha256(hashed));
  hashed.set(concat(new Uint8Array(12), ripemd160(hashed)));
  input.set(hashed.subarray(0, 32), MESSAGE);
  for (let i = 0; i < COMPRESSIONS; i++) {
    const after = blake2Run(blake2Start(input), input.slice(MESSAGE, MESSAGE + 128), 0, ROUNDS);
    input.set(blake2Finish(input.slice(STATE, MESSAGE), after), STATE);
  }
}
