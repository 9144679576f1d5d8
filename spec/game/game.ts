/** Numbers that the dispute game's contracts and its strategy share (docs/game.md). */

/** Segments of a claim: a claim of level L covers SEGMENTS^L steps. */
export const SEGMENTS = 16;

/** States that a claim commits to between its start and its end. */
export const MIDDLES = 15;

/** Depth of the tree over a claim's segments: SEGMENTS is 2 to this power. */
export const DISSECTION_DEPTH = 4;

/** The highest level of a claim. No machine runs SEGMENTS^15 steps. */
export const MAX_LEVEL = 15;

/** Claims of a part that does not end a settlement, at least. */
export const LEAST_PART = 64;

/**
 * Most claims in a line from a proposal of a span down to one step of a tensor machine: the levels of each machine's claims.
 * A span has at most 16^3 batches, a batch 16^10 steps, an inference 16^15.
 */
export const LINE = { span: 3, evm: 10, tensor: 15 } as const;

/** What a claim is, in the four flag bits of its terms. */
export const FLAGS = {
  counter: { bit: 1, meaning: "Disputes a proposal: a claim over a whole range." },
  delegated: { bit: 2, meaning: "Disputes a step by another machine's run: a claim over a whole range." },
  refutation: { bit: 4, meaning: "An executed step. It cannot be answered." },
} as const;

/** Status of a game, in the order of the contract's `Status`. */
export const STATUSES = {
  None: "No such game.",
  Open: "Not concluded yet.",
  Upheld: "The proposal stands; the result is its output.",
  Replaced: "The proposal fell; the result is the output of the counter that receives its bond.",
} as const;

type StatusName = keyof typeof STATUSES;

/** Statuses as events and calls give them: by number. */
export const STATUS = Object.fromEntries(Object.keys(STATUSES).map((name, number) => [name, number])) as Readonly<
  Record<StatusName, number>
>;
