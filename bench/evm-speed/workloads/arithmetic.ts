import { concat } from "@elench/bytes/concat";
import { wordBytes } from "@elench/bytes/words";
import { accountOf } from "@elench/evm/reference/state";
import { expectTally, loop } from "../world/loop.ts";
import { drawnAddress, drawnWord } from "../world/seed.ts";
import { sendersOf } from "../world/sender.ts";
import { expectEqual, type Workload } from "../world/workload.ts";

/** On a stack of x, y and the tally: the next of each. `turn` says what they are. */
const TURN = `
  DUP2 1 OR
  DUP1 DUP4 DUP6 MULMOD
  DUP2 DUP5 DUP7 ADDMOD
  MUL DUP5 ADD
  DUP2 DUP2 DIV
  DUP3 DUP3 MOD
  SDIV
  DUP3 DUP3 SMOD
  11 DUP2 EXP
  XOR ADD
  DUP1 7 SHR XOR
  DUP1 25 SHL ADD
  SWAP4 POP SWAP4 POP POP
  1 ADD`;
/** Of these instructions (Yellow Paper, appendix G). */
const TURN_GAS = 206;

const unsigned = (value: bigint): bigint => BigInt.asUintN(256, value);
const signed = (value: bigint): bigint => BigInt.asIntN(256, value);

function turn(x: bigint, y: bigint): [bigint, bigint] {
  const m = y | 1n;
  const a = unsigned(((x * y) % m) * ((x + y) % m) + x);
  const [quotient, remainder] = [a / m, a % m];
  const ratio = quotient === 0n ? 0n : unsigned(signed(remainder) / signed(quotient));
  const rest = unsigned(signed(a) % signed(m));
  const mixed = unsigned((unsigned(rest ** 11n) ^ rest) + ratio);
  const folded = mixed ^ (mixed >> 7n);
  return [a, unsigned(folded + (folded << 25n))];
}

/** All of the instructions for integers, on 256 bits. */
export const arithmetic: Workload = {
  name: "256-bit arithmetic",
  make(seed, gas) {
    const contract = drawnAddress(seed, "contract");
    const [sender] = sendersOf(seed, 1);
    const [x, y] = [drawnWord(seed, "x"), drawnWord(seed, "y")];
    const code = loop({
      setup: "0 CALLDATALOAD 32 CALLDATALOAD",
      body: TURN,
      after: "SWAP2 1 SSTORE 2 SSTORE",
      reserve: 80_000,
    });
    return {
      accounts: [sender!.account, [contract, accountOf({ nonce: 1n, code })]],
      transactions: [sender!.send({ to: contract, gasLimit: gas, data: concat(wordBytes(x), wordBytes(y)) })],
      succeeds: true,
      check: async (after) => {
        await expectTally(after, contract, TURN_GAS);
        let state: [bigint, bigint] = [x, y];
        for (let turns = await after.storage(contract, 0n); turns > 0n; turns--) state = turn(...state);
        expectEqual("the last x", await after.storage(contract, 1n), state[0]);
        expectEqual("the last y", await after.storage(contract, 2n), state[1]);
      },
    };
  },
};
