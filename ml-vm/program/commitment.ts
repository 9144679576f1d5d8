import { concat } from "@elench/bytes/concat";
import { depthOf, type Hash, keccak256, ListTree, zeroListRoot } from "@elench/merkle/tree";
import { encodeInstruction, encodeTypes } from "./codec.ts";
import type { Program } from "./program.ts";

/** Format of programs, states and witnesses. A change of meaning gets another number, and so other model ids. */
export const VERSION = 1;

/** What a model id is the hash of, with the trees that witnesses are taken from. */
export interface Commitment {
  readonly modelId: Hash;
  /** 128 bytes: counts, program root, weights root, hash of the types. */
  readonly header: Uint8Array;
  /** Encoded instructions, and the list tree over their hashes. */
  readonly encoded: readonly Uint8Array[];
  readonly program: ListTree;
  /** List tree over the data roots of the weights. */
  readonly weights: ListTree;
  readonly tableDepth: number;
}

/** @param weightRoots data root of each weight, in order. */
export function commit(program: Program, weightRoots: readonly Hash[]): Commitment {
  const encoded = program.instructions.map(encodeInstruction);
  const programTree = new ListTree(encoded.map(keccak256));
  const weights = new ListTree(weightRoots);
  const types = keccak256(encodeTypes([...program.inputs, ...program.weights, ...program.tensors]));
  const header = new Uint8Array(128);
  const counts = new DataView(header.buffer);
  counts.setUint16(0, VERSION);
  counts.setUint16(2, program.inputs.length);
  counts.setUint16(4, program.weights.length);
  counts.setUint16(6, program.tensors.length);
  counts.setUint16(8, program.outputs);
  counts.setUint32(10, program.instructions.length);
  header.set(programTree.root, 32);
  header.set(weights.root, 64);
  header.set(types, 96);
  return {
    modelId: keccak256(header),
    header,
    encoded,
    program: programTree,
    weights,
    tableDepth: depthOf(program.tensors.length),
  };
}

/** List root over the data roots of the inputs (of the outputs): for a single one, that data root itself. */
export const listRoot = (roots: readonly Hash[]): Hash => new ListTree(roots).root;

const TAG = { fetch: 1, running: 2, halted: 3 } as const;

/** tag ‖ 11 zero bytes ‖ pc (4) ‖ counters (3 × 4) ‖ 4 zero bytes: the first word of a fetch state. */
export function fetchWord(pc: number, counters: readonly number[]): Uint8Array {
  const word = new Uint8Array(32);
  const view = new DataView(word.buffer);
  word[0] = TAG.fetch;
  view.setUint32(12, pc);
  for (const [i, counter] of counters.entries()) view.setUint32(16 + 4 * i, counter);
  return word;
}

/** fetch word ‖ model id ‖ input root ‖ table root: the preimage (128 bytes) of a state between instructions. */
export const fetchPreimage = (word: Uint8Array, modelId: Hash, inputRoot: Hash, tableRoot: Hash): Uint8Array =>
  concat(word, modelId, inputRoot, tableRoot);

/** What the game calls the context of an inference: keccak256(model id ‖ input root). */
export const inferenceContext = (modelId: Hash, inputRoot: Hash): Hash => keccak256(concat(modelId, inputRoot));

/** The state before step 0: nothing run, the table empty. */
export const startState = (commitment: Pick<Commitment, "modelId" | "tableDepth">, inputRoot: Hash): Hash =>
  keccak256(fetchPreimage(fetchWord(0, [0, 0, 0]), commitment.modelId, inputRoot, zeroListRoot(commitment.tableDepth)));

/** tag ‖ 31 zero bytes ‖ context ‖ output root: the preimage (96 bytes) of a halted state, which steps to itself. */
export function haltedPreimage(context: Hash, outputRoot: Hash): Uint8Array {
  const word = new Uint8Array(32);
  word[0] = TAG.halted;
  return concat(word, context, outputRoot);
}

export const haltedState = (context: Hash, outputRoot: Hash): Hash => keccak256(haltedPreimage(context, outputRoot));

/** Where a running instruction is. `stage` 3 is the step that writes the result's root into the table. */
export interface Position {
  readonly stage: 0 | 1 | 2 | 3;
  readonly element: number;
  readonly term: number;
  readonly innerTerm: number;
}

/** tag ‖ stage ‖ 6 zero bytes ‖ element (8) ‖ term (8) ‖ inner term (8). */
export function runningWord({ stage, element, term, innerTerm }: Position): Uint8Array {
  const word = new Uint8Array(32);
  const view = new DataView(word.buffer);
  word[0] = TAG.running;
  word[1] = stage;
  view.setBigUint64(8, BigInt(element));
  view.setBigUint64(16, BigInt(term));
  view.setBigUint64(24, BigInt(innerTerm));
  return word;
}

/**
 * What a running state holds fixed: keccak256(fetch state ‖ fetch word ‖ operand roots ‖ instruction bytes). The fetch state
 * names the model, the input and the table, to which the last step returns; the word gives the counters to the views.
 */
export const boundHash = (
  fetchState: Hash,
  word: Uint8Array,
  operandRoots: readonly Hash[],
  instruction: Uint8Array,
): Hash => keccak256(concat(fetchState, word, ...operandRoots, instruction));

/**
 * running word ‖ bound ‖ output root so far ‖ accumulators ‖ inner accumulators (8 bytes each, big-endian, as many as the
 * instruction has): the preimage of a running state.
 */
export function runningPreimage(
  position: Position,
  bound: Hash,
  outputRoot: Hash,
  accumulators: readonly bigint[],
): Uint8Array {
  const words = new Uint8Array(8 * accumulators.length);
  const view = new DataView(words.buffer);
  for (const [i, bits] of accumulators.entries()) view.setBigUint64(8 * i, bits);
  return concat(runningWord(position), bound, outputRoot, words);
}
