// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Precompile} from "../tables/Precompiles.sol";

/// @title L1's own precompiles, called so that no price on L1 changes the result of a step (docs/evm-machine.md, "Precompiles")
/// @notice A precompile that refuses its input consumes all gas of the call, as does one that gets too little gas. To tell the two
/// apart, a *control* comes first: a call of the same shape whose answer is known. The call itself gets the gas that the control
/// used; if it fails then, the precompile refused the input.
/// @dev ASSUMPTION: what L1 charges for a precompile depends only on the lengths of its input, and for MODEXP on the exponent.
library L1Precompile {
  /// @dev The control failed, or returned another answer: L1 changed or removed the precompile, or the transaction has too little
  /// gas. No step that needs the precompile can be executed until the verifier is replaced.
  error WrongControl(uint256 precompile);

  /// @dev The call may get less gas than the control used: give the transaction more.
  error TooLittleGas(uint256 precompile, uint256 needed);

  /// @dev The precompile failed on an input of a kind that it never refuses: L1 changed it.
  error NeverRefuses(uint256 precompile);

  /// @dev The output's length is not that of the precompile: L1 changed it.
  error WrongOutputLength(uint256 precompile, uint256 expected, uint256 actual);

  /// What the code between the check of the gas and the call may use.
  uint256 private constant MARGIN = 2000;

  /// @param control An input that costs as much gas as `input`.
  /// @param answer The precompile's output for it.
  /// @return accepted False if the precompile refuses `input`.
  /// @return output Empty if it refuses.
  function ask(
    uint256 precompile,
    bytes memory input,
    bytes memory control,
    bytes memory answer
  ) internal view returns (bool accepted, bytes memory output) {
    uint256 before = gasleft();
    bool known = _call(precompile, control, before);
    uint256 needed = before - gasleft();
    // INVARIANT: the precompile is there, and does what it did. Otherwise an address without code would recover no signer, and
    // another precompile's output would pass for this one's.
    if (!known || keccak256(_returned()) != keccak256(answer)) revert WrongControl(precompile);
    uint256 available = gasleft();
    // INVARIANT: the call gets all the gas that the control used (EIP-150 withholds 1/64). Otherwise the sender of the step could
    // make a valid call fail, by the transaction's gas limit.
    if (available - available / 64 < needed + MARGIN) revert TooLittleGas(precompile, needed + needed / 63 + MARGIN);
    accepted = _call(precompile, input, needed);
    bool mayRefuse = precompile != Precompile.ECRECOVER && precompile != Precompile.MODEXP;
    if (!accepted) {
      // INVARIANT: these two accept every input that reaches them. Otherwise a change of L1 would make valid calls fail.
      if (!mayRefuse) revert NeverRefuses(precompile);
      return (false, "");
    }
    output = _returned();
    if (output.length == answer.length) return (true, output);
    // INVARIANT: the length is the precompile's. Only ECRECOVER has another: it returns nothing for an invalid signature.
    if (precompile != Precompile.ECRECOVER || output.length != 0)
      revert WrongOutputLength(precompile, answer.length, output.length);
  }

  function _call(uint256 precompile, bytes memory input, uint256 gas_) private view returns (bool success) {
    assembly ("memory-safe") {
      success := staticcall(gas_, precompile, add(input, 32), mload(input), 0, 0)
    }
  }

  /// @dev What the latest call returned.
  function _returned() private pure returns (bytes memory data) {
    assembly ("memory-safe") {
      data := mload(0x40)
      let size := returndatasize()
      mstore(data, size)
      returndatacopy(add(data, 32), 0, size)
      mstore(0x40, add(data, and(add(size, 63), not(31))))
    }
  }
}
