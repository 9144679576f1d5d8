import { concat } from "@elench/bytes/concat";
import { accountOf } from "@elench/evm/reference/state";
import { LIMIT } from "@elench/spec/evm/limits";
import { OP } from "@elench/spec/evm/opcodes";
import { assemble, times } from "../world/assembly.ts";
import { drawnAddress, drawnBytes } from "../world/seed.ts";
import type { Workload } from "../world/workload.ts";
import { attack } from "./attack.ts";

/** Calls within calls, and creations. */

/** A contract that calls itself, as deep as the gas allows, and returns how deep that was. */
const recursion = (name: string, before: string, unit: number): Workload =>
  attack(name, (seed) => {
    const callee = drawnAddress(seed, "callee");
    const code = assemble(`
      ${before}
      32 0 0 0 0 ADDRESS GAS CALL POP
      0 MLOAD 1 ADD 0 MSTORE 32 0 RETURN`);
    return {
      unit,
      body: `32 0 0 0 0 ${callee} GAS CALL POP 0 MLOAD ADD`,
      accounts: [[callee, accountOf({ nonce: 1n, code })]],
      reserve: 600_000,
    };
  });

const INITCODE_BYTES = LIMIT.INITCODE_BYTES;
/** Initcode of the largest size that stops at once, and differs from the last in a word. */
const LARGE_INITCODE_GAS = 32_000 + (2 * INITCODE_BYTES) / 32;

/** @param filler of the code behind its first byte, of which memory is filled */
function creations(name: string, create: string, unit: number, filler: (seed: string) => Uint8Array): Workload {
  return attack(name, (seed) => {
    const tail = filler(seed);
    tail[0] = OP.STOP;
    const places = Array.from({ length: Math.ceil(INITCODE_BYTES / tail.length) }, (_, i) => i * tail.length);
    return {
      unit,
      tail,
      setup: places
        .toReversed()
        .map((to) => `${Math.min(tail.length, INITCODE_BYTES - to)} ${tail.length} CODESIZE SUB ${to} CODECOPY`)
        .join(" "),
      body: `DUP1 1 MSTORE ${create} ISZERO ISZERO ADD`,
      reserve: 130_000,
    };
  });
}

const TAIL_BYTES = 16_384;
const jumpdests = (): Uint8Array => new Uint8Array(TAIL_BYTES).fill(OP.JUMPDEST);
const random = (seed: string): Uint8Array =>
  concat(...Array.from({ length: TAIL_BYTES / 32 }, (_, i) => drawnBytes(seed, "tail", i)));
const CREATE = `${INITCODE_BYTES} 0 0 CREATE`;
const CREATE2 = `0 ${INITCODE_BYTES} 0 0 CREATE2`;

export const frameAttacks: readonly Workload[] = [
  recursion("CALL, as deep as the gas allows", "", 100),
  recursion("CALL, as deep as the gas allows, with 8 kB of memory each", "1 8160 MSTORE", 950),
  creations("CREATE, 48 kB of JUMPDESTs", CREATE, LARGE_INITCODE_GAS, jumpdests),
  creations("CREATE, 48 kB of random bytes", CREATE, LARGE_INITCODE_GAS, random),
  creations("CREATE2, 48 kB of random bytes", CREATE2, LARGE_INITCODE_GAS + (6 * INITCODE_BYTES) / 32, random),
  attack("CREATE of an empty account", () => ({
    unit: 32_000,
    body: times(4, "0 0 0 CREATE ISZERO ISZERO ADD"),
    reserve: 200_000,
  })),
  attack("SELFDESTRUCT in creation", () => ({
    unit: 37_000,
    // ADDRESS SELFDESTRUCT
    setup: "0x30ff 240 SHL 0 MSTORE",
    body: times(4, "2 0 0 CREATE ISZERO ISZERO ADD"),
    reserve: 220_000,
    absent: true,
  })),
];
