// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title The guardian of all contracts, held by one account at a time
/// @notice Game, outputs and oracle are deployed with this contract as their guardian. Its holder calls them through it; the appointer,
/// a timelock, replaces the holder.
/// @dev TRUST: the holder can do what these contracts allow their guardian, and nothing else: this contract has no other rights, and no
/// ether. It must not be a canceller of the appointer's timelock: else a thief of the holder's key could keep its place.
contract Guardian {
  event Appointed(address indexed holder);

  /// @notice Only the holder may call this.
  error NotHolder(address caller);
  /// @notice Only the appointer may call this.
  error NotAppointer(address caller);

  address public immutable appointer;
  address public holder;

  constructor(address appointer_, address holder_) {
    appointer = appointer_;
    _appoint(holder_);
  }

  /// @notice Calls a contract as the guardian.
  function call(address target, bytes calldata data) external returns (bytes memory) {
    if (msg.sender != holder) revert NotHolder(msg.sender);
    return Address.functionCall(target, data);
  }

  function appoint(address holder_) external {
    if (msg.sender != appointer) revert NotAppointer(msg.sender);
    _appoint(holder_);
  }

  function _appoint(address holder_) private {
    holder = holder_;
    emit Appointed(holder_);
  }
}
