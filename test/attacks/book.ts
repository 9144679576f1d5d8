import { ABSENCE_ATTACKS } from "./absence.ts";
import type { Attack } from "./attack.ts";
import { GAME_ATTACKS } from "./game.ts";
import { L1_ATTACKS } from "./l1.ts";
import { MONEY_ATTACKS } from "./money.ts";
import { ORACLE_ATTACKS } from "./oracle.ts";
import { OUTPUT_ATTACKS } from "./outputs.ts";
import { RESULT_ATTACKS } from "./results.ts";

/** Every known attack. */
export const BOOK: readonly Attack[] = [
  ...GAME_ATTACKS,
  ...OUTPUT_ATTACKS,
  ...RESULT_ATTACKS,
  ...ABSENCE_ATTACKS,
  ...ORACLE_ATTACKS,
  ...MONEY_ATTACKS,
  ...L1_ATTACKS,
];
