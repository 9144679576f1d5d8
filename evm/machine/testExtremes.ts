import { concatBytes, hexToBytes } from "@ethereumjs/util";
import { type Hash, keccak256 } from "../../merkle/tree.ts";
import { PRECOMPILE_L1_LIMIT } from "../native/precompile-bounds.ts";
import { EMPTY_TRIE_ROOT } from "../trie/node.ts";
import { NodeStore } from "../trie/store.ts";
import { encodeAccount } from "./account.ts";
import { Bytes } from "./bytes.ts";
import { Code } from "./code.ts";
import { type Account, accountWords, EMPTY_CODE_HASH, FLAG, PHASE, type Tx, viewOf, viewOfBytes } from "./layout.ts";
import { addressKey, LoadTask, type Machine } from "./machine.ts";
import { OutcomeTask } from "./outcome.ts";
import { BuildTask, copyToMemory, hashView } from "./phases/bulk.ts";
import { PrecompileTask } from "./phases/precompile-task.ts";
import { put } from "./sparse.ts";
import { machineIn, worldOf } from "./testState.ts";
import { wordBytes } from "./words.ts";

/** The dearest steps that the machine can be brought to, for tests and benches: none of them is rare to whoever pays for it. */

interface Extreme {
  readonly name: string;
  /** The machine before the steps that it is about, which are all of one phase. */
  readonly machine: () => Machine;
  /** The number of the dearest of them, from 1. */
  readonly dearest: number;
}

/** No zeros, which are cheap in calldata. */
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 1 + ((i * 37) % 255));
const GAS = 2n ** 27n;
const JUMPDEST = 0x5b;
/** A code is dearest to load where each byte is an instruction: the contract goes from one to the next. */
const instructions = (length: number): Uint8Array => new Uint8Array(length).fill(JUMPDEST);
const code = instructions(24_576);
const world = worldOf(new Map([[0xc0den, { code }]]));

/** A view that neither begins nor ends with a leaf of its tree, which is as deep as gas can make memory. */
function within(content: Uint8Array) {
  const tree = new Bytes();
  tree.grow(2 ** 23);
  tree.write(1_234_567, content);
  return viewOf(tree, 1_234_567, content.length);
}

const calling = (address: bigint, data: Uint8Array): Machine =>
  machineIn({
    world,
    phase: PHASE.precompile,
    task: new PrecompileTask(address),
    gas: GAS,
    frame: { data: within(data) },
  });

/** Generators of both groups of alt_bn128. */
export const PAIR = hexToBytes(
  `0x${[
    "0000000000000000000000000000000000000000000000000000000000000001",
    "0000000000000000000000000000000000000000000000000000000000000002",
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
  ].join("")}`,
);
/** As many as L1 takes. */
export const MOST_PAIRS = Number((PRECOMPILE_L1_LIMIT - 45_000n) / 34_000n);

/** Inputs of the dearest exponentiations, by what they are. */
export const EXPONENTIATIONS: readonly (readonly [name: string, input: Uint8Array])[] = (
  [
    ["1,024 bytes, exponent of 15", 1_024, bytes(15)],
    [
      "1,024 bytes, exponent with a head of zeros",
      1_024,
      concatBytes(new Uint8Array(31), Uint8Array.of(1), new Uint8Array(7)),
    ],
    ["32 bytes, exponent of 1,024", 32, bytes(1_024)],
    ["264 bytes, exponent of 128", 264, concatBytes(Uint8Array.of(0xff), bytes(127))],
  ] as const
).map(([name, length, exponent]) => {
  const lengths = [length, exponent.length, length].map((n) => wordBytes(n));
  return [name, concatBytes(...lengths, bytes(length), exponent, bytes(length))];
});

function hashing(length: number): Machine {
  const m = machineIn({ world, gas: GAS });
  hashView(m, PHASE.execute, 0n, within(bytes(length)));
  return m;
}

function building(): Machine {
  const m = machineIn({ world, phase: PHASE.build, task: new BuildTask(within(instructions(49_152))) });
  m.code = new Code(instructions(49_152), 0);
  return m;
}

function copying(): Machine {
  const m = machineIn({ world });
  m.memory.grow(2 ** 23);
  m.memory.write(0, bytes(2 ** 20));
  copyToMemory(m, viewOfBytes(bytes(5_000)), 1n, 777n, 4_999n);
  return m;
}

/** Nibbles that somebody's address can share with others' after 2^80 hashes: nobody has made a deeper trie. */
const DEPTH = 20;

/** A trie whose branches are all full on the way to a key, which has one neighbour in the lowest. */
function deepTrie(key: Hash, value: Uint8Array): { root: Hash; store: NodeStore } {
  const store = new NodeStore();
  let root: Hash = store.update(EMPTY_TRIE_ROOT, key, value);
  for (let depth = 0; depth <= DEPTH; depth++) {
    // The lowest branch has two children: one deletion, and it is none.
    const own = nibble(key, depth);
    const others = depth < DEPTH ? Array.from({ length: 15 }, (_, i) => (own + 1 + i) % 16) : [(own + 1) % 16];
    for (const other of others) root = store.update(root, withNibble(key, depth, other), value);
  }
  return { root, store };
}

const nibble = (key: Hash, at: number): number => ((key[at >> 1] as number) >> (at % 2 === 0 ? 4 : 0)) & 15;

function withNibble(key: Hash, at: number, value: number): Hash {
  const changed = key.slice();
  const byte = changed[at >> 1] as number;
  changed[at >> 1] = at % 2 === 0 ? (value << 4) | (byte & 15) : (byte & 0xf0) | value;
  return changed;
}

/** An account in the journal. */
const recordOf = (balance: bigint, flags: number): Account => ({
  nonce: 1n,
  balance,
  codeHash: EMPTY_CODE_HASH,
  storage: EMPTY_TRIE_ROOT,
  slots: null,
  transient: null,
  flags,
});

const DEEP = 0xdeeb0n;

function machineInDeepWorld(phase: typeof PHASE.flush | typeof PHASE.loadAccount, flags: number): Machine {
  const key = addressKey(DEEP);
  const account = recordOf(10n ** 26n, flags);
  const { root, store } = deepTrie(key, encodeAccount(account));
  const outside = { ...world.outside, node: store.source };
  const isFlush = phase === PHASE.flush;
  const task = isFlush ? new OutcomeTask(0, 21_000n) : new LoadTask(PHASE.execute, null, [DEEP]);
  const m = machineIn({ world: { root, outside }, phase, task });
  if (isFlush) m.journal = put(m.journal, key, account, accountWords);
  return m;
}

/** An instruction with much on the tape: a code of the largest size, a deep stack, and a journal of many accounts. */
function instruction(body: Uint8Array, stack: readonly bigint[]): Machine {
  const whole = bytes(24_576);
  whole.set(body, 12_800);
  const m = machineIn({ world, code: whole, stack, gas: GAS });
  m.pc = 12_800;
  const account = recordOf(10n ** 20n, FLAG.warm);
  for (let address = 1n; address <= 4_096n; address++)
    m.journal = put(m.journal, addressKey(address), account, accountWords);
  for (const address of [m.frame?.address ?? 0n, (m.tx as Tx).origin, (m.tx as Tx).block.coinbase, 0xbeefn])
    m.journal = put(m.journal, addressKey(address), account, accountWords);
  return m;
}

const WIDE = 2n ** 256n - 3n;
const wide = (count: number): bigint[] => Array.from({ length: count }, (_, i) => WIDE - BigInt(i));

const NAMED: readonly (readonly [name: string, machine: () => Machine, dearest?: number])[] = [
  [
    `pairing check of ${MOST_PAIRS} pairs`,
    () => calling(8n, concatBytes(...new Array<Uint8Array>(MOST_PAIRS).fill(PAIR))),
  ],
  ...EXPONENTIATIONS.map(([name, input]) => [`MODEXP of ${name}`, () => calling(5n, input)] as const),
  ["SHA-256, a piece", () => calling(2n, bytes(15_000)), 3],
  ["RIPEMD-160, a piece", () => calling(3n, bytes(15_000)), 3],
  [
    "BLAKE2F, a piece of many rounds",
    () => calling(9n, concatBytes(Uint8Array.of(0, 0, 15, 0), bytes(208), Uint8Array.of(1))),
    2,
  ],
  ["HASH of 8,192 bytes at once", () => hashing(8_192)],
  ["HASH, a piece of 4,352 bytes", () => hashing(20_000), 3],
  [
    "LOAD_CODE of 24,576 bytes",
    () => machineIn({ world, phase: PHASE.loadCode, task: new LoadTask(PHASE.enter, null, [keccak256(code)]) }),
  ],
  ["BUILD, a piece of 4,096 bytes", building, 3],
  ["COPY, a piece of 2,048 bytes", copying, 2],
  [
    `FLUSH of a destroyed account, ${DEPTH} branches deep, the lowest collapsing`,
    () => machineInDeepWorld(PHASE.flush, FLAG.destroyed),
  ],
  [`FLUSH of an account, ${DEPTH} branches deep`, () => machineInDeepWorld(PHASE.flush, FLAG.touched)],
  [`LOAD_ACCOUNT, ${DEPTH} branches deep`, () => machineInDeepWorld(PHASE.loadAccount, 0)],
  ["SWAP16", () => instruction(Uint8Array.of(0x9f), wide(20))],
  ["DUP16", () => instruction(Uint8Array.of(0x8f), wide(20))],
  [
    "CALL with value, 4,096 accounts in the journal",
    () => instruction(Uint8Array.of(0xf1), [0n, 0n, 0n, 0n, 1n, 0xbeefn, 50_000n]),
  ],
  ["SELFDESTRUCT, 4,096 accounts in the journal", () => instruction(Uint8Array.of(0xff), [0xbeefn])],
  ["EXP of 256 bits", () => instruction(Uint8Array.of(0x0a), [WIDE, WIDE])],
];

export const EXTREMES: readonly Extreme[] = NAMED.map(([name, machine, dearest = 1]) => ({ name, machine, dearest }));
