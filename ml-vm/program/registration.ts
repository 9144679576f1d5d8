import type { Hash, ListTree } from "../../merkle/tree.ts";
import { encodeTypes } from "./codec.ts";
import type { Commitment } from "./commitment.ts";
import type { Program } from "./program.ts";

/** What shows a program to the registry contract (contracts/registry/IModelRegistry.sol), one transaction a page. */
export interface Registration {
  /** Both begin the registration, and go with each page. */
  readonly header: Uint8Array;
  readonly types: Uint8Array;
  readonly pages: readonly Page[];
}

export interface Page {
  readonly firstPc: number;
  /** Encoded instructions from `firstPc` on. */
  readonly instructions: readonly Uint8Array[];
  /** What completes their hashes to the program root, from the leaves upwards, left before right. */
  readonly siblings: readonly Hash[];
}

/** What a page may take. */
export interface PageBudget {
  /** Gas of the transaction: on L1 at most 2^24 (EIP-7825). */
  readonly gas: number;
  /** Bytes of instructions and siblings: nodes relay transactions of up to 128 kB. */
  readonly bytes: number;
}

const BUDGET: PageBudget = { gas: 12_000_000, bytes: 60_000 };

/** Bounds on the gas of a page, calldata included; test/contracts/registry.test.ts holds them against the contract. */
const GAS = { page: 250_000, type: 2_000, instruction: 25_000, instructionByte: 250 } as const;

/**
 * Cuts a program into pages.
 * @param from the first instruction that the registry has not seen: goes on where somebody stopped.
 * @throws RangeError if one instruction alone, with the types, is over the budget.
 */
export function registrationOf(program: Program, commitment: Commitment, from = 0, budget = BUDGET): Registration {
  const types = encodeTypes([...program.inputs, ...program.weights, ...program.tensors]);
  return { header: commitment.header, types, pages: pagesOf(commitment, from, budget) };
}

function pagesOf({ encoded, header, program }: Commitment, from: number, budget: PageBudget): Page[] {
  const perPage = GAS.page + GAS.type * declared(header);
  const pages: Page[] = [];
  for (let firstPc = from; firstPc < encoded.length; ) {
    let end = firstPc;
    let gas = perPage;
    let bytes = 64 * program.depth;
    for (; end < encoded.length; end++) {
      const { length } = encoded[end] as Uint8Array;
      gas += GAS.instruction + GAS.instructionByte * length;
      bytes += length;
      if (gas > budget.gas || bytes > budget.bytes) break;
    }
    if (end === firstPc) {
      throw new RangeError(
        `instruction ${end} of ${encoded[end]?.length} bytes, with the types of ${declared(header)} tensors, takes more than a page: about ${gas} gas, ${bytes} bytes`,
      );
    }
    pages.push({
      firstPc,
      instructions: encoded.slice(firstPc, end),
      siblings: rangeSiblings(program, firstPc, end - firstPc),
    });
    firstPc = end;
  }
  return pages;
}

/** How many inputs, weights and table tensors a header declares. */
function declared(header: Uint8Array): number {
  const counts = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return counts.getUint16(2) + counts.getUint16(4) + counts.getUint16(6);
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
