import { concat } from "@elench/bytes/concat";
import { toBigInt } from "@elench/bytes/words";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { KECCAK_INITIAL, KECCAK_RATE, keccakAbsorb } from "../../crypto/hashes/keccak.ts";
import { keccakPad } from "../../crypto/hashes/padding.ts";
import { PHASE, type Slice } from "../../structures/layout.ts";
import { readFromSlice } from "../state/bytes.ts";
import type { Machine } from "../state/machine.ts";
import { openTask } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import { type DigestUse, EXECUTE, type HashTask } from "../state/task.ts";

/** Hashes a message in bounded pieces. */

const NOTHING = new Uint8Array(0);

/** Continues in HASH: keccak256(prefix ‖ slice ‖ suffix), for `then`. */
export function hashSlice(
  m: Machine,
  then: DigestUse,
  slice: Slice,
  { prefix = NOTHING, suffix = NOTHING }: { readonly prefix?: Uint8Array; readonly suffix?: Uint8Array } = {},
): void {
  m.goTo({ phase: PHASE.hash, then, slice, prefix, suffix, position: 0, sponge: KECCAK_INITIAL });
}

function hash(m: Machine, task: HashTask): void {
  openTask(m);
  const { then, prefix, slice, suffix, position, sponge } = task;
  const length = prefix.length + slice.length + suffix.length;
  if (length <= LIMIT.HASH_AT_ONCE) {
    digested(m, then, keccak256(readMessage(m, task, 0, length)));
    return;
  }
  if (m.tape && position > 0) m.tape.bytes(sponge);
  const rest = length - position;
  const piece = readMessage(m, task, position, Math.min(position + LIMIT.ABSORB_BYTES, length));
  if (rest > LIMIT.ABSORB_BYTES) {
    m.goTo({ ...task, position: position + LIMIT.ABSORB_BYTES, sponge: keccakAbsorb(sponge, piece) });
    return;
  }
  const whole = rest - (rest % KECCAK_RATE);
  const blocks = concat(piece.subarray(0, whole), keccakPad(piece.subarray(whole)));
  digested(m, then, keccakAbsorb(sponge, blocks).slice(0, 32));
}

/** Bytes from … to − 1 of prefix ‖ slice ‖ suffix, opening those of the slice. */
function readMessage(m: Machine, { prefix, slice, suffix }: HashTask, from: number, to: number): Uint8Array {
  const end = prefix.length + slice.length;
  const first = within(from, prefix.length, slice.length);
  return concat(
    prefix.subarray(from, to),
    readFromSlice(m, slice, first, within(to, prefix.length, slice.length) - first),
    suffix.subarray(within(from, end, suffix.length), within(to, end, suffix.length)),
  );
}

/** The number of bytes of start … start + length that are below `place`. */
const within = (place: number, start: number, length: number): number => Math.min(Math.max(place - start, 0), length);

function digested(m: Machine, then: DigestUse, digest: Hash): void {
  if (then.phase === PHASE.execute) {
    m.stack.push(toBigInt(digest));
    m.goTo(EXECUTE);
  } else m.goTo({ ...then, digest });
}

export const HASHING: Steps = { [PHASE.hash]: hash };
