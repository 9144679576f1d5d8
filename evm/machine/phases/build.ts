import { leavesOf } from "@elench/merkle/paged-bytes";
import { LIMIT } from "@elench/spec/evm/limits";
import { PHASE } from "../../structures/layout.ts";
import { readFromSlice } from "../state/bytes.ts";
import type { Machine } from "../state/machine.ts";
import { openTask } from "../state/opening.ts";
import type { Steps } from "../state/operation.ts";
import { type BuildTask, builtInput, EXECUTE, type InputTask } from "../state/task.ts";

/** Builds trees in bounded pieces: of a creation's code, and of a model's input. */

function build(m: Machine, { slice, position }: BuildTask): void {
  openTask(m);
  const count = Math.min(slice.length - position, LIMIT.BUILD_BYTES);
  readFromSlice(m, slice, position, count);
  m.tape?.bytes(...m.code.siblings(...leavesOf(position, count)));
  const end = position + count;
  m.code = m.code.upTo(end);
  if (end < slice.length) m.goTo({ phase: PHASE.build, slice, position: end, carry: m.code.carryAt(end) });
  else m.goTo(EXECUTE);
}

function input(m: Machine, task: InputTask): void {
  openTask(m);
  const { modelId, entry, slice, position } = task;
  const count = Math.min(slice.length - position, LIMIT.BUILD_BYTES);
  readFromSlice(m, slice, position, count);
  if (m.tape && count > 0) m.tape.bytes(...builtInput(task).siblings(...leavesOf(position, count)));
  const next = { ...task, position: position + count };
  if (next.position < slice.length) m.goTo(next);
  else m.goTo({ phase: PHASE.ask, modelId, entry, input: builtInput(next) });
}

export const BUILDING: Steps = { [PHASE.build]: build, [PHASE.input]: input };
