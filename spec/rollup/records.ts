import type { Field } from "../evm/structures.ts";

/** A field of a structure that L1 hashes; an address takes a whole word. */
export interface HashedField extends Omit<Field, "type"> {
  readonly type: Field["type"] | "address";
}

/** What the inbox keeps of a batch, in the order in which it is hashed. */
export const RECORD = [
  { name: "config", type: "bytes32", meaning: "hash of the chain's Config" },
  { name: "kind", type: "uint256", meaning: "0: an ordinary batch" },
  { name: "gas", type: "uint256", meaning: "gas that the batch may use: at most 2^27" },
  {
    name: "time",
    type: "uint256",
    meaning: "seconds since 1970 that the batch was declared for; 0: not declared",
  },
  { name: "source", type: "uint256", meaning: "where its bytes are: 0 for calldata" },
  { name: "root", type: "bytes32", meaning: "root of the data tree over its bytes" },
  { name: "size", type: "uint256", meaning: "number of its bytes: less than 2^27" },
] as const satisfies readonly HashedField[];

/** The rules of a chain that its batches are executed by, in the order in which they are hashed. */
export const CONFIG = [
  {
    name: "version",
    type: "uint256",
    meaning: "of these rules: 1, which reads the chain id alone",
  },
  { name: "chainId", type: "uint256", meaning: "1 to 2^64 − 1" },
  { name: "blockGas", type: "uint256", meaning: "gas limit of a block" },
  { name: "minimumFee", type: "uint256", meaning: "the lowest base fee, in wei" },
  { name: "target", type: "uint256", meaning: "gas a second at which the base fee stays" },
  { name: "inertia", type: "uint256", meaning: "gas over the target that multiplies the base fee by e" },
  { name: "transactionGas", type: "uint256", meaning: "gas that a transaction takes from its batch, valid or not" },
  { name: "headGas", type: "uint256", meaning: "gas that a block takes from its batch" },
  { name: "vault", type: "address", meaning: "the account that fees go to" },
] as const satisfies readonly HashedField[];

/** The only version so far. */
export const CONFIG_VERSION = 1;
