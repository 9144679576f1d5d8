// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "../game/IMachine.sol";

/// @notice Takes many steps in one call, to try witnesses in thousands.
contract ManySteps {
  /// @dev Twice what a step may need: a step that fails for want of gas would pass for one that is refused.
  uint256 private constant GAS = 10_000_000;

  /// @return posts By witness: the hash of the next state, 0 where the witness is refused.
  /// @return spent By witness: the gas that the call took, all contracts being warm.
  /// @return count How many were tried, for as long as there was gas.
  function step(
    IMachine machine,
    bytes32[] calldata pres,
    bytes[] calldata witnesses
  ) external view returns (bytes32[] memory posts, uint256[] memory spent, uint256 count) {
    posts = new bytes32[](witnesses.length);
    spent = new uint256[](witnesses.length);
    for (; count < witnesses.length && gasleft() > GAS + GAS / 8; ++count) {
      uint256 before = gasleft();
      try machine.step{gas: GAS}(pres[count], witnesses[count]) returns (bytes32 post) {
        posts[count] = post;
      } catch {}
      spent[count] = before - gasleft();
    }
  }
}
