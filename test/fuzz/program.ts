import { OP } from "@elench/spec/evm/opcodes";
import { INVALID } from "../../evm/machine/fixtures/programs.ts";
import { OPCODES } from "../../evm/machine/opcodes.ts";
import type { Random } from "../../evm/trie/fixtures/random.ts";
import { Assembler } from "./assembler.ts";
import { DIRECTORY_STORAGE } from "./models.ts";
import { randomPrecompileInput } from "./precompile-inputs.ts";
import {
  once,
  pick,
  pickWeighted,
  randomBytes,
  randomLength,
  randomOffset,
  randomWord,
  type Weighted,
  WORD,
} from "./values.ts";

/** Random programs: instructions with operands that make sense, most of the time, and every way in which they may fail. */

/** What programs may name. */
export interface Surroundings {
  /** Addresses to look at, call, and give to. */
  readonly targets: readonly bigint[];
}

interface Writer {
  readonly random: Random;
  readonly code: Assembler;
  readonly surroundings: Surroundings;
  /** How many creations may still be nested in this program. */
  readonly nesting: number;
  /** The stack is to be left as it was: a loop counts on it. */
  readonly balanced: boolean;
}

type Fragment = (writer: Writer) => void;

/** Few enough to meet again; in the directory, the last ones are models. */
const SLOTS = [0n, 0n, 1n, 1n, 2n, 2n, 3n, 3n, WORD - 1n, ...DIRECTORY_STORAGE.map(([slot]) => slot)];
const randomValue = (random: Random): bigint => (once(random, 5) ? randomWord(random) : BigInt(random(4)));
const randomGas = (random: Random): bigint =>
  pick(random, [
    0n,
    1n,
    700n,
    2300n + BigInt(random(10)),
    BigInt(random(5000)),
    BigInt(random(60_000)),
    60_000n,
    200_000n,
    2n ** 64n,
  ]);

const target = ({ random, surroundings }: Writer): bigint => {
  const address = pick(random, surroundings.targets);
  // What is above the 160 bits does not count.
  return once(random, 15) ? address + (BigInt(1 + random(255)) << 160n) : address;
};

// What becomes of a result

const keep: Fragment = ({ random, code, balanced }) => {
  const kind = random(balanced ? 7 : 8);
  if (kind < 3) code.op(OP.POP);
  else if (kind < 5) code.apply(OP.SSTORE, pick(random, SLOTS));
  else if (kind === 5) code.apply(OP.MSTORE, 32 * random(8));
  else if (kind === 6) code.apply(OP.TSTORE, pick(random, SLOTS));
};

// Arithmetic and the stack

const COMPUTING = [...Array(0x0c).keys(), ...Array.from({ length: 14 }, (_, i) => 0x10 + i)].filter((op) => op > 0);

const arithmetic: Fragment = (writer) => {
  const { random, code } = writer;
  const op = pick(random, COMPUTING);
  const { takes } = OPCODES[op] as { takes: number };
  const operands = Array.from({ length: takes }, () => randomWord(random));
  // Where a comparison is of equal numbers, or a shift within bounds.
  if (once(random, 5)) operands[1] = operands[0] as bigint;
  if (once(random, 5)) operands[0] = BigInt(random(260));
  code.apply(op, ...operands);
  keep(writer);
};

const shuffle: Fragment = ({ random, code, balanced }) => {
  const duplicates = once(random, 2);
  const n = 1 + random(16);
  const depth = (duplicates ? n : n + 1) - (once(random, 60) ? 1 : 0);
  for (let i = 0; i < depth; i++) code.push(random(100));
  code.op((duplicates ? OP.DUP1 : OP.SWAP1) + n - 1);
  const left = depth + (duplicates ? 1 : 0);
  for (let i = balanced || !once(random, 4) ? left : random(left); i > 0; i--) code.op(OP.POP);
};

/** What gives a word for nothing. */
const GIVING = [...OPCODES.keys()].filter(
  (op) => op >= OP.ADDRESS && op < OP.PUSH0 && OPCODES[op]?.takes === 0 && op !== OP.JUMPDEST,
);

const context: Fragment = (writer) => {
  const { random, code } = writer;
  const kind = random(6);
  if (kind === 0) code.apply(OP.BLOBHASH, randomWord(random));
  else if (kind === 1) {
    code.push(pick(random, [0, 1, 2, 3, 255, 256, 257]));
    code.op(OP.NUMBER, OP.SUB);
    if (once(random, 5)) code.apply(OP.BLOCKHASH, randomWord(random));
    else code.op(OP.BLOCKHASH);
  } else if (kind === 2) code.apply(OP.CALLDATALOAD, randomOffset(random));
  else code.op(pick(random, GIVING));
  keep(writer);
};

const looking: Fragment = (writer) => {
  const { random, code } = writer;
  const op = pick(random, [OP.BALANCE, OP.EXTCODESIZE, OP.EXTCODEHASH, OP.EXTCODECOPY]);
  if (op === OP.EXTCODECOPY)
    code.apply(op, target(writer), randomOffset(random), randomOffset(random), randomLength(random));
  else {
    code.apply(op, target(writer));
    keep(writer);
  }
};

// Memory

const touching: Fragment = (writer) => {
  const { random, code } = writer;
  const kind = random(3);
  if (kind === 0) {
    code.apply(OP.MLOAD, randomOffset(random));
    keep(writer);
  } else code.apply(kind === 1 ? OP.MSTORE : OP.MSTORE8, randomOffset(random), randomWord(random));
};

const copying: Fragment = ({ random, code }) => {
  const op = pick(random, [OP.CALLDATACOPY, OP.CODECOPY, OP.MCOPY, OP.MCOPY, OP.RETURNDATACOPY]);
  if (op === OP.RETURNDATACOPY && !once(random, 30)) {
    // As much as there is, or too much.
    code.op(OP.RETURNDATASIZE);
    code.push(once(random, 15) ? 1 + random(3) : 0);
    code.push(randomOffset(random));
    code.op(op);
  } else code.apply(op, randomOffset(random), randomOffset(random), randomLength(random));
};

/** Memory onto itself, in more than one piece: what the second piece reads, the first one writes. */
const overlapping: Fragment = (writer) => {
  const { random, code } = writer;
  const [low, shift] = [random(40), 1 + random(64)];
  const upwards = !once(random, 3);
  for (const at of [0, 2048, 2048 + shift]) code.apply(OP.MSTORE, low + at, randomWord(random));
  code.apply(OP.MCOPY, upwards ? low + shift : low, upwards ? low : low + shift, 2049 + random(2100));
  code.apply(OP.KECCAK256, low, 4500);
  keep(writer);
};

const hashing: Fragment = (writer) => {
  const { random, code } = writer;
  code.apply(OP.KECCAK256, randomOffset(random), randomLength(random));
  keep(writer);
};

const logging: Fragment = ({ random, code }) => {
  const topics = random(5);
  const words = Array.from({ length: topics }, () => randomWord(random));
  code.apply(OP.LOG0 + topics, randomOffset(random), randomLength(random), ...words);
};

// Storage

const storing: Fragment = (writer) => {
  const { random, code } = writer;
  const kind = random(10);
  const slot = pick(random, SLOTS);
  if (kind < 5) code.apply(OP.SSTORE, slot, randomValue(random));
  else if (kind < 7) code.apply(OP.SLOAD, slot);
  else if (kind === 7) code.apply(OP.TSTORE, slot, randomValue(random));
  else if (kind === 8) code.apply(OP.TLOAD, slot);
  // A slot's value moves to another.
  else {
    code.apply(OP.SLOAD, slot);
    code.apply(OP.SSTORE, pick(random, SLOTS));
  }
  if (kind === 5 || kind === 6 || kind === 8) keep(writer);
};

// Jumps

const skipping: Fragment = (writer) => {
  const { random, code } = writer;
  const label = code.label();
  const conditional = once(random, 2);
  if (conditional) code.push(random(3) === 0 ? 0 : randomWord(random));
  code.pushLabel(label);
  code.op(conditional ? OP.JUMPI : OP.JUMP);
  if (once(random, 3)) code.op(...randomBytes(random, random(4)));
  else fragments(writer, random(2));
  // What was skipped may end within the data of a PUSH, which hides the destination.
  if (once(random, 40)) code.op(OP.PUSH1 + random(32));
  code.place(label);
  if (!once(random, 60)) code.op(OP.JUMPDEST);
};

const looping: Fragment = (writer) => {
  const { random, code } = writer;
  code.push(1 + random(once(random, 10) ? 200 : 5));
  const label = code.label();
  code.place(label);
  code.op(OP.JUMPDEST);
  fragments({ ...writer, nesting: 0, balanced: true }, random(3));
  code.push(1);
  code.op(OP.SWAP1, OP.SUB, OP.DUP1);
  code.pushLabel(label);
  code.op(OP.JUMPI, OP.POP);
};

/** To a 0x5b that is data, or to anywhere. */
const falling: Fragment = ({ random, code }) => {
  const hidden = code.label();
  const conditional = once(random, 2);
  if (conditional) code.push(random(2));
  if (once(random, 3)) code.push(randomOffset(random));
  else code.pushLabel(hidden);
  code.op(conditional ? OP.JUMPI : OP.JUMP, OP.PUSH1 + 1, 0);
  code.place(hidden);
  code.op(OP.JUMPDEST, OP.POP);
};

// Calls

function callWith(writer: Writer, to: bigint, input: readonly [bigint, bigint]): void {
  const { random, code } = writer;
  const op = pick(random, [OP.CALL, OP.CALL, OP.CALLCODE, OP.DELEGATECALL, OP.STATICCALL, OP.STATICCALL]);
  for (const argument of [randomLength(random), randomOffset(random), input[1], input[0]]) code.push(argument);
  if (op === OP.CALL || op === OP.CALLCODE) {
    // All that there is, now and then.
    if (once(random, 12)) code.op(OP.SELFBALANCE);
    else code.push(random(3) > 0 ? 0 : random(400));
  }
  code.push(to);
  code.push(randomGas(random));
  code.op(op);
  keep(writer);
  if (once(random, 3)) {
    code.op(OP.RETURNDATASIZE);
    keep(writer);
  }
}

const calling: Fragment = (writer) => {
  const { random } = writer;
  callWith(writer, target(writer), [randomOffset(random), randomLength(random)]);
};

const precompiling: Fragment = (writer) => {
  const { random, code } = writer;
  const { address, data } = randomPrecompileInput(random);
  const offset = BigInt(random(3) * 33);
  code.push(data.length);
  code.pushLabel(code.embed(data));
  code.push(offset);
  code.op(OP.CODECOPY);
  callWith(writer, address, [offset, BigInt(data.length)]);
};

// Creations

const creating: Fragment = (writer) => {
  const { random, code, nesting } = writer;
  if (nesting === 0) return;
  const initcode = randomInitcode(random, writer.surroundings, nesting - 1);
  const at = BigInt(random(2) * 32);
  code.push(initcode.length);
  code.pushLabel(code.embed(initcode));
  code.push(at);
  code.op(OP.CODECOPY);
  const value = random(3) > 0 ? 0n : BigInt(random(200));
  const length = once(random, 60) ? pick(random, [0, 49_152, 49_153]) : initcode.length;
  const create = (): void => {
    if (salted) code.apply(OP.CREATE2, value, at, length, salt);
    else code.apply(OP.CREATE, value, at, length);
  };
  const [salted, salt] = [once(random, 2), random(2)];
  create();
  if (once(random, 4)) {
    // Call what was just made; then make it once more.
    for (const argument of [0, 0, 0, 0, random(2)]) code.push(argument);
    code.op(OP.DUP1 + 5);
    code.push(randomGas(random));
    code.op(OP.CALL, OP.POP);
    if (once(random, 2)) {
      keep(writer);
      create();
    }
  }
  keep(writer);
};

const destroying: Fragment = (writer) => {
  const { random, code } = writer;
  if (once(random, 4)) code.op(OP.ADDRESS, OP.SELFDESTRUCT);
  // To somebody who was never there, now and then.
  else code.apply(OP.SELFDESTRUCT, once(random, 4) ? 0xdead00 + random(200) : target(writer));
};

const junk: Fragment = ({ random, code }) => code.op(...randomBytes(random, 1 + random(5)));

const PARTS: Weighted<Fragment> = [
  [120, arithmetic],
  [120, shuffle],
  [150, context],
  [50, looking],
  [70, touching],
  [60, copying],
  [30, hashing],
  [12, overlapping],
  [30, logging],
  [140, storing],
  [50, skipping],
  [25, looping],
  [3, falling],
  [110, calling],
  [60, precompiling],
  [60, creating],
  [8, destroying],
  [2, junk],
];

function fragments(writer: Writer, count: number): void {
  for (let i = 0; i < count; i++) pickWeighted(writer.random, PARTS)(writer);
}

const ENDS: Weighted<Fragment> = [
  [4, ({ code }) => code.op(OP.STOP)],
  [6, ({ random, code }) => code.apply(OP.RETURN, randomOffset(random), randomLength(random))],
  [3, ({ random, code }) => code.apply(OP.REVERT, randomOffset(random), randomLength(random))],
  [4, destroying],
  [1, ({ code }) => code.op(INVALID)],
  // It runs into whatever is embedded, or off the end.
  [1, () => undefined],
  [1, ({ random, code }) => code.op(OP.PUSH1 + random(32))],
];

export function randomProgram(random: Random, surroundings: Surroundings, nesting = 2): Uint8Array {
  const code = new Assembler();
  const writer = { random, code, surroundings, nesting, balanced: false };
  fragments(writer, nesting === 2 ? 4 + random(20) : random(6));
  pickWeighted(random, ENDS)(writer);
  return code.assemble();
}

/** Code that makes code, most of the time. */
export function randomInitcode(random: Random, surroundings: Surroundings, nesting = 1): Uint8Array {
  const code = new Assembler();
  const writer = { random, code, surroundings, nesting, balanced: false };
  fragments(writer, random(4));
  const kind = random(12);
  if (kind === 0) pickWeighted(random, ENDS)(writer);
  else if (kind === 1) code.apply(OP.RETURN, 0, pick(random, [1, 200, 24_576, 24_577]));
  else if (kind === 2) {
    code.apply(0x53, 0, pick(random, [0xef, 0xfe, 0xee]));
    code.apply(OP.RETURN, 0, 1 + random(3));
  } else {
    const runtime = kind === 3 ? new Uint8Array(0) : randomProgram(random, surroundings, Math.max(nesting - 1, 0));
    code.push(runtime.length);
    code.pushLabel(code.embed(runtime));
    code.push(0);
    code.op(OP.CODECOPY);
    code.apply(OP.RETURN, 0, runtime.length);
  }
  return code.assemble();
}
