import { depthOf, treeDepth } from "@elench/merkle/tree";
import type { Model } from "../../program/model.ts";
import type { ControlInstruction, Instruction, Operand, TensorType } from "../../program/program.ts";
import { ModelError } from "../graph/error.ts";
import type { Storage, Value } from "../graph/tensor.ts";
import { coalesce } from "./coalesce.ts";
import { type Draft, newStorage } from "./draft.ts";
import { fuse } from "./fuse.ts";
import { bytesOf, instructionOf } from "./instruction.ts";

export interface Named {
  readonly name: string;
  readonly value: Value;
}

/**
 * Assembles the program: removes unused instructions, fuses, makes loops canonical, assigns a place to every
 * storage, and empties each table entry after its last use (docs/importer.md, "Assembly").
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

  const inputSpace = placesOf(inputs.map((i) => i.value.storage));
  const weights = placesOf([]);
  const table = placesOf(results.map((r) => r.storage));
  // Entries that pad the outputs to a power of two are never written, because the node above them is the output root.
  while (table.size < 2 ** depthOf(results.length)) place(table, newStorage("u8", []));
  const operand = (storage: Storage): Operand => {
    const [space, places] =
      storage.kind === "input"
        ? (["input", inputSpace] as const)
        : storage.data
          ? (["weight", weights] as const)
          : (["tensor", table] as const);
    return { space, index: place(places, storage), depth: treeDepth(bytesOf(storage)) };
  };

  const program: Instruction[] = [];
  const lastReader = lastReaders(instructions);
  for (const draft of instructions) {
    program.push(instructionOf(draft, operand));
    const dropped = draft.operands.filter(
      (s) => s.kind === "result" && lastReader.get(s) === draft && !kept.has(s) && !moved.has(s),
    );
    program.push(...drops(dropped, operand));
  }
  for (const { storage, moved: source } of results) {
    if (source) program.push({ kind: "move", target: operand(storage).index, source: operand(source) });
  }
  if (table.size > 65535 || weights.size > 65535) throw new ModelError("more than 65,535 tensors");
  const types = new Map(results.map((r) => [r.storage, r.type]));
  const typeOf = (s: Storage): TensorType => types.get(s) ?? { dtype: s.dtype, shape: s.shape };
  return {
    program: {
      inputs: inputs.map(({ value: { dtype, shape } }) => ({ dtype, shape })),
      weights: [...weights.keys()].map(typeOf),
      tensors: [...table.keys()].map(typeOf),
      outputs: results.length,
      instructions: program,
    },
    weights: [...weights.keys()].map((s) => s.data as Uint8Array),
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

/** An input, a constant, or a tensor that already is an output becomes an output by a move. */
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

/** Storages with their places in one space, in the order of the places. */
type Places = Map<Storage, number>;

const placesOf = (storages: readonly Storage[]): Places => new Map(storages.map((s, i) => [s, i]));

/** The storage's place; the next one if it has none yet. */
function place(places: Places, storage: Storage): number {
  const known = places.get(storage) ?? places.size;
  places.set(storage, known);
  return known;
}

const lastReaders = (drafts: readonly Draft[]): Map<Storage, Draft> =>
  new Map(drafts.flatMap((draft) => draft.operands.map((s): [Storage, Draft] => [s, draft])));

/** Empties table entries, in the order of their numbers. */
const drops = (storages: readonly Storage[], operand: (s: Storage) => Operand): ControlInstruction[] =>
  storages
    .map((s) => operand(s).index)
    .sort((a, b) => a - b)
    .map((target) => ({ kind: "drop", target }));
