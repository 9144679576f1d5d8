import { LINE } from "@elench/spec/game/game";

/**
 * The clocks of `contracts/game/Clock.sol`. All times in seconds.
 */

/** The contract's parameters that determine the clocks. */
export type Times = { maxClock: number; extension: number; longExtension: number };

/** d(c) = min(MAX, d(grandparent) + t(c) − t(parent)). */
export const afterWaiting = (grandparent: number, waited: number, times: Times): number =>
  Math.min(times.maxClock, grandparent + waited);

/** deadline(c) = t(c) + max(EXT(c), MAX − d(parent)). */
export const deadlineOf = (made: number, extension: number, parent: number, times: Times): number =>
  made + Math.max(extension, times.maxClock - parent);

/**
 * The longest time from a game's proposal to the deadline of its last claim: 2·MAX + ΣEXT over the deepest line.
 * @param levels of the machines in order: the game's own, then each that a step of the one before asks. Default: the longest line that
 * there is, as in the contract's `longest()`.
 */
export function longestGame(times: Times, levels: readonly number[] = Object.values(LINE)): number {
  const claims = levels.reduce((a, b) => a + b, 0);
  // The claim of level 1 of each machine, and each claim that is delegated; one claim if that machine has one level.
  const long = levels.reduce((sum, level, i) => sum + (i === 0 || level === 1 ? 1 : 2), 0);
  return 2 * times.maxClock + long * times.longExtension + (claims - long) * times.extension;
}
