import { concat } from "@elench/bytes/concat";
import { toBigInt } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import { keccak256 } from "@elench/merkle/tree";
import { MODEL_ENTRY, MODEL_ENTRY_LIMIT, type ModelEntryField, shiftOf } from "@elench/spec/evm/model-entry";
import { MODEL_DIRECTORY } from "@elench/spec/evm/precompiles";

/**
 * The models that contracts of the chain can call. They are in the storage of a predeployed contract: `mapping(bytes32 => uint256)`
 * at slot 0, from a model's id to a word that packs the fields of MODEL_ENTRY, from the most significant bit. Zero means no model.
 */
export const DIRECTORY_ADDRESS = `0x${MODEL_DIRECTORY.toString(16).padStart(40, "0")}` as const;

const { MAX_LEVEL, MAX_TABLE_DEPTH, BYTES_PER_GAS } = MODEL_ENTRY_LIMIT;

export interface DirectoryEntry {
  /** Level of a game about one run. */
  readonly level: number;
  readonly tableDepth: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Gas of one run. */
  readonly price: bigint;
}

/** The storage slot of a model's entry. */
export const directorySlot = (modelId: Uint8Array): Uint8Array => keccak256(concat(modelId, new Uint8Array(32)));

/** @throws InternalError if a field does not fit. */
export function encodeEntry(entry: DirectoryEntry): bigint {
  return MODEL_ENTRY.reduce((packed, { name, bits }) => {
    const value = BigInt(entry[name]);
    if (value < 0n || value >> BigInt(bits) !== 0n)
      throw new InternalError(`${name} ${value} does not fit ${bits} bits`);
    return (packed << BigInt(bits)) | value;
  }, 0n);
}

/** A call costs at least one gas for each of its steps (INPUT takes one per 4,096 bytes, COPY one per 2,048), so that a transaction's gas bounds its steps. */
const isPaid = ({ inputBytes, outputBytes, price }: DirectoryEntry): boolean =>
  BigInt(BYTES_PER_GAS) * price >= BigInt(inputBytes) + 2n * BigInt(outputBytes);

/**
 * @param word as storage holds it, with or without leading zeros.
 * @returns null if there is no callable model: the level must be 1 to 15, the table's depth at most 32, and 4,096 times the price at least the bytes of the input plus twice those of the output.
 */
export function decodeEntry(word: Uint8Array): DirectoryEntry | null {
  const packed = toBigInt(word);
  const fields = MODEL_ENTRY.map(
    ({ name, bits }, i) => [name, BigInt.asUintN(bits, packed >> BigInt(shiftOf(i)))] as const,
  );
  const { level, tableDepth, inputBytes, outputBytes, price } = Object.fromEntries(fields) as Record<
    ModelEntryField,
    bigint
  >;
  // The zero word has level 0.
  if (level === 0n || level > MAX_LEVEL || tableDepth > MAX_TABLE_DEPTH) return null;
  const entry: DirectoryEntry = {
    level: Number(level),
    tableDepth: Number(tableDepth),
    inputBytes: Number(inputBytes),
    outputBytes: Number(outputBytes),
    price,
  };
  return isPaid(entry) ? entry : null;
}
