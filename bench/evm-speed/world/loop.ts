import type { Hex } from "@elench/bytes/hex";
import { assemble } from "./assembly.ts";
import type { After } from "./workload.ts";

/** Code that repeats something for as long as there is gas, and counts what it did. */
export interface Loop {
  /** Done once, before. What it leaves on the stack stays below the tally. */
  readonly setup?: string;
  /** Finds the tally on top of the stack, and leaves it there, greater. */
  readonly body: string;
  /** Done once, at the end, with the tally on top. */
  readonly after?: string;
  /** The slot that the tally goes to: code that leaves it on top. Default: slot 0. */
  readonly slot?: string;
  /** Gas that must be left for another turn: what `body` takes, and what comes after it. Default: 60,000. */
  readonly reserve?: number;
}

export const loop = ({ setup = "", body, after = "", slot = "0", reserve = 60_000 }: Loop): Uint8Array =>
  assemble(`${setup} 0 loop: ${body} ${reserve} GAS GT @loop JUMPI ${after} ${slot} SSTORE STOP`);

/**
 * Holds a tally against the gas used: at least half of it went into what was tallied.
 * @param unit gas of one unit of the tally
 * @throws Error
 */
export async function expectTally(after: After, contract: Hex, unit: number): Promise<void> {
  expectWork(Number(await after.storage(contract, 0n)) * unit, after.gasUsed);
}

/** @param work gas of what was done */
export function expectWork(work: number, gasUsed: number): void {
  if (work < gasUsed / 2 || work > gasUsed) throw new Error(`${work} gas of work, of ${gasUsed} used`);
}
