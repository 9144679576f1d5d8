import { concat } from "@elench/bytes/concat";
import { toBigInt } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";
import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { PRECOMPILE, PRECOMPILE_INPUT } from "@elench/spec/evm/precompiles";
import { blake2Finish, blake2Run, blake2Start } from "../../crypto/hashes/blake2.ts";
import { ripemd160Pad, sha256Pad } from "../../crypto/hashes/padding.ts";
import { RIPEMD160_INITIAL, ripemd160Absorb } from "../../crypto/hashes/ripemd160.ts";
import { SHA256_INITIAL, sha256Absorb } from "../../crypto/hashes/sha256.ts";
import { exceedsL1 } from "../../crypto/precompile-bounds.ts";
import { PHASE, type Slice, STATUS, sliceOfBytes } from "../../structures/layout.ts";
import { readFromSlice } from "../state/bytes.ts";
import { charge } from "../state/gas.ts";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import type { Machine } from "../state/machine.ts";
import { openFrame, openSlice, openTask } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import type { PrecompileTask } from "../state/task.ts";
import { callModel } from "./inference.ts";
import { INFERENCE } from "./is-precompile.ts";
import { runPrecompile } from "./run-precompile.ts";

/** Precompiles of Cancun: in one step if the verifier can call L1's own precompile, else in pieces (docs/evm-machine.md, "Precompiles"). */

const {
  BLAKE2F_BYTES,
  BLOCK_BYTES,
  ECADD_BYTES,
  ECMUL_BYTES,
  ECPAIRING_PAIR_BYTES,
  ECRECOVER_BYTES,
  MODEXP_HEADER_BYTES,
  POINT_EVALUATION_BYTES,
} = PRECOMPILE_INPUT;

type Precompile = (m: Machine, data: Slice, task: PrecompileTask) => void;

const words = (length: number): bigint => BigInt(Math.ceil(length / 32));

function leaveWithBytes(m: Machine, output: Uint8Array): void {
  m.returned = sliceOfBytes(output);
  m.goTo({ phase: PHASE.leave, status: STATUS.success });
}

/** Runs the precompile on its input. @param length of the input that it reads; bytes beyond the data are zeros. */
function runOn(m: Machine, data: Slice, address: number, length: number): void {
  const output = runPrecompile(address, readFromSlice(m, data, 0, length));
  if (output === null) throw EXCEPTIONAL_HALT;
  leaveWithBytes(m, output);
}

const recover: Precompile = (m, data) => {
  charge(m, GAS.ECRECOVER);
  runOn(m, data, PRECOMPILE.ECRECOVER, ECRECOVER_BYTES);
};

const identity: Precompile = (m, data) => {
  charge(m, GAS.IDENTITY + GAS.IDENTITY_WORD * words(data.length));
  m.returned = data;
  m.goTo({ phase: PHASE.leave, status: STATUS.success });
};

/** EIP-198, priced by EIP-2565. */
const exponentiate: Precompile = (m, data) => {
  const head = readFromSlice(m, data, 0, MODEXP_HEADER_BYTES);
  const [base, exponent, modulus] = [0, 32, 64].map((at) => toBigInt(head.subarray(at, at + 32))) as [
    bigint,
    bigint,
    bigint,
  ];
  const lead = exponent < 32n ? Number(exponent) : 32;
  const exponentHead = readFromSlice(m, data, BigInt(MODEXP_HEADER_BYTES) + base, lead);
  charge(m, modexpGas(base, exponent, modulus, toBigInt(exponentHead)));
  if (m.host.bounded && [base, exponent, modulus].some((length) => length > LIMIT.MODEXP_BYTES)) throw EXCEPTIONAL_HALT;
  // The price depends only on the lengths and the exponent's head, so it is checked before the rest of the input, even for an empty modulus.
  if (m.host.bounded && exceedsL1(PRECOMPILE.MODEXP, concat(head, new Uint8Array(Number(base)), exponentHead)))
    throw EXCEPTIONAL_HALT;
  if (modulus === 0n) {
    leaveWithBytes(m, new Uint8Array(0));
    return;
  }
  const input = concat(head, readFromSlice(m, data, MODEXP_HEADER_BYTES, Number(base + exponent + modulus)));
  leaveWithBytes(m, runPrecompile(PRECOMPILE.MODEXP, input) as Uint8Array);
};

function modexpGas(base: bigint, exponent: bigint, modulus: bigint, head: bigint): bigint {
  const longest = base > modulus ? base : modulus;
  const width = (longest + 7n) / 8n;
  const bits = head === 0n ? 0n : BigInt(head.toString(2).length - 1);
  const iterations = (exponent > 32n ? GAS.MODEXP_EXPONENT_BYTE * (exponent - 32n) : 0n) + bits;
  const gas = (width * width * (iterations > 1n ? iterations : 1n)) / GAS.MODEXP_DIVISOR;
  return gas > GAS.MODEXP_MIN ? gas : GAS.MODEXP_MIN;
}

const addPoints: Precompile = (m, data) => {
  charge(m, GAS.ECADD);
  runOn(m, data, PRECOMPILE.ECADD, ECADD_BYTES);
};

const multiplyPoint: Precompile = (m, data) => {
  charge(m, GAS.ECMUL);
  runOn(m, data, PRECOMPILE.ECMUL, ECMUL_BYTES);
};

const pair: Precompile = (m, data) => {
  if (data.length % ECPAIRING_PAIR_BYTES !== 0) throw EXCEPTIONAL_HALT;
  const gas = GAS.ECPAIRING + GAS.ECPAIRING_PAIR * BigInt(data.length / ECPAIRING_PAIR_BYTES);
  charge(m, gas);
  if (m.host.bounded && gas > LIMIT.PRECOMPILE_L1_GAS) throw EXCEPTIONAL_HALT;
  runOn(m, data, PRECOMPILE.ECPAIRING, data.length);
};

const evaluatePoint: Precompile = (m, data) => {
  charge(m, GAS.POINT_EVALUATION);
  if (data.length !== POINT_EVALUATION_BYTES) throw EXCEPTIONAL_HALT;
  runOn(m, data, PRECOMPILE.POINT_EVALUATION, POINT_EVALUATION_BYTES);
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
      const next = absorb(state, readFromSlice(m, data, position, bytesAStep));
      m.goTo({ ...task, position: position + bytesAStep, midstate: next });
      return;
    }
    const last = readFromSlice(m, data, position, rest);
    const whole = rest - (rest % BLOCK_BYTES);
    const end = absorb(state, concat(last.subarray(0, whole), pad(last.subarray(whole), data.length)));
    leaveWithBytes(m, digest(end));
  };

/** BLAKE2F (EIP-152): the midstate is the hash of the working vector. */
const blake2: Precompile = (m, data, task) => {
  const { position } = task;
  if (data.length !== BLAKE2F_BYTES) throw EXCEPTIONAL_HALT;
  const input = readFromSlice(m, data, 0, BLAKE2F_BYTES);
  if ((input[BLAKE2F_BYTES - 1] as number) > 1) throw EXCEPTIONAL_HALT;
  const rounds = Number(toBigInt(input.subarray(0, 4)));
  if (position === 0) charge(m, GAS.BLAKE2F_ROUND * BigInt(rounds));
  const vector = position === 0 ? blake2Start(input) : task.vector;
  if (position > 0) m.tape?.bytes(vector);
  const count = Math.min(rounds - position, LIMIT.BLAKE2F_ROUNDS);
  const next = blake2Run(vector, input.slice(68, 196), position, count);
  if (position + count === rounds) leaveWithBytes(m, blake2Finish(input.slice(4, 68), next));
  else m.goTo({ ...task, position: position + count, midstate: keccak256(next), vector: next });
};

const precompiles: Readonly<Record<number, Precompile>> = {
  [PRECOMPILE.ECRECOVER]: recover,
  [PRECOMPILE.SHA256]: hashBlocks({
    base: GAS.SHA256,
    perWord: GAS.SHA256_WORD,
    bytesAStep: LIMIT.SHA256_BYTES,
    initial: SHA256_INITIAL,
    absorb: sha256Absorb,
    pad: sha256Pad,
    digest: (state) => state,
  }),
  [PRECOMPILE.RIPEMD160]: hashBlocks({
    base: GAS.RIPEMD160,
    perWord: GAS.RIPEMD160_WORD,
    bytesAStep: LIMIT.RIPEMD160_BYTES,
    initial: RIPEMD160_INITIAL,
    absorb: ripemd160Absorb,
    pad: ripemd160Pad,
    digest: (state) => concat(new Uint8Array(12), state.subarray(0, 20)),
  }),
  [PRECOMPILE.IDENTITY]: identity,
  [PRECOMPILE.MODEXP]: exponentiate,
  [PRECOMPILE.ECADD]: addPoints,
  [PRECOMPILE.ECMUL]: multiplyPoint,
  [PRECOMPILE.ECPAIRING]: pair,
  [PRECOMPILE.BLAKE2F]: blake2,
  [PRECOMPILE.POINT_EVALUATION]: evaluatePoint,
};

function precompile(m: Machine, task: PrecompileTask): void {
  const { address } = task;
  if (address === INFERENCE) {
    callModel(m);
    return;
  }
  openTask(m);
  const data = openSlice(m, openFrame(m).data);
  (precompiles[Number(address)] as Precompile)(m, data, task);
}

export const PRECOMPILES: Steps = { [PHASE.precompile]: precompile };
