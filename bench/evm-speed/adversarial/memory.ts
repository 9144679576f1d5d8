import { toHex } from "@elench/bytes/hex";
import { accountOf } from "@elench/evm/reference/state";
import { assemble, times } from "../world/assembly.ts";
import { drawnAddress, drawnBytes } from "../world/seed.ts";
import type { Workload } from "../world/workload.ts";
import { attack } from "./attack.ts";

/** Instructions that work on memory, and memory itself. */

const words = (bytes: number): number => Math.ceil(bytes / 32);
/** Memory of so many bytes, at least 32, whose first are of the seed. */
const memory = (seed: string, bytes: number): string =>
  `${toHex(drawnBytes(seed, "memory"))} 0 MSTORE 1 ${32 * words(bytes) - 32} MSTORE`;
/** Of one turn of a loop, about. */
const TURN_GAS = 50_000;

/**
 * @param source leaves the stack as it was
 * @param price gas of it
 * @param bytes of memory that are needed
 */
const repeated = (name: string, source: string, price: number, bytes: number, setup = ""): Workload => {
  const count = Math.min(400, Math.ceil(TURN_GAS / price));
  return attack(name, (seed) => ({
    unit: price,
    setup: `${memory(seed, Math.max(64, bytes))} ${setup}`,
    body: `${times(count, source)} ${count} ADD`,
    reserve: 40_000 + Math.ceil(1.1 * count * price),
  }));
};

const sized = (name: string, bytes: number): string => `${name} of ${bytes.toLocaleString("en")} bytes`;
const keccak = (bytes: number): Workload =>
  repeated(sized("KECCAK256", bytes), `${bytes} 0 KECCAK256 POP`, 36 + 6 * words(bytes), bytes);
const log = (topics: number, bytes: number): Workload =>
  repeated(
    sized(`LOG${topics}`, bytes),
    `${times(topics, "GAS")} ${bytes} 0 LOG${topics}`,
    375 * (1 + topics) + 8 * bytes,
    bytes,
  );
/** @param source of the copy, whose operands it pushes */
const copy = (name: string, bytes: number, source: string, setup = "", needed = 2 * bytes): Workload =>
  repeated(sized(name, bytes), source, 11 + 3 * words(bytes), needed, setup);

const [SMALL, LARGE] = [32_768, 262_144];
/** Bytes of code that CODECOPY copies: from its beginning, whatever is there. */
const CODE = 20_000;

/** The most memory that so much gas pays for, in bytes (Yellow Paper, appendix H.1). */
const mostMemory = (gas: number): number => 32 * Math.floor(256 * (Math.sqrt(9 + gas / 128) - 3));

/** Memory of one frame, as large as the gas allows. */
const expansion = attack("memory, as large as the gas allows", (_, gas) => {
  const bytes = mostMemory(gas - 200_000);
  // One turn: there is no gas for another.
  return { unit: gas - 200_000, setup: "", body: `1 ${bytes - 32} MSTORE 1 ADD`, reserve: gas };
});

/** Memory of many frames, one after the other. */
const frames = (bytes: number): Workload =>
  attack(sized("calls with memory", bytes), (seed) => {
    const callee = drawnAddress(seed, "callee");
    const code = assemble(`1 ${bytes - 32} MSTORE STOP`);
    const price = 100 + 3 * words(bytes) + Math.floor(words(bytes) ** 2 / 512);
    return {
      unit: price,
      body: times(2, `0 0 0 0 0 ${callee} GAS CALL ADD`),
      accounts: [[callee, accountOf({ nonce: 1n, code })]],
      reserve: 60_000 + 3 * price,
    };
  });

export const memoryAttacks: readonly Workload[] = [
  ...[0, 32, 136, 1_024, 131_072].map(keccak),
  copy("MCOPY", SMALL, `${SMALL} 1 0 MCOPY`),
  copy("MCOPY", LARGE, `${LARGE} 0 33 MCOPY`),
  copy("MCOPY", 32, "32 1 0 MCOPY"),
  copy("CALLDATACOPY, from beyond its end,", LARGE, `${LARGE} 0 0 CALLDATACOPY`),
  copy("CODECOPY", CODE, `${CODE} 0 1 CODECOPY`),
  copy("RETURNDATACOPY", SMALL, `${SMALL} 0 1 RETURNDATACOPY`, `0 0 ${SMALL} 0 4 GAS STATICCALL POP`),
  repeated("MSTORE, MLOAD", "0 MLOAD 1 MSTORE", 11, 64),
  log(0, 0),
  log(4, 0),
  log(0, SMALL),
  expansion,
  frames(16_384),
  frames(131_072),
];
