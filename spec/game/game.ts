/** Numbers that the dispute game's contracts and its strategy share (docs/game.md). */

/** Segments of a claim: a claim of level L covers SEGMENTS^L steps. */
export const SEGMENTS = 16;

/** States that a claim commits to between its start and its end. */
export const MIDDLES = 15;

/** Depth of the tree over a claim's segments: SEGMENTS is 2 to this power. */
export const DISSECTION_DEPTH = 4;

/** The highest level of a claim. No machine runs SEGMENTS^15 steps. */
export const MAX_LEVEL = 15;

/** Status of a game, in the order of the contract's `Status`. */
export const STATUSES = {
  None: "No such game.",
  Open: "Not concluded yet.",
  Upheld: "The proposal stands; the result is its output.",
  Replaced: "The proposal fell; the result is the output of the counter that receives its bond.",
  Void: "The consumer voided the game.",
} as const;

type StatusName = keyof typeof STATUSES;

/** Statuses as events and calls give them: by number. */
export const STATUS = Object.fromEntries(Object.keys(STATUSES).map((name, number) => [name, number])) as Readonly<
  Record<StatusName, number>
>;
