import type { Word } from "@elench/bytes/words";
import { ZERO_HASH } from "../../structures/layout.ts";
import type { Task } from "../state/machine.ts";

/** The precompile that asks the tensor machine. */
export const INFERENCE = 0xa100n;

/** Whether calls to this address run a precompile: Ethereum's ten, and `inference`. They are always warm (EIP-2929). */
export const isPrecompile = (address: bigint): boolean => (address >= 1n && address <= 10n) || address === INFERENCE;

/** What is left of a precompile. */
export class PrecompileTask implements Task {
  readonly address: bigint;
  /** Bytes, or rounds, that are done. */
  readonly position: number;
  /** What stands for the work so far in the state; 0 before the first step. */
  readonly midstate: Word;
  /** The work so far, as the precompile holds it. */
  readonly live: unknown;

  constructor(address: bigint, position = 0, midstate: Word = ZERO_HASH, live: unknown = undefined) {
    this.address = address;
    this.position = position;
    this.midstate = midstate;
    this.live = live;
  }

  words(): readonly Word[] {
    return [this.address, this.position, this.midstate];
  }
}
