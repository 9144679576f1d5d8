import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";
import { decodeEntry } from "../../inference/directory.ts";
import { PHASE, STATUS, viewOf, viewOfBytes, ZERO_HASH } from "../../structures/layout.ts";
import { Failure, type Machine, StatusTask } from "../state/machine.ts";
import type { Steps } from "../state/operation.ts";
import { type AskTask, InputTask } from "./bulk.ts";

/** The account whose storage names the chain's models. */
const DIRECTORY = 0xa101n;
const HEADER_BYTES = 64;

/** The first step of `inference`: everything is checked and paid for, and the input's tree is begun. */
export function callModel(m: Machine): void {
  m.openTask();
  const data = m.openView(m.openFrame().data);
  if (data.length < HEADER_BYTES) throw Failure.NOW;
  const header = m.readView(data, 0, HEADER_BYTES);
  const modelId = header.slice(0, 32);
  const directory = m.account(DIRECTORY);
  const key = toBigInt(keccak256(concat(modelId, ZERO_HASH)));
  const { current } = m.slot(DIRECTORY, directory, key);
  const entry = decodeEntry(wordBytes(current));
  if (!entry || data.length !== HEADER_BYTES + entry.inputBytes) throw Failure.NOW;
  if (toBigInt(header.subarray(32)) !== BigInt(entry.outputBytes)) throw Failure.NOW;
  m.charge(entry.price);
  const input = viewOf(data.tree, data.offset + HEADER_BYTES, entry.inputBytes);
  m.goTo(PHASE.input, new InputTask(modelId, current, input));
}

/** ASK: the tensor machine answers. The contract takes this step only with an answer that is itself open to dispute. */
function ask(m: Machine): void {
  const { modelId, input } = m.task as AskTask;
  m.openTask();
  m.returned = viewOfBytes(m.host.infer(modelId as Uint8Array, input.view(0, input.size).slice()));
  m.goTo(PHASE.leave, new StatusTask(STATUS.success));
}

export const INFERENCE: Steps = { [PHASE.ask]: ask };
