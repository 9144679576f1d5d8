// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {GameParameters} from "./GameParameters.sol";
import {Parameters} from "./IDisputeGame.sol";
import {Moves} from "./Moves.sol";
import {Settlement} from "./Settlement.sol";

/// @title DisputeGame: moves, settlement and bonds in one contract
/// @dev The contract calls machines by `staticcall` alone, and sends ether only in `withdraw`, as its last act: no foreign code runs
/// while a game's state is incomplete.
contract DisputeGame is Moves, Settlement {
  constructor(Parameters memory p) GameParameters(p) {}
}
