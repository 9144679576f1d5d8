// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Bonds} from "./Bonds.sol";
import {GameState} from "./GameState.sol";
import {Moves} from "./Moves.sol";
import {Parameters} from "./IDisputeGame.sol";
import {Resolution} from "./Resolution.sol";

/// @title DisputeGame: moves, resolution and bonds in one contract
/// @dev The contract calls machines only by `staticcall`, and transfers ether only in `withdraw` and to address zero, so that no
/// foreign code runs while a game's state is incomplete.
///
/// `multicall` resolves a whole game in one transaction. INVARIANT: it accepts no value, so that no value is counted twice.
contract DisputeGame is Moves, Resolution, Multicall {
  constructor(Parameters memory p) GameState(p) Bonds(p.withdrawalDelay, p.guardian) {}
}
