// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev Accounts that a settlement owes money to, each once. The sums are in transient storage, which finds an account in constant gas.
struct Debts {
  address[] creditors;
  uint256 count;
}

using {owe, settleNext} for Debts global;

/// @param most How many calls of `owe` there can be.
function newDebts(uint256 most) pure returns (Debts memory) {
  return Debts(new address[](most), 0);
}

function owe(Debts memory debts, address creditor, uint256 amount) {
  // Nothing is no debt: its creditor would be listed again with the next one.
  if (amount == 0) return;
  // SAFETY: the compiler may leave bits above an address; to widen it clears them.
  uint256 key = uint160(creditor);
  uint256 before;
  assembly ("memory-safe") {
    before := tload(key)
    tstore(key, add(before, amount))
  }
  if (before == 0) debts.creditors[debts.count++] = creditor;
}

/// @notice Takes one creditor from the list. Its sum starts from zero in a later settlement of the same transaction.
function settleNext(Debts memory debts) returns (address creditor, uint256 amount) {
  creditor = debts.creditors[--debts.count];
  uint256 key = uint160(creditor);
  assembly ("memory-safe") {
    amount := tload(key)
    tstore(key, 0)
  }
}
