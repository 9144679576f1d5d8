import { concat } from "@elench/bytes/concat";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { directorySlot, encodeEntry } from "@elench/evm/inference/directory";
import type { Models } from "@elench/evm/inference/models";
import { keccak256 } from "@elench/merkle/tree";
import type { Random } from "../../evm/trie/fixtures/random.ts";
import { once, pick, randomBytes } from "./values.ts";

/** What passes for models where the executors of the EVM are compared: any function of the input will do. */

interface FuzzModel {
  readonly id: Uint8Array;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly price: bigint;
}

const MODELS: readonly FuzzModel[] = [
  { id: new Uint8Array(32).fill(0x11), inputBytes: 12, outputBytes: 24, price: 9_000n },
  // Input and output in several pieces.
  { id: new Uint8Array(32).fill(0x22), inputBytes: 5000, outputBytes: 4000, price: 20_000n },
];

export const INFERENCE = 0xa100n;
/** Its storage names the models. */
export const DIRECTORY = 0xa101n;

export const DIRECTORY_STORAGE: readonly (readonly [slot: bigint, entry: bigint])[] = MODELS.map((model) => [
  toBigInt(directorySlot(model.id)),
  encodeEntry({ level: 3, tableDepth: 1, ...model }),
]);

/** The input's hash, over and over. */
export const models: Models = {
  infer(modelId, input) {
    const { outputBytes } = MODELS.find(({ id }) => id[0] === modelId[0]) as FuzzModel;
    const hash = keccak256(concat(modelId, input));
    return Uint8Array.from({ length: outputBytes }, (_, i) => hash[i % 32] as number);
  },
};

/** What the `inference` precompile takes, most of the time. */
export function inferenceInput(random: Random): Uint8Array {
  const { id, inputBytes, outputBytes } = pick(random, MODELS);
  const size = outputBytes + (once(random, 15) ? 1 : 0);
  return concat(once(random, 20) ? randomBytes(random, 32) : id, wordBytes(size), randomBytes(random, inputBytes));
}
