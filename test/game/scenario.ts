import type { Hex } from "@elench/bytes/hex";
import type { Arena } from "./arena.ts";
import type { Stage } from "./stage.ts";
import type { Lie, Shape } from "./toy.ts";

/** A game told beforehand: what is run, what is proposed, and who attacks how. */
export type Scenario = {
  name: string;
  shape: Omit<Shape, "salt">;
  level: number;
  /** The proposal says what these lies imply; nothing false where there are none. */
  proposed: readonly Lie[];
  /** What happens before the game, and is not judged with it. */
  before?: (arena: Arena) => Promise<void>;
  attack: (stage: Stage, accomplice: (i: number) => Hex) => void;
  /** The honest party answers at once, instead of as late as it may. */
  prompt?: boolean;
};

export const plain: Omit<Shape, "salt"> = { otherLength: 0, otherLevel: 0, every: 0, length: 230 };
export const asking: Omit<Shape, "salt"> = { otherLength: 100, otherLevel: 2, every: 7, length: 200 };

/** Far enough in that every level has true and false parts. */
export const lie: Lie = { machine: "first", step: 101, flip: 2 };
/** The state after step 150 alone is false: the next one is true again. */
export const passing: Lie = { machine: "first", step: 160, flip: 1 };
export const lieOfOther: Lie = { machine: "second", step: 37, flip: 4 };

export const swapped = (points: Hex[], at: number, hash: Hex): Hex[] => points.map((h, i) => (i === at ? hash : h));
