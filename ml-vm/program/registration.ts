import { ElenchError } from "@elench/errors/elench-error";
import type { Hash, ListTree } from "@elench/merkle/tree";
import { encodeTypes } from "./codec.ts";
import type { Commitment } from "./commitment.ts";
import type { Program } from "./program.ts";

/** The calls that register a program (contracts/registry/IModelRegistry.sol), one transaction per page. */
export interface Registration {
  /** Arguments of the first call and of each page. */
  readonly header: Uint8Array;
  readonly types: Uint8Array;
  readonly pages: readonly Page[];
}

export interface Page {
  readonly firstPc: number;
  /** Encoded instructions from `firstPc` on. */
  readonly instructions: readonly Uint8Array[];
  /** Siblings that complete their hashes to the program root, from the leaves upwards, left before right. */
  readonly siblings: readonly Hash[];
  /** Bound on the gas of the transaction. */
  readonly gas: number;
}

/** A program is too large to be registered on L1. */
export class RegistrationError extends ElenchError {
  override readonly name = "RegistrationError";
  override readonly kind = "input";
}

/** Limits of a page. */
export interface PageBudget {
  /** Gas of the transaction: on L1 at most 2^24 (EIP-7825). */
  readonly gas: number;
  /** Bytes of types, instructions and siblings: nodes relay transactions of up to 128 kB. */
  readonly bytes: number;
}

const BUDGET: PageBudget = { gas: 12_000_000, bytes: 100_000 };

/** Upper bounds, whose sum bounds the gas of a page; test/contracts/model-registry.test.ts checks them against the contract. */
const GAS = { page: 250_000, type: 1_500, typeByte: 150, instruction: 25_000, instructionByte: 250 } as const;

/**
 * Splits a program into pages.
 * @param from the first instruction that is not registered yet, to resume a registration.
 * @throws RegistrationError if one instruction alone, with the types, exceeds the budget.
 */
export function registrationOf(program: Program, commitment: Commitment, from = 0, budget = BUDGET): Registration {
  const declared = [...program.inputs, ...program.weights, ...program.tensors];
  const types = encodeTypes(declared);
  const { encoded, header, program: tree } = commitment;
  const overhead = {
    gas: GAS.page + GAS.type * declared.length + GAS.typeByte * types.length,
    bytes: types.length + 64 * tree.depth,
  };
  const pages: Page[] = [];
  for (let firstPc = from; firstPc < encoded.length; ) {
    const { length, gas } = fit(encoded.slice(firstPc), overhead, budget);
    const instructions = encoded.slice(firstPc, firstPc + length);
    pages.push({ firstPc, instructions, siblings: rangeSiblings(tree, firstPc, length), gas });
    firstPc += length;
  }
  return { header, types, pages };
}

/** The number of instructions that fit in a page, and its gas. */
function fit(
  encoded: readonly Uint8Array[],
  overhead: PageBudget,
  budget: PageBudget,
): { readonly length: number; readonly gas: number } {
  let { gas, bytes } = overhead;
  for (const [i, instruction] of encoded.entries()) {
    const nextGas = gas + GAS.instruction + GAS.instructionByte * instruction.length;
    const nextBytes = bytes + instruction.length;
    if (nextGas > budget.gas || nextBytes > budget.bytes) {
      if (i > 0) return { length: i, gas };
      throw new RegistrationError(
        `an instruction of ${instruction.length} bytes takes about ${nextGas} gas and ${nextBytes} bytes to register, types included; a transaction may take ${budget.gas} and ${budget.bytes}`,
      );
    }
    [gas, bytes] = [nextGas, nextBytes];
  }
  return { length: encoded.length, gas };
}

/** Nodes that complete a run of neighbouring leaves to the root. */
function rangeSiblings(tree: ListTree, first: number, length: number): Hash[] {
  const siblings: Hash[] = [];
  let [left, right] = [first, first + length];
  for (let height = 0; height < tree.depth; height++) {
    if (left % 2 === 1) siblings.push(tree.node(height, --left));
    if (right % 2 === 1) siblings.push(tree.node(height, right++));
    [left, right] = [left / 2, right / 2];
  }
  return siblings;
}
