import { concat } from "@elench/bytes/concat";
import { toBigInt } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";
import { blake2Finish, blake2Run, blake2Start } from "../../crypto/hashes/blake2.ts";
import { ripemd160Pad, sha256Pad } from "../../crypto/hashes/padding.ts";
import { RIPEMD160_INITIAL, ripemd160Absorb } from "../../crypto/hashes/ripemd160.ts";
import { SHA256_INITIAL, sha256Absorb } from "../../crypto/hashes/sha256.ts";
import { exceedsL1 } from "../../crypto/precompile-bounds.ts";
import { PHASE, STATUS, type View, viewOfBytes } from "../../structures/layout.ts";
import { readFromView } from "../state/bytes.ts";
import { charge } from "../state/gas.ts";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import type { Machine } from "../state/machine.ts";
import { openFrame, openTask, openView } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import type { PrecompileTask } from "../state/task.ts";
import { callModel } from "./inference.ts";
import { INFERENCE } from "./is-precompile.ts";
import { runPrecompile } from "./run-precompile.ts";

/** Precompiles of Cancun, in one step where L1 has one of its own that can be called, else in pieces (docs/evm-machine.md, "Precompiles"). */

const BLOCK = 64;
const SHA256_STEP = 80 * BLOCK;
const RIPEMD160_STEP = 64 * BLOCK;
const BLAKE2_STEP = 1500;
const BLAKE2_INPUT = 213;
/** A pair of points. */
const PAIR = 192;

type Precompile = (m: Machine, data: View, task: PrecompileTask) => void;

const words = (length: number): bigint => BigInt(Math.ceil(length / 32));

function leaveWithBytes(m: Machine, output: Uint8Array): void {
  m.returned = viewOfBytes(output);
  m.goTo({ phase: PHASE.leave, status: STATUS.success });
}

/** Reads the input, and runs the precompile on it. @param length how much of it counts; zeros beyond its end. */
function runOn(m: Machine, data: View, address: number, length: number): void {
  const output = runPrecompile(address, readFromView(m, data, 0, length));
  if (output === null) throw EXCEPTIONAL_HALT;
  leaveWithBytes(m, output);
}

const recover: Precompile = (m, data) => {
  charge(m, 3000n);
  runOn(m, data, 1, 128);
};

const identity: Precompile = (m, data) => {
  charge(m, 15n + 3n * words(data.length));
  m.returned = data;
  m.goTo({ phase: PHASE.leave, status: STATUS.success });
};

/** EIP-198, priced by EIP-2565. */
const exponentiate: Precompile = (m, data) => {
  const head = readFromView(m, data, 0, 96);
  const [base, exponent, modulus] = [0, 32, 64].map((at) => toBigInt(head.subarray(at, at + 32))) as [
    bigint,
    bigint,
    bigint,
  ];
  const lead = exponent < 32n ? Number(exponent) : 32;
  const exponentHead = readFromView(m, data, 96n + base, lead);
  charge(m, modexpGas(base, exponent, modulus, toBigInt(exponentHead)));
  if (m.host.bounded && (base > 1024n || exponent > 1024n || modulus > 1024n)) throw EXCEPTIONAL_HALT;
  // The price is known by the lengths and the exponent's head: before the rest of the input, and whether or not there is a modulus.
  if (m.host.bounded && exceedsL1(5, concat(head, new Uint8Array(Number(base)), exponentHead))) throw EXCEPTIONAL_HALT;
  if (modulus === 0n) {
    leaveWithBytes(m, new Uint8Array(0));
    return;
  }
  const input = concat(head, readFromView(m, data, 96, Number(base + exponent + modulus)));
  leaveWithBytes(m, runPrecompile(5, input) as Uint8Array);
};

function modexpGas(base: bigint, exponent: bigint, modulus: bigint, head: bigint): bigint {
  const longest = base > modulus ? base : modulus;
  const width = (longest + 7n) / 8n;
  const bits = head === 0n ? 0n : BigInt(head.toString(2).length - 1);
  const iterations = (exponent > 32n ? 8n * (exponent - 32n) : 0n) + bits;
  const gas = (width * width * (iterations > 1n ? iterations : 1n)) / 3n;
  return gas > 200n ? gas : 200n;
}

const addPoints: Precompile = (m, data) => {
  charge(m, 150n);
  runOn(m, data, 6, 128);
};

const multiplyPoint: Precompile = (m, data) => {
  charge(m, 6000n);
  runOn(m, data, 7, 96);
};

const pair: Precompile = (m, data) => {
  if (data.length % PAIR !== 0) throw EXCEPTIONAL_HALT;
  const gas = 45_000n + 34_000n * BigInt(data.length / PAIR);
  charge(m, gas);
  if (m.host.bounded && gas > 4_000_000n) throw EXCEPTIONAL_HALT;
  runOn(m, data, 8, data.length);
};

const evaluatePoint: Precompile = (m, data) => {
  charge(m, 50_000n);
  if (data.length !== 192) throw EXCEPTIONAL_HALT;
  runOn(m, data, 10, 192);
};

interface BlockHash {
  readonly base: bigint;
  readonly perWord: bigint;
  readonly bytesAStep: number;
  readonly initial: Uint8Array;
  readonly absorb: (state: Uint8Array, blocks: Uint8Array) => Uint8Array;
  readonly pad: (tail: Uint8Array, totalLength: number) => Uint8Array;
  readonly digest: (state: Uint8Array) => Uint8Array;
}

/** SHA-256 and RIPEMD-160: the midstate is the hash's own. */
const hashBlocks =
  ({ base, perWord, bytesAStep, initial, absorb, pad, digest }: BlockHash): Precompile =>
  (m, data, task) => {
    const { position, midstate } = task;
    if (position === 0) charge(m, base + perWord * words(data.length));
    const state = position === 0 ? initial : midstate;
    const rest = data.length - position;
    if (rest > bytesAStep) {
      const next = absorb(state, readFromView(m, data, position, bytesAStep));
      m.goTo({ ...task, position: position + bytesAStep, midstate: next });
      return;
    }
    const last = readFromView(m, data, position, rest);
    const whole = rest - (rest % BLOCK);
    const end = absorb(state, concat(last.subarray(0, whole), pad(last.subarray(whole), data.length)));
    leaveWithBytes(m, digest(end));
  };

/** BLAKE2F (EIP-152): the midstate is the hash of the working vector. */
const blake2: Precompile = (m, data, task) => {
  const { position } = task;
  if (data.length !== BLAKE2_INPUT) throw EXCEPTIONAL_HALT;
  const input = readFromView(m, data, 0, BLAKE2_INPUT);
  if ((input[212] as number) > 1) throw EXCEPTIONAL_HALT;
  const rounds = Number(toBigInt(input.subarray(0, 4)));
  if (position === 0) charge(m, BigInt(rounds));
  const vector = position === 0 ? blake2Start(input) : task.vector;
  if (position > 0) m.tape?.bytes(vector);
  const count = Math.min(rounds - position, BLAKE2_STEP);
  const next = blake2Run(vector, input.slice(68, 196), position, count);
  if (position + count === rounds) leaveWithBytes(m, blake2Finish(input.slice(4, 68), next));
  else m.goTo({ ...task, position: position + count, midstate: keccak256(next), vector: next });
};

const precompiles: Readonly<Record<number, Precompile>> = {
  1: recover,
  2: hashBlocks({
    base: 60n,
    perWord: 12n,
    bytesAStep: SHA256_STEP,
    initial: SHA256_INITIAL,
    absorb: sha256Absorb,
    pad: sha256Pad,
    digest: (state) => state,
  }),
  3: hashBlocks({
    base: 600n,
    perWord: 120n,
    bytesAStep: RIPEMD160_STEP,
    initial: RIPEMD160_INITIAL,
    absorb: ripemd160Absorb,
    pad: ripemd160Pad,
    digest: (state) => concat(new Uint8Array(12), state.subarray(0, 20)),
  }),
  4: identity,
  5: exponentiate,
  6: addPoints,
  7: multiplyPoint,
  8: pair,
  9: blake2,
  10: evaluatePoint,
};

function precompile(m: Machine, task: PrecompileTask): void {
  const { address } = task;
  if (address === INFERENCE) {
    callModel(m);
    return;
  }
  openTask(m);
  const data = openView(m, openFrame(m).data);
  (precompiles[Number(address)] as Precompile)(m, data, task);
}

export const PRECOMPILES: Steps = { [PHASE.precompile]: precompile };
