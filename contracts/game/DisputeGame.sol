// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Bonds} from "./Bonds.sol";
import {GameState} from "./GameState.sol";
import {Moves} from "./Moves.sol";
import {Parameters} from "./IDisputeGame.sol";
import {Resolution} from "./Resolution.sol";

/// @title DisputeGame: moves, resolution and bonds in one contract
/// @dev It calls machines only by `staticcall`, and pays out only in `withdraw` (and to address zero), so that no call of
/// anybody's code happens while a game's state is half written.
///
/// `multicall` settles a whole game in one transaction. INVARIANT: it takes no value, so that none is counted twice.
contract DisputeGame is Moves, Resolution, Multicall {
  constructor(Parameters memory p) GameState(p) Bonds(p.withdrawalDelay, p.guardian) {}
}
