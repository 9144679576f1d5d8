// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame, Proposal, Status} from "../game/IDisputeGame.sol";

/// @title A game whose results the caller of `conclude` chooses
/// @dev Stands in for the dispute game where a test is about its consumer: what a consumer may rely on, and nothing else.
contract StubGame {
  error NoSuchGame(uint256 number);

  uint256 public immutable longest;
  uint256 public immutable retention;

  uint256 private _games;
  mapping(bytes32 id => uint256) private _concludedAt;

  constructor(uint256 longest_, uint256 retention_) {
    (longest, retention) = (longest_, retention_);
  }

  function propose(
    uint256 where,
    address proposer,
    bytes32 context,
    bytes32 start,
    bytes32 output
  ) external payable returns (uint256 number) {
    number = ++_games << 16;
    uint256 head =
      (number << 216) | (uint256(uint8(where >> 160)) << 208) | (block.timestamp << 168) | uint160(msg.sender);
    emit IDisputeGame.Proposed(
      msg.sender,
      proposer,
      Proposal(head, uint160(proposer), uint160(where), context, start, output)
    );
  }

  /// @param proposal With the result as output. Nothing of it is checked: a test may conclude a game that nobody opened.
  function conclude(Proposal calldata proposal) external {
    _concludedAt[keccak256(abi.encode(proposal))] = block.timestamp;
  }

  function ended(Proposal calldata proposal) external view returns (Status status, uint256 concludedAt) {
    concludedAt = _concludedAt[keccak256(abi.encode(proposal))];
    if (concludedAt == 0) revert NoSuchGame(proposal.head >> 216);
    return (Status.Upheld, concludedAt);
  }
}
