// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame, Proposal} from "../game/IDisputeGame.sol";

/// @notice An account that makes the same counter many times in one transaction.
contract Crowd {
  /// @param proposal Its hint is that of the first counter; the others' follow.
  function counter(
    IDisputeGame game,
    Proposal memory proposal,
    bytes32 output,
    bytes32[15] calldata middles,
    uint256 count
  ) external payable {
    uint256 price = msg.value / count;
    for (uint256 i = 0; i < count; ++i) {
      game.counter{value: price}(proposal, output, middles);
      proposal.proposer += 1 << 240;
    }
  }
}
