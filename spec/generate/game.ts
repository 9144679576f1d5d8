import { DISSECTION_DEPTH, MAX_LEVEL, SEGMENTS, STATUSES } from "../game/game.ts";
import type { Output } from "./output.ts";

const statuses = [
  "enum Status {",
  Object.entries(STATUSES)
    .map(([name, meaning]) => `  /// @dev ${meaning}\n  ${name}`)
    .join(",\n"),
  "}",
].join("\n");

const segments = [
  "/// @dev Segments of a claim; a claim of level L covers SEGMENTS ** L steps.",
  `uint256 internal constant SEGMENTS = ${SEGMENTS};`,
  "",
  "/// @dev Hashes of a path in the tree over them.",
  `uint256 private constant DEPTH = ${DISSECTION_DEPTH};`,
].join("\n");

const levels = [
  `/// @dev No machine runs ${SEGMENTS}^${MAX_LEVEL} steps.`,
  `uint256 internal constant MAX_LEVEL = ${MAX_LEVEL};`,
].join("\n");

/** Files generated from the game's table, for its contracts. */
export const GAME_OUTPUTS: readonly Output[] = [
  { path: "contracts/game/IDisputeGame.sol", region: "STATUS", content: `${statuses}\n` },
  { path: "contracts/game/Dissection.sol", region: "SEGMENTS", content: `${segments}\n` },
  { path: "contracts/game/GameState.sol", region: "LEVELS", content: `${levels}\n` },
];
