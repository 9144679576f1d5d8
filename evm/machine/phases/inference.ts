import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";
import { MODEL_DIRECTORY, PRECOMPILE_INPUT } from "@elench/spec/evm/precompiles";
import { decodeEntry } from "../../inference/directory.ts";
import { PHASE, STATUS, sliceOf, sliceOfBytes, ZERO_HASH } from "../../structures/layout.ts";
import { readFromSlice } from "../state/bytes.ts";
import { charge } from "../state/gas.ts";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import { openAccount, openSlot } from "../state/journal.ts";
import type { Machine } from "../state/machine.ts";
import { openFrame, openSlice, openTask } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import type { AskTask } from "../state/task.ts";

const DIRECTORY = BigInt(MODEL_DIRECTORY);
const HEADER_BYTES = PRECOMPILE_INPUT.INFERENCE_HEADER_BYTES;

/** The first step of `inference`: checks the input, charges the price, and begins the input's tree. */
export function callModel(m: Machine): void {
  openTask(m);
  const data = openSlice(m, openFrame(m).data);
  if (data.length < HEADER_BYTES) throw EXCEPTIONAL_HALT;
  const header = readFromSlice(m, data, 0, HEADER_BYTES);
  const modelId = header.slice(0, 32);
  const directory = openAccount(m, DIRECTORY);
  const key = toBigInt(keccak256(concat(modelId, ZERO_HASH)));
  const { current } = openSlot(m, directory, key);
  const entry = decodeEntry(wordBytes(current));
  if (!entry || data.length !== HEADER_BYTES + entry.inputBytes) throw EXCEPTIONAL_HALT;
  if (toBigInt(header.subarray(32)) !== BigInt(entry.outputBytes)) throw EXCEPTIONAL_HALT;
  charge(m, entry.price);
  const input = sliceOf(data.tree, data.offset + HEADER_BYTES, entry.inputBytes);
  m.goTo({ phase: PHASE.input, modelId, entry: current, slice: input, position: 0 });
}

/** ASK: the tensor machine answers. On L1 this step needs an answer that can itself be disputed. */
function ask(m: Machine, { modelId, input }: AskTask): void {
  openTask(m);
  m.returned = sliceOfBytes(m.host.infer(modelId, input.view(0, input.size).slice()));
  m.goTo({ phase: PHASE.leave, status: STATUS.success });
}

export const INFERENCE: Steps = { [PHASE.ask]: ask };
