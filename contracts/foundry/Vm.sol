// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @title The cheat codes that tests of contracts with models use
/// @notice A part of Foundry's, which Hardhat's Solidity tests have too: for projects without forge-std. Functions behave as Foundry documents.
// Tests know it by Foundry's name.
// solhint-disable-next-line interface-starts-with-i
interface Vm {
  // State
  function etch(address target, bytes calldata code) external;
  function deal(address account, uint256 balance) external;
  function store(address target, bytes32 slot, bytes32 value) external;
  function load(address target, bytes32 slot) external view returns (bytes32 value);
  function warp(uint256 timestamp) external;
  function roll(uint256 blockNumber) external;

  // Callers
  function prank(address sender) external;
  function startPrank(address sender) external;
  function stopPrank() external;

  // Expectations
  function expectRevert() external;
  function expectRevert(bytes4 selector) external;
  function expectRevert(bytes calldata data) external;
  function expectEmit() external;
  function assertTrue(bool condition) external pure;
  function assertEq(uint256 left, uint256 right) external pure;
  function assertEq(address left, address right) external pure;
  function assertEq(bytes32 left, bytes32 right) external pure;
  function assertEq(bytes calldata left, bytes calldata right) external pure;

  // Outside of the test
  function readFileBinary(string calldata path) external view returns (bytes memory data);
  function envString(string calldata name) external view returns (string memory value);
  function envBytes32(string calldata name) external view returns (bytes32 value);
  function rpc(
    string calldata url,
    string calldata method,
    string calldata params
  ) external returns (bytes memory data);
  function toString(address value) external pure returns (string memory text);
  function toString(bytes calldata value) external pure returns (string memory text);
}

/// @dev Where the test runner answers: the address of keccak256("hevm cheat code").
Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
