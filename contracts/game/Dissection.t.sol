// SPDX-License-Identifier: MIT
// Properties are named after what they test, and fail with a message.
/* solhint-disable gas-custom-errors, func-name-mixedcase */
pragma solidity ^0.8.37;

import {Clock} from "./Clock.sol";
import {Dissection} from "./Dissection.sol";
import {Opening} from "./IDisputeGame.sol";

/// @dev The libraries against the plainest way to say the same.
contract DissectionTest {
  function rootOf(bytes32 start, bytes32[15] calldata middles, bytes32 end) external pure returns (bytes32) {
    return Dissection.root(start, middles, end);
  }

  function check(bytes32 root, uint256 segment, Opening calldata opening) external pure {
    Dissection.check(root, segment, opening);
  }

  function _points(bytes32 seed) private pure returns (bytes32[17] memory points) {
    for (uint256 i = 0; i < 17; ++i) points[i] = keccak256(abi.encode(seed, i));
  }

  function _middles(bytes32[17] memory points) private pure returns (bytes32[15] memory middles) {
    for (uint256 i = 0; i < 15; ++i) middles[i] = points[i + 1];
  }

  function _open(bytes32[17] memory points, uint8 segment) private pure returns (bytes32 root, Opening memory opening) {
    bytes32[] memory row = new bytes32[](16);
    for (uint256 i = 0; i < 16; ++i) row[i] = keccak256(abi.encode(points[i], points[i + 1]));
    opening = Opening(points[segment], points[segment + 1], [bytes32(0), 0, 0, 0]);
    for (uint256 level = 0; level < 4; ++level) {
      opening.proof[level] = row[(segment >> level) ^ 1];
      bytes32[] memory above = new bytes32[](row.length / 2);
      for (uint256 i = 0; i < above.length; ++i) above[i] = keccak256(abi.encode(row[2 * i], row[2 * i + 1]));
      row = above;
    }
    root = row[0];
  }

  function testFuzz_OpensEverySegment(bytes32 seed, uint8 segment) public view {
    segment %= 16;
    bytes32[17] memory points = _points(seed);
    (bytes32 root, Opening memory opening) = _open(points, segment);
    require(this.rootOf(points[0], _middles(points), points[16]) == root, "another root");
    this.check(root, segment, opening);
  }

  function testFuzz_RefusesWhatIsNotThere(bytes32 seed, uint8 segment, uint8 word, uint8 bit) public view {
    segment %= 16;
    (bytes32 root, Opening memory opening) = _open(_points(seed), segment);
    bytes32 flip = bytes32(uint256(1) << bit);
    word %= 6;
    if (word == 0) opening.from ^= flip;
    else if (word == 1) opening.to ^= flip;
    else opening.proof[word - 2] ^= flip;
    try this.check(root, segment, opening) {
      revert("a changed opening passes");
    } catch {}
  }

  function testFuzz_RefusesOtherSegments(bytes32 seed, uint8 segment, uint8 other) public view {
    segment %= 16;
    other %= 16;
    if (other == segment) return;
    (bytes32 root, Opening memory opening) = _open(_points(seed), segment);
    try this.check(root, other, opening) {
      revert("one pair opens at two segments");
    } catch {}
  }

  function testFuzz_ClockNeverPassesTheMost(uint24 grandparent, uint40 waited, uint24 max) public pure {
    if (grandparent > max) return;
    uint256 used = Clock.afterWaiting(grandparent, waited, max);
    require(used <= max, "over the most");
    require(used == uint256(grandparent) + waited || used == max, "neither the sum nor the most");
  }

  function testFuzz_ThereIsAlwaysTime(uint40 made, uint24 extension, uint24 parent, uint24 max) public pure {
    if (parent > max) return;
    uint256 deadline = Clock.deadline(made, extension, parent, max);
    require(deadline >= uint256(made) + extension, "less than the extension");
    require(deadline >= uint256(made) + max - parent, "less than what is left");
  }
}
