import { depthOf, treeDepth } from "../../merkle/tree.ts";
import type { Model } from "../program/model.ts";
import type { ControlInstruction, Instruction, Operand, TensorType } from "../program/program.ts";
import { coalesce } from "./coalesce.ts";
import { type Draft, newStorage } from "./draft.ts";
import { ModelError } from "./error.ts";
import { fuse } from "./fuse.ts";
import { bytesOf, instructionOf } from "./instruction.ts";
import type { Storage, Value } from "./tensor.ts";

export interface Named {
  readonly name: string;
  readonly value: Value;
}

/**
 * Makes the program: drops what no output needs, fuses, brings loops into their canonical form, gives every storage its
 * place, and empties each table entry after its last use (docs/importer.md, "Assembly").
 */
export function assemble(inputs: readonly Named[], outputs: readonly Named[], drafts: readonly Draft[]): Model {
  const results = placeOutputs(outputs);
  const kept = new Set(results.map((r) => r.storage));
  const needed = live(
    drafts,
    results.map((r) => r.moved ?? r.storage),
  );
  const moved = new Set(results.flatMap((r) => (r.moved ? [r.moved] : [])));
  const instructions = fuse(needed, new Set([...kept, ...moved])).map(coalesce);

  const inputStorages = inputs.map((i) => i.value.storage);
  const weights: Storage[] = [];
  const table: Storage[] = results.map((r) => r.storage);
  // Entries that fill the outputs up to a power of two are never written: the node over them is the output root.
  while (table.length < 2 ** depthOf(results.length)) table.push(newStorage("u8", []));
  const operand = (storage: Storage): Operand => {
    const [space, list] =
      storage.kind === "input"
        ? (["input", inputStorages] as const)
        : storage.data
          ? (["weight", weights] as const)
          : (["tensor", table] as const);
    const known = list.indexOf(storage);
    return { space, index: known >= 0 ? known : list.push(storage) - 1, depth: treeDepth(bytesOf(storage)) };
  };

  const program: Instruction[] = [];
  for (const [i, draft] of instructions.entries()) {
    program.push(instructionOf(draft, operand));
    program.push(...drops(instructions, i, new Set([...kept, ...moved]), operand));
  }
  for (const { storage, moved: source } of results) {
    if (source) program.push({ kind: "move", target: operand(storage).index, source: operand(source) });
  }
  if (table.length > 65535 || weights.length > 65535) throw new ModelError("more than 65,535 tensors");
  const types = new Map(results.map((r) => [r.storage, r.type]));
  const typeOf = (s: Storage): TensorType => types.get(s) ?? { dtype: s.dtype, shape: s.shape };
  return {
    program: {
      inputs: inputs.map(({ value: { dtype, shape } }) => ({ dtype, shape })),
      weights: weights.map(typeOf),
      tensors: table.map(typeOf),
      outputs: results.length,
      instructions: program,
    },
    weights: weights.map((s) => s.data as Uint8Array),
    inputNames: inputs.map((i) => i.name),
    outputNames: outputs.map((o) => o.name),
  };
}

/** Where an output is computed: the storage of its table entry, and the one that it is moved from, if any. */
interface Placed {
  readonly storage: Storage;
  readonly type: TensorType;
  readonly moved: Storage | null;
}

/** An input, a constant or a tensor that is an output already can only be an output by a move. */
function placeOutputs(outputs: readonly Named[]): Placed[] {
  const taken = new Set<Storage>();
  return outputs.map(({ value: { storage, dtype, shape } }) => {
    const own = storage.kind === "result" && !taken.has(storage);
    taken.add(storage);
    return { storage: own ? storage : newStorage(dtype, shape), type: { dtype, shape }, moved: own ? null : storage };
  });
}

/** The drafts that `wanted` depends on. */
function live(drafts: readonly Draft[], wanted: readonly Storage[]): Draft[] {
  const needed = new Set(wanted);
  const kept = drafts.toReversed().filter((draft) => {
    if (!needed.has(draft.target)) return false;
    for (const operand of draft.operands) needed.add(operand);
    return true;
  });
  return kept.toReversed();
}

/** Table entries that instruction `i` is the last to read, in the order of their numbers. */
function drops(
  drafts: readonly Draft[],
  i: number,
  kept: ReadonlySet<Storage>,
  operand: (s: Storage) => Operand,
): ControlInstruction[] {
  const later = drafts.slice(i + 1);
  return (drafts[i] as Draft).operands
    .filter((s) => s.kind === "result" && !kept.has(s) && !later.some((d) => d.operands.includes(s)))
    .map((s) => operand(s).index)
    .sort((a, b) => a - b)
    .map((target) => ({ kind: "drop", target }));
}
