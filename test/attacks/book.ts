import type { Attack } from "./attack.ts";
import { GAME_ATTACKS } from "./game.ts";
import { OUTPUT_ATTACKS } from "./outputs.ts";
import { RESULT_ATTACKS } from "./results.ts";

/** Every known attack. */
export const BOOK: readonly Attack[] = [...GAME_ATTACKS, ...OUTPUT_ATTACKS, ...RESULT_ATTACKS];
