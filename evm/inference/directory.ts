import { concat } from "@elench/bytes/concat";
import { toBigInt } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import { keccak256 } from "@elench/merkle/tree";

/**
 * The models that contracts of the chain can call, as they stand in the storage of a predeployed contract: `mapping(bytes32 => uint256)`
 * at slot 0, from a model's id to a word that packs, from the most significant bit: level (8), depth of the table of tensors (8), bytes of
 * the input (48), bytes of the output (48), gas of one run (144). Zero is no model.
 */
export const DIRECTORY_ADDRESS = "0x000000000000000000000000000000000000a101";

export interface DirectoryEntry {
  /** Of a game about one run. */
  readonly level: number;
  readonly tableDepth: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Gas of one run. */
  readonly price: bigint;
}

/** The storage slot of a model's word. */
export const directorySlot = (modelId: Uint8Array): Uint8Array => keccak256(concat(modelId, new Uint8Array(32)));

const FIELDS = [
  ["level", 8n],
  ["tableDepth", 8n],
  ["inputBytes", 48n],
  ["outputBytes", 48n],
  ["price", 144n],
] as const;

/** @throws InternalError if a field does not fit. */
export function encodeEntry(entry: DirectoryEntry): bigint {
  return FIELDS.reduce((packed, [name, bits]) => {
    const value = BigInt(entry[name]);
    if (value < 0n || value >> bits !== 0n) throw new InternalError(`${name} ${value} does not fit ${bits} bits`);
    return (packed << bits) | value;
  }, 0n);
}

/** A game's highest level, and the deepest table whose root the verifier makes. */
const MAX_LEVEL = 15;
const MAX_TABLE_DEPTH = 32;

/** For each of its steps, of which INPUT takes one for 4,096 bytes, and COPY one for 2,048, a call costs at least one gas: a transaction's steps are bounded by its gas. */
const BYTES_PER_GAS = 4096n;
const isPaid = ({ inputBytes, outputBytes, price }: DirectoryEntry): boolean =>
  BYTES_PER_GAS * price >= BigInt(inputBytes) + 2n * BigInt(outputBytes);

/**
 * @param word as storage holds it, leading zeros left out or not.
 * @returns null if there is no model, or none that may be called: a level must be 1 to 15, a table's depth at most 32, and 4,096 times the price at least the bytes of the input and twice the output's.
 */
export function decodeEntry(word: Uint8Array): DirectoryEntry | null {
  const packed = toBigInt(word);
  const field = (from: bigint, bits: bigint): bigint => (packed >> from) & ((1n << bits) - 1n);
  const level = Number(field(248n, 8n));
  const tableDepth = Number(field(240n, 8n));
  // The zero word has level 0.
  if (level === 0 || level > MAX_LEVEL || tableDepth > MAX_TABLE_DEPTH) return null;
  const entry: DirectoryEntry = {
    level,
    tableDepth,
    inputBytes: Number(field(192n, 48n)),
    outputBytes: Number(field(144n, 48n)),
    price: field(0n, 144n),
  };
  return isPaid(entry) ? entry : null;
}
