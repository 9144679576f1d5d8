// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "../game/IMachine.sol";

/// @notice Takes many steps in one call, to try witnesses in thousands.
contract ManySteps {
  /// @dev Twice what a step may need: a step that fails for want of gas would pass for one that is refused.
  uint256 private constant GAS = 10_000_000;

  error TooManySteps(uint256 taken);

  /// @return posts By witness: the hash of the next state, 0 where the witness is refused.
  function step(
    IMachine machine,
    bytes32[] calldata pres,
    bytes[] calldata witnesses
  ) external view returns (bytes32[] memory posts) {
    posts = new bytes32[](witnesses.length);
    for (uint256 i = 0; i < witnesses.length; ++i) {
      if (gasleft() < GAS + GAS / 8) revert TooManySteps(i);
      try machine.step{gas: GAS}(pres[i], witnesses[i]) returns (bytes32 post) {
        posts[i] = post;
      } catch {}
    }
  }
}
