import { LINE } from "@elench/spec/game/game";
import type { DeployParameters } from "./parameters.ts";

const DAY = 24 * 3_600;
const LEVELS: readonly number[] = Object.values(LINE);
/** Most claims in a line, and those of them with the long extension: of level 1, and delegated ones. */
const CLAIMS = LEVELS.reduce((sum, level) => sum + level, 0);
const LONG_CLAIMS = 2 * LEVELS.length - 1;

type Clocks = Pick<DeployParameters, "maxClock" | "extension" | "longExtension">;

/** W: the longest that a game lasts, in seconds. As the game's `longest()`. */
export const longest = ({ maxClock, extension, longExtension }: Clocks): number =>
  2 * maxClock + LONG_CLAIMS * longExtension + (CLAIMS - LONG_CLAIMS) * extension;

/** Seconds for which the result of a game is kept at least. As the game's `retention()`. */
export const retention = (clocks: Clocks): number => Math.max(14 * DAY, longest(clocks) + 3 * DAY);
