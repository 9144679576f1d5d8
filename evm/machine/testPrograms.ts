import { createBlock } from "@ethereumjs/block";
import type { InterpreterStep } from "@ethereumjs/evm";
import { createFeeMarket1559Tx, createTxFromRLP } from "@ethereumjs/tx";
import { createAddressFromPrivateKey, createAddressFromString } from "@ethereumjs/util";
import { runTx } from "@ethereumjs/vm";
import { concat } from "../../merkle/concat.ts";
import { NO_HISTORY } from "../batch/history.ts";
import { outsideOf } from "../native/outside.ts";
import { type AccountState, createState, type NativeState, type PreState, putAccounts } from "../native/state.ts";
import { createNativeVm, nativeCommon } from "../native/vm.ts";
import { type Random, seededRandom } from "../trie/random.ts";
import { type Each, stepTransaction } from "./run.ts";
import { wordBytes } from "./words.ts";

/** Random transactions among a few contracts that call, create and destroy one another: run natively, and step by step. */

/** Instructions, but for PUSH. */
export const OP = {
  stop: 0x00,
  add: 0x01,
  isZero: 0x15,
  balance: 0x31,
  callDataCopy: 0x37,
  returnDataSize: 0x3d,
  returnDataCopy: 0x3e,
  extCodeHash: 0x3f,
  pop: 0x50,
  mload: 0x51,
  mstore: 0x52,
  sload: 0x54,
  sstore: 0x55,
  gas: 0x5a,
  tload: 0x5c,
  tstore: 0x5d,
  log1: 0xa1,
  create: 0xf0,
  call: 0xf1,
  callCode: 0xf2,
  return: 0xf3,
  delegateCall: 0xf4,
  create2: 0xf5,
  staticCall: 0xfa,
  revert: 0xfd,
  invalid: 0xfe,
  selfDestruct: 0xff,
} as const;

const CONTRACTS = [0xc001n, 0xc002n, 0xc003n, 0xc004n];
/** It has no code. */
const PLAIN = 0xe0an;
/** Reverts with what it is given. */
const MIRROR = 0xbacn;
/** Contracts, an account without code, two that are not there, and precompiles. */
const TARGETS = [...CONTRACTS, ...CONTRACTS, MIRROR, PLAIN, 0xdeadn, 0xdeaen, 1n, 2n, 3n, 4n, 9n];

const CHAIN_ID = 1n;
const KEY = new Uint8Array(32).fill(7);
const COINBASE = 0xc0ffeen;
const BASE_FEE = 7n;
const NUMBER = 5n;
const TIMESTAMP = 1000n;
/** Enough for calls to the greatest depth. */
const GAS_LIMIT = 2n ** 50n;
const NOTHING = new Uint8Array(0);
const common = nativeCommon(CHAIN_ID);

export interface Scenario {
  readonly pre: PreState;
  readonly transaction: Uint8Array;
}

/** What both executors say of a transaction. */
export interface Result {
  readonly world: Uint8Array;
  readonly gasUsed: bigint;
  readonly logs: number;
}

/** A transaction, and the accounts that it finds besides its sender. */
interface Setting {
  readonly accounts: Iterable<readonly [bigint, Partial<AccountState>]>;
  readonly gas: bigint;
  readonly tip?: bigint;
  /** undefined for a creation. */
  readonly to: bigint | undefined;
  readonly value?: bigint;
  readonly data?: Uint8Array;
}

export function scenario({ accounts, gas, tip = 1n, to, value = 0n, data = NOTHING }: Setting): Scenario {
  const sender = createAddressFromPrivateKey(KEY).toString();
  const absent: AccountState = { nonce: 0n, balance: 0n, code: NOTHING, storage: new Map() };
  const pre = new Map<string, AccountState>([[sender, { ...absent, balance: 10n ** 18n }]]);
  for (const [address, account] of accounts) pre.set(hexAddress(address), { ...absent, ...account });
  const fields = {
    chainId: CHAIN_ID,
    nonce: 0n,
    maxFeePerGas: 20n,
    maxPriorityFeePerGas: tip,
    gasLimit: gas,
    value,
    data,
    ...(to !== undefined && { to: createAddressFromString(hexAddress(to)) }),
  };
  return { pre, transaction: createFeeMarket1559Tx(fields, { common }).sign(KEY).serialize() };
}

export function randomScenario(seed: number): Scenario {
  const random = seededRandom(seed);
  for (let i = 0; i < 8; i++) random(2);
  const account = (code: Uint8Array, nonce = 1n): AccountState => ({
    nonce,
    balance: BigInt(random(3) === 0 ? 0 : random(1000)),
    code,
    storage: new Map(random(2) === 0 ? [] : [[BigInt(random(3)), BigInt(1 + random(5))]]),
  });
  const accounts: [bigint, AccountState][] = [
    [PLAIN, { ...account(NOTHING), storage: new Map() }],
    ...CONTRACTS.map((address): [bigint, AccountState] => {
      const nonce = random(12) === 0 ? 2n ** 64n - 1n : 1n;
      return [address, account(program(random), nonce)];
    }),
    [MIRROR, account(concat(apply(OP.callDataCopy, 0, 0, 100), apply(OP.revert, 0, 1 + random(100))))],
  ];
  const creates = random(6) === 0;
  return scenario({
    accounts,
    gas: BigInt(100_000 + random(500_000)),
    tip: BigInt(random(10)),
    to: creates ? undefined : CONTRACTS[0],
    value: BigInt(random(2) * random(500)),
    data: creates ? initcode(random) : bytes(random, random(100)),
  });
}

const hexAddress = (address: bigint): `0x${string}` => `0x${address.toString(16).padStart(40, "0")}`;
const bytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));
const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

/** PUSH of a number in as few bytes as it has, but one. */
export function push(value: bigint | number): Uint8Array {
  const word = wordBytes(value);
  const first = word.findIndex((byte) => byte !== 0);
  const digits = word.subarray(first < 0 ? 31 : first);
  return Uint8Array.of(0x5f + digits.length, ...digits);
}

/** Pushes arguments so that the first is on top, then the opcode. */
export const apply = (op: number, ...args: readonly (bigint | number)[]): Uint8Array =>
  concat(...[...args].reverse().map(push), Uint8Array.of(op));

function program(random: Random): Uint8Array {
  const parts = Array.from({ length: 2 + random(7) }, () => part(random));
  return concat(...parts, end(random));
}

/** Code that leaves the stack as it was, most of the time. */
function part(random: Random): Uint8Array {
  const kind = random(16);
  const slot = random(4);
  if (kind < 7) return concat(call(random), kept(random));
  if (kind < 10) return concat(create(random), kept(random));
  if (kind === 10) return apply(OP.sstore, slot, random(3));
  if (kind === 11) return concat(apply(OP.sload, slot), Uint8Array.of(OP.pop));
  if (kind === 12) return apply(OP.mstore, random(300), BigInt(`0x${"a5".repeat(1 + random(32))}`));
  if (kind === 13) return apply(OP.log1, random(64), random(64), random(9));
  if (kind === 14) return apply(OP.tstore, slot, 1 + random(3));
  return pick(random, [
    concat(apply(OP.balance, pick(random, TARGETS)), Uint8Array.of(OP.pop)),
    concat(apply(OP.extCodeHash, pick(random, TARGETS)), Uint8Array.of(OP.pop)),
    concat(Uint8Array.of(OP.returnDataSize), push(0), push(random(64)), Uint8Array.of(OP.returnDataCopy)),
    concat(Uint8Array.of(OP.gas), push(random(3)), Uint8Array.of(OP.sstore)),
    concat(apply(OP.tload, slot), push(slot), Uint8Array.of(OP.sstore)),
    apply(OP.callDataCopy, random(100), random(50), random(100)),
    bytes(random, random(8)),
  ]);
}

/** What becomes of a call's result. */
const kept = (random: Random): Uint8Array =>
  random(2) === 0
    ? Uint8Array.of(OP.pop)
    : concat(push(random(4)), Uint8Array.of(OP.sstore), Uint8Array.of(OP.returnDataSize, OP.pop));

function call(random: Random): Uint8Array {
  const op = pick(random, [OP.call, OP.call, OP.callCode, OP.delegateCall, OP.staticCall]);
  const value = op === OP.call || op === OP.callCode ? [random(3) === 0 ? 0 : random(400)] : [];
  const gas = pick(random, [0n, 700n, BigInt(random(60_000)), 2n ** 255n, 100_000n]);
  const windows = [random(200), random(3) * random(100), random(200), random(3) * random(100)];
  return apply(op, gas, pick(random, TARGETS), ...value, ...windows);
}

/** Initcode goes to memory by a word, or is whatever is there. */
function create(random: Random): Uint8Array {
  const value = random(3) === 0 ? random(300) : 0;
  const code = initcode(random).subarray(0, 32);
  const word = new Uint8Array(32);
  word.set(code);
  const stored = concat(Uint8Array.of(0x7f), word, push(32), Uint8Array.of(OP.mstore));
  const length = random(8) === 0 ? random(200) : code.length;
  if (random(2) === 0) return concat(stored, apply(OP.create, value, 32, length));
  const salted = concat(stored, apply(OP.create2, value, 32, length, random(2)));
  // A second time, the address is taken.
  return random(3) > 0 ? salted : concat(salted, Uint8Array.of(OP.pop), salted);
}

function initcode(random: Random): Uint8Array {
  const kind = random(9);
  if (kind === 0) return NOTHING;
  // Code that destroys itself, calls its caller, or is no code at all.
  if (kind === 1) return concat(apply(OP.mstore, 0, 0x33ff), apply(OP.return, 30, 2));
  if (kind === 2) return concat(apply(OP.mstore, 0, 0xef00), apply(OP.return, 30, 2));
  if (kind === 3) return apply(OP.return, 0, pick(random, [100, 1000, 24_576, 24_577]));
  if (kind === 4) return apply(OP.revert, 0, random(64));
  if (kind === 5) return Uint8Array.of(OP.invalid);
  if (kind === 6) return concat(apply(OP.sstore, random(3), 1), apply(OP.return, 0, random(40)));
  if (kind === 7) return apply(OP.selfDestruct, pick(random, TARGETS));
  return concat(apply(OP.call, 50_000, pick(random, CONTRACTS), 0, 0, 0, 0, 0), apply(OP.return, 0, 5));
}

function end(random: Random): Uint8Array {
  const kind = random(8);
  if (kind < 3) return apply(OP.return, random(100), random(100));
  if (kind < 5) return apply(OP.revert, random(100), random(100));
  if (kind === 5) return apply(OP.selfDestruct, pick(random, TARGETS));
  return Uint8Array.of(kind === 6 ? OP.stop : OP.invalid);
}

/** By @ethereumjs/vm. @param each is told of each instruction, before it is executed. */
export async function runNatively(
  { pre, transaction }: Scenario,
  each?: (step: InterpreterStep) => void,
): Promise<Result> {
  const state = createState(common);
  await putAccounts(state, pre);
  const { vm } = await createNativeVm({
    chainId: CHAIN_ID,
    blockHash: () => new Uint8Array(32),
    l1Bounds: false,
    state,
  });
  if (each) vm.evm.events?.on("step", each);
  const header = {
    coinbase: createAddressFromString(hexAddress(COINBASE)),
    number: NUMBER,
    timestamp: TIMESTAMP,
    gasLimit: GAS_LIMIT,
    baseFeePerGas: BASE_FEE,
    mixHash: new Uint8Array(32),
    excessBlobGas: 0n,
  };
  const block = createBlock({ header }, { common, skipConsensusFormatValidation: true });
  const { totalGasSpent, receipt } = await runTx(vm, { tx: createTxFromRLP(transaction, { common }), block });
  return { world: await state.manager.getStateRoot(), gasUsed: totalGasSpent, logs: receipt.logs.length };
}

/** By the machine. @param each is called before each step. */
export async function runStepped({ pre, transaction }: Scenario, each?: Each): Promise<Result> {
  const state: NativeState = createState(common);
  const world = await putAccounts(state, pre);
  const run = stepTransaction({
    chainId: CHAIN_ID,
    header: {
      number: NUMBER,
      timestamp: TIMESTAMP,
      gasLimit: GAS_LIMIT,
      baseFee: BASE_FEE,
      blobBaseFee: 1n,
      coinbase: COINBASE,
      prevRandao: 0n,
    },
    txBytes: transaction,
    world,
    history: NO_HISTORY,
    outside: outsideOf({ state, l1Bounds: false }),
    ...(each && { each }),
  });
  return { world: run.world, gasUsed: run.gasUsed, logs: run.logs.length };
}
