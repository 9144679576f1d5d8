import { type Hex, toBytes, toHex } from "@elench/bytes/hex";
import { equalBytes, isZero, joinWords } from "@elench/bytes/words";
import { ElenchError } from "@elench/errors/elench-error";
import type { Machine as EvmMachine } from "@elench/evm/machine/state/machine";
import { batchWords, blockWords, txWords } from "@elench/evm/structures/layout";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { preimageOf, type State, type TensorMachine } from "@elench/tensor/stepper/state";
import { type SolidityVerifier, WitnessRefused } from "./verifier.ts";

/**
 * One step in a file. A stranger can check it without a chain, a node, the model or the batch: from a state with this hash and context, the machine reaches the
 * state with that hash. The file does not prove that the first state belongs to a certain run: that needs a replay of the run.
 */
export interface StepFile {
  readonly format: "elench-step/1";
  readonly verifier: {
    readonly contract: VerifierName;
    /** Code hash of the build that wrote the file: `SolidityVerifier.codeHash`. */
    readonly codeHash: Hex;
  };
  readonly context: Hex;
  readonly pre: Hex;
  readonly witness: Hex;
  /** Preimages that lead from the witness to the context; each holds the hash of the next. */
  readonly openings: readonly Hex[];
  /** Output root of the other machine, if the step delegates. The step is checked under this answer. */
  readonly answer: Hex | null;
  readonly post: Hex;
  /** Statements of the file's author for people; not checked. */
  readonly unchecked: { readonly step: string; readonly text: string };
}

export type VerifierName = "TensorVerifier" | "EvmVerifier";

/** A step file is malformed. The message says what is wrong. */
export class StepFileError extends ElenchError {
  override readonly name = "StepFileError";
  override readonly kind = "input";
}

/** The Solidity verifier's judgement of a step file. */
export interface StepVerdict {
  readonly right: boolean;
  /** Faults found; empty if the file is correct. */
  readonly faults: readonly string[];
  /** State hash after the step by the verifier; null if it refuses the witness. */
  readonly post: Hex | null;
  readonly gas: bigint | null;
  /** Whether this build wrote the file. */
  readonly sameBuild: boolean;
}

/** @param verifier of the file's machine. */
export async function checkStepFile(file: StepFile, verifier: SolidityVerifier): Promise<StepVerdict> {
  const [pre, witness] = [toBytes(file.pre), toBytes(file.witness)];
  const sameBuild = toHex(verifier.codeHash) === file.verifier.codeHash;
  try {
    const { post, gas } = await (file.answer === null
      ? verifier.verifyStep(pre, witness)
      : verifier.verifyAnswer(pre, witness, toBytes(file.answer)));
    const faults: string[] = [];
    if (toHex(post) !== file.post) faults.push(`the step leads to ${toHex(post)}, not to ${file.post}`);
    if (!isAbout(file, toBytes(file.context)))
      faults.push(`the state is not one of a run about context ${file.context}`);
    return { right: faults.length === 0, faults, post: toHex(post), gas, sameBuild };
  } catch (error) {
    if (!(error instanceof WitnessRefused)) throw error;
    return { right: false, faults: [error.message], post: null, gas: null, sameBuild };
  }
}

// The context, to which the state before the step commits. The verifier has checked that the witness opens that state.

function isAbout({ verifier, witness, openings }: StepFile, context: Hash): boolean {
  const [bytes, preimages] = [toBytes(witness), openings.map(toBytes)];
  const found = verifier.contract === "TensorVerifier" ? tensorContext(bytes, preimages) : evmContext(bytes, preimages);
  return found !== null && equalBytes(found, context);
}

const wordAt = (bytes: Uint8Array, offset: number): Uint8Array => bytes.subarray(offset, offset + 32);
const HALTED_EVM_BYTES = 64;

/** docs/tensor-machine.md, "Witnesses". */
function tensorContext(witness: Uint8Array, openings: readonly Uint8Array[]): Hash | null {
  const ofFetch = (preimage: Uint8Array): Hash => keccak256(preimage.subarray(32, 96));
  const [opening] = openings;
  switch (witness[0]) {
    case 1:
      return opening ? null : ofFetch(witness.subarray(1, 129));
    case 2:
      // A running state commits to its fetch state.
      return openings.length === 1 && opening?.length === 128 && equalBytes(keccak256(opening), wordAt(witness, 33))
        ? ofFetch(opening)
        : null;
    default:
      return opening ? null : wordAt(witness, 1);
  }
}

/** docs/evm-machine.md, "State": words of the state, and of Tx, Block and Batch, each of which holds the hash of the next. */
const EVM = { tx: 13, task: 14, blockOfTx: 6, batchOfBlock: 12 } as const;
const EVM_SIZES = [7, 13, 8].map((words) => 32 * words);

function evmContext(witness: Uint8Array, openings: readonly Uint8Array[]): Hash | null {
  if (witness.length === HALTED_EVM_BYTES) return openings.length === 0 ? wordAt(witness, 0) : null;
  const tx = wordAt(witness, 32 * EVM.tx);
  // Before the first step there is no Tx: the task holds the batch's input.
  if (isZero(tx)) return openings.length === 0 ? wordAt(witness, 32 * EVM.task) : null;
  const [txBytes, blockBytes, batchBytes] = openings;
  if (!txBytes || !blockBytes || !batchBytes || openings.length !== EVM_SIZES.length) return null;
  const hashes = [tx, wordAt(txBytes, 32 * EVM.blockOfTx), wordAt(blockBytes, 32 * EVM.batchOfBlock)];
  const isOpened = openings.every(
    (opening, i) => opening.length === EVM_SIZES[i] && equalBytes(keccak256(opening), hashes[i] as Hash),
  );
  return isOpened ? wordAt(batchBytes, 0) : null;
}

/** The preimages from a state of the tensor machine to its context. */
export const tensorOpenings = (machine: TensorMachine, state: State): Uint8Array[] =>
  state.kind === "running" ? [preimageOf(machine, state.fetch)] : [];

/** The preimages from a state of the EVM machine to its context. */
export function evmOpenings({ tx, halted }: EvmMachine): Uint8Array[] {
  if (!tx || halted) return [];
  return [txWords(tx), blockWords(tx.block), batchWords(tx.block.batch)].map(joinWords);
}

// The file

const MAX_WITNESS_BYTES = 1 << 20;
const MAX_TEXT = 1_000;
const FIELDS = ["answer", "context", "format", "openings", "post", "pre", "unchecked", "verifier", "witness"];

export const formatStepFile = (file: StepFile): string => `${JSON.stringify(file, null, 2)}\n`;

/** @throws StepFileError that names the missing or malformed field. */
export function parseStepFile(text: string): StepFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new StepFileError(`not JSON: ${(error as Error).message}`);
  }
  const root = record(json, "the file", FIELDS);
  if (root.format !== "elench-step/1")
    throw new StepFileError(`format is ${JSON.stringify(root.format)}; "elench-step/1" is what is read here`);
  const verifier = record(root.verifier, "verifier", ["codeHash", "contract"]);
  const { contract } = verifier;
  if (contract !== "TensorVerifier" && contract !== "EvmVerifier")
    throw new StepFileError(
      `verifier.contract is ${JSON.stringify(contract)}; it must be TensorVerifier or EvmVerifier`,
    );
  const unchecked = record(root.unchecked, "unchecked", ["step", "text"]);
  if (!Array.isArray(root.openings)) throw new StepFileError("openings must be a list");
  return {
    format: "elench-step/1",
    verifier: { contract, codeHash: hash(verifier.codeHash, "verifier.codeHash") },
    context: hash(root.context, "context"),
    pre: hash(root.pre, "pre"),
    witness: hex(root.witness, "witness"),
    openings: root.openings.map((opening, i) => hex(opening, `openings[${i}]`)),
    answer: root.answer === null ? null : hash(root.answer, "answer"),
    post: hash(root.post, "post"),
    unchecked: { step: words(unchecked.step, "unchecked.step"), text: words(unchecked.text, "unchecked.text") },
  };
}

function record(value: unknown, at: string, fields: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new StepFileError(`${at} must be an object`);
  const names = Object.keys(value).sort();
  const wrong = fields.find((name) => !names.includes(name)) ?? names.find((name) => !fields.includes(name));
  if (wrong !== undefined)
    throw new StepFileError(
      `${at} ${names.includes(wrong) ? `has a field "${wrong}", which is unknown` : `lacks the field "${wrong}"`}`,
    );
  return value as Record<string, unknown>;
}

function hex(value: unknown, at: string): Hex {
  // The length comes first: matching a long text is work, too.
  const isHex = typeof value === "string" && value.length <= 2 + 2 * MAX_WITNESS_BYTES && value.length % 2 === 0;
  if (!isHex || !/^0x[\da-f]*$/.test(value))
    throw new StepFileError(`${at} must be 0x and an even number of lower-case hexadecimal digits, at most 1 MiB`);
  return value as Hex;
}

function hash(value: unknown, at: string): Hex {
  const digits = hex(value, at);
  if (digits.length !== 66) throw new StepFileError(`${at} has ${(digits.length - 2) / 2} bytes; a hash has 32`);
  return digits;
}

/** A text of the file's author, which is shown on a terminal. */
function words(value: unknown, at: string): string {
  if (typeof value !== "string" || value.length > MAX_TEXT || /\p{Cc}/u.test(value))
    throw new StepFileError(`${at} must be a text of at most ${MAX_TEXT} characters, without control characters`);
  return value;
}
