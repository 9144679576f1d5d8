// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

contract Sorting {
  /// @notice keccak256 of the sorted numbers, by the seed that they were made from.
  mapping(uint256 seed => bytes32) public sorted;

  /// @notice Sorts numbers that keccak256 makes from a seed.
  function sort(uint256 seed, uint256 count) external {
    uint256[] memory numbers = new uint256[](count);
    for (uint256 i = 0; i < count; ++i) numbers[i] = uint256(keccak256(abi.encode(seed, i)));
    _sort(numbers, 0, int256(count) - 1);
    sorted[seed] = keccak256(abi.encodePacked(numbers));
  }

  /// @dev Quicksort, as Hoare has it: of the numbers from `first` to `last`.
  function _sort(uint256[] memory numbers, int256 first, int256 last) private pure {
    if (first >= last) return;
    uint256 pivot = numbers[uint256(first + last) / 2];
    int256 i = first;
    int256 j = last;
    while (i <= j) {
      while (numbers[uint256(i)] < pivot) ++i;
      while (numbers[uint256(j)] > pivot) --j;
      if (i > j) break;
      (numbers[uint256(i)], numbers[uint256(j)]) = (numbers[uint256(j)], numbers[uint256(i)]);
      ++i;
      --j;
    }
    _sort(numbers, first, j);
    _sort(numbers, i, last);
  }
}
