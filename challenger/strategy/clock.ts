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

/** The longest time from a game's proposal to the deadline of its last claim: 2·MAX + ΣEXT over the deepest line. */
export function longestGame(times: Times, levels: number, delegatedLevels = 0): number {
  const long = (level: number, first: boolean): boolean => level === 1 || first;
  let sum = 2 * times.maxClock;
  for (let level = levels; level >= 1; level--) sum += long(level, false) ? times.longExtension : times.extension;
  for (let level = delegatedLevels; level >= 1; level--) {
    sum += long(level, level === delegatedLevels) ? times.longExtension : times.extension;
  }
  return sum;
}
