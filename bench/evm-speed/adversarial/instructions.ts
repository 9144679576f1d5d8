import { OPCODES } from "@elench/spec/evm/opcodes";
import { times } from "../world/assembly.ts";
import { drawnBelow, drawnBytes, drawnWord } from "../world/seed.ts";
import type { Workload } from "../world/workload.ts";
import { attack } from "./attack.ts";

/** Instructions that work on the stack, and jumps. */

/** For another turn, of so many units, and for the end. */
const reserve = (count: number, unit: number): number => 30_000 + Math.ceil(1.1 * count * unit);

/** @param unit gas of the source */
const repeated = (name: string, source: string, unit: number, count: number, setup = ""): Workload =>
  attack(name, () => ({ unit, setup, body: `${times(count, source)} ${count} ADD`, reserve: reserve(count, unit) }));

/** Jumps from each of many places to another, in no order. @param unit gas of one. */
const scattered = (name: string, jump: (to: string) => string, unit: number): Workload =>
  attack(name, (seed) => {
    const places = Array.from({ length: 3_000 }, (_, i) => i);
    const rank = places.map((i) => Buffer.from(drawnBytes(seed, "place", i)).readUInt32BE());
    const order = places.toSorted((a, b) => rank[a]! - rank[b]!);
    const blocks = places.map((i) => `p${i}: ${jump(i + 1 < places.length ? `@p${i + 1}` : "@end")}`);
    const body = `@p0 JUMP ${order.map((i) => blocks[i]).join(" ")} end: ${places.length} ADD`;
    return { unit, body, reserve: reserve(places.length, unit) };
  });

/** Of a dozen values, in each of these ways; what the next instruction is, a processor cannot guess. */
const MIXTURE = [
  ...Array.from({ length: 11 }, (_, i) => `SWAP${i + 1}`),
  ...Array.from({ length: 12 }, (_, i) => `DUP${i + 1} XOR`),
  ...["ADD", "SUB", "MUL", "OR", "GT", "SLT", "EQ", "SAR", "BYTE"].map((name) => `DUP2 DUP2 ${name} XOR`),
  ...["NOT", "ISZERO", "0 MLOAD ADD", "DUP1 0 MSTORE", "PC ADD", "MSIZE XOR", "CALLER XOR"],
];
const GAS_OF = new Map(OPCODES.map(({ name, gas }) => [name, Number(gas)]));
const gasOf = (source: string): number =>
  source.split(" ").reduce((sum, token) => sum + (GAS_OF.get(token === "0" ? "PUSH0" : token) ?? 0), 0);

const mixed = attack("instructions at random", (seed) => {
  const sources = Array.from({ length: 7_000 }, (_, i) => MIXTURE[drawnBelow(MIXTURE.length, seed, "mixture", i)]!);
  const gas = gasOf(sources.join(" "));
  return {
    unit: 1,
    setup: Array.from({ length: 12 }, (_, i) => drawnWord(seed, "value", i)).join(" "),
    // The tally goes below the values, and back.
    body: `SWAP12 ${sources.join(" ")} SWAP12 ${gas} ADD`,
    reserve: reserve(gas, 1),
  };
});

/**
 * Each result is an operand of the next, so that none can be computed before the last.
 * @param d the other operand
 * @param step from a stack of d and x to d and the next x
 */
const chained = (name: string, d: bigint, step: string, unit: number, count = 500): Workload =>
  attack(name, (seed) => ({
    unit,
    setup: `${d} ${drawnWord(seed, "x") | (1n << 255n) | 1n}`,
    body: `SWAP2 SWAP1 ${times(count, step)} SWAP1 SWAP2 ${count} ADD`,
    reserve: reserve(count, unit),
  }));

/** Of four limbs of 64 bits. */
const LONG = 2n ** 255n - 19n;
/** Of two: a quotient by it has two limbs, and both must be estimated. */
const HALF = 2n ** 128n - 159n;
const quotient = (instruction: string): string => `DUP2 DUP2 ${instruction} XOR`;

export const instructions: readonly Workload[] = [
  repeated("JUMPDEST", "JUMPDEST", 1, 20_000),
  scattered("JUMP, all over the code", (to) => `${to} JUMP`, 12),
  scattered("JUMPI, all over the code", (to) => `1 ${to} JUMPI`, 17),
  repeated("JUMPI, not taken", "0 0 JUMPI", 14, 3_000),
  repeated("PUSH0, POP", "0 POP", 4, 10_000),
  repeated("PUSH32, POP", `${2n ** 256n - 1n} POP`, 5, 600),
  repeated("1,000 PUSH1, 1,000 POP", `${times(1_000, "1")} ${times(1_000, "POP")}`, 5_000, 7),
  repeated("DUP1, POP", "DUP1 POP", 5, 10_000),
  repeated("DUP16, POP", "DUP16 POP", 5, 10_000, times(16, "1")),
  repeated("SWAP1", "SWAP1", 3, 20_000, "1"),
  repeated("SWAP16", "SWAP16", 3, 20_000, times(17, "1")),
  mixed,
  repeated("GAS, MSIZE, PC, POP", "GAS MSIZE PC POP POP POP", 12, 3_000),
  chained("MUL", LONG, "DUP2 MUL", 8),
  chained("MULMOD, 255 bits", LONG, "DUP2 SWAP1 DUP1 MULMOD", 17),
  chained("MULMOD, 129 bits", 2n ** 128n + 51n, "DUP2 SWAP1 DUP1 MULMOD NOT", 20),
  chained("ADDMOD", LONG, "DUP2 SWAP1 DUP1 ADDMOD", 17),
  chained("DIV", HALF, quotient("DIV"), 14),
  chained("DIV, by 193 bits", 2n ** 192n + 133n, quotient("DIV"), 14),
  chained("SDIV", HALF, quotient("SDIV"), 14),
  chained("MOD", HALF, quotient("MOD"), 14),
  chained("SMOD", HALF, quotient("SMOD"), 14),
  chained("EXP, 256 bits", 2n ** 256n - 1n, "DUP2 SWAP1 EXP", 1_616, 30),
  chained("EXP, 8 bits", 255n, "DUP2 SWAP1 EXP", 66),
];
