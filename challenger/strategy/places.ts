import { regionOf } from "./record.ts";
import { entriesOf } from "./standing.ts";
import type { Forest } from "./tree.ts";

/**
 * Hints for the slots that the contract uses again. A hint is never wrong: from a place that is taken, the contract walks on. But a slot
 * that was used before costs a fifth of a fresh one.
 */

/** Places that a hint can name: it has 16 bits. */
const HINTS = 1 << 16;

/** Places in the pool of claims whose games are over, in ascending order. */
export function freePlaces({ games }: Forest): number[] {
  const [used, taken] = [new Set<number>(), new Set<number>()];
  for (const game of games.values())
    for (const { place } of entriesOf(game)) (game.status === "open" ? taken : used).add(place);
  return [...used].filter((place) => place < HINTS && !taken.has(place)).sort((a, b) => a - b);
}

/**
 * Hints for the next claims, without end, in the order to give them: the free places, then fresh ones next to those in use. Each is another place: of
 * claims made at the same time none walks over the others.
 */
export function* placeHints(forest: Forest): Generator<number, never> {
  yield* freePlaces(forest);
  for (let place = firstFresh(forest); ; place++) yield place % HINTS;
}

function firstFresh({ games }: Forest): number {
  const places = [...games.values()].flatMap((game) => entriesOf(game).map(({ place }) => place));
  return places.reduce((fresh, place) => Math.max(fresh, place + 1), 0);
}

/**
 * A hint for the next game: the region whose last game was proposed first, if it is over and its result need not be kept any longer; else the
 * first region that was never used.
 * @param kept seconds from a proposal until its region is free: the longest game, the retention, and some time to conclude it
 */
export function regionHint({ games, numbers }: Forest, kept: number, now: number): number {
  let [best, made] = [-1, now - kept];
  const used = new Set<number>();
  for (const [number, id] of numbers) {
    const game = games.get(id);
    used.add(regionOf(number));
    if (game === undefined || game.status === "open" || numbers.has(number + 1n)) continue;
    if (game.proposal.made < made) [best, made] = [regionOf(number), game.proposal.made];
  }
  if (best !== -1) return best;
  // Not the one above all others: an account that takes the highest would send everybody to the first, and from there past all that are kept.
  let fresh = 0;
  while (used.has(fresh)) fresh++;
  return fresh;
}
