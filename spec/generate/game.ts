import { DISSECTION_DEPTH, FLAGS, LEAST_PART, LINE, MAX_LEVEL, SEGMENTS, STATUSES } from "../game/game.ts";
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

const flags = Object.entries(FLAGS)
  .map(([name, { bit, meaning }]) => `/// @dev ${meaning}\nuint256 constant ${name.toUpperCase()} = ${bit};`)
  .join("\n");

const machines: readonly number[] = Object.values(LINE);
const levels = [
  `/// @dev No machine runs ${SEGMENTS}^${MAX_LEVEL} steps.`,
  `uint256 internal constant MAX_LEVEL = ${MAX_LEVEL};`,
  "",
  `/// @dev The longest line of claims: ${LINE.span} of the span machine, ${LINE.evm} of the EVM machine, ${LINE.tensor} of the tensor machine.`,
  `uint256 internal constant LONGEST_LINE = ${machines.reduce((sum, levels) => sum + levels)};`,
  "",
  "/// @dev Of these: the level-1 claim of each machine, and the delegated claims of all but the first.",
  `uint256 internal constant LONG_CLAIMS = ${2 * machines.length - 1};`,
].join("\n");

const parts = [
  "/// @dev Claims of a part that does not end a settlement, at least.",
  `uint256 private constant LEAST_PART = ${LEAST_PART};`,
].join("\n");

/** Files generated from the game's table, for its contracts. */
export const GAME_OUTPUTS: readonly Output[] = [
  { path: "contracts/game/IDisputeGame.sol", region: "STATUS", content: `${statuses}\n` },
  { path: "contracts/game/ClaimRecord.sol", region: "FLAGS", content: `${flags}\n` },
  { path: "contracts/game/Dissection.sol", region: "SEGMENTS", content: `${segments}\n` },
  { path: "contracts/game/GameParameters.sol", region: "LEVELS", content: `${levels}\n` },
  { path: "contracts/game/Settlement.sol", region: "PARTS", content: `${parts}\n` },
];
