// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ByteRange} from "../ByteRange.sol";
import {Execution} from "../Execution.sol";
import {Layout, Slice} from "../Layout.sol";
import {Machine, Tape, WrongOpening, WrongPhase} from "../Tape.sol";
import {Hashes} from "../hashes/Hashes.sol";
import {Padding} from "../hashes/Padding.sol";
import {Ripemd160} from "../hashes/Ripemd160.sol";
import {Sha256} from "../hashes/Sha256.sol";
import {Control} from "../l1/Control.sol";
import {L1Precompile} from "../l1/L1Precompile.sol";
import {Phase, Status} from "../tables/Phases.sol";
import {Gas} from "../tables/GasCosts.sol";
import {Limit} from "../tables/Limits.sol";
import {Precompile, PrecompileInput} from "../tables/Precompiles.sol";

/// @title Ethereum's precompiles, as Cancun has them (docs/evm-machine.md, "Precompiles")
/// @notice One step if L1 has the precompile and the call is bounded; otherwise pieces. As evm/machine/phases/precompiles.ts, in the
/// same order.
contract PrecompileSteps is Execution {
  using ByteRange for Machine;

  /// The parts of SHA-256, RIPEMD-160 and BLAKE2F.
  Hashes public immutable hashes;

  uint256 private constant BLOCK = PrecompileInput.BLOCK_BYTES;

  constructor(Hashes hashes_) {
    hashes = hashes_;
  }

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external view override returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness, Phase.PRECOMPILE);
    uint256[] memory task = m.task(3);
    uint256 precompile = task[0];
    bytes32 dataHash = m.frame().data;
    Slice memory data = m.slice_(dataHash);
    if (precompile == Precompile.ECRECOVER) _recover(m, data);
    else if (precompile == Precompile.SHA256) _sha256(m, data, task);
    else if (precompile == Precompile.RIPEMD160) _ripemd160(m, data, task);
    else if (precompile == Precompile.IDENTITY) _identity(m, data, dataHash);
    else if (precompile == Precompile.MODEXP) _exponentiate(m, data);
    else if (precompile == Precompile.ECADD) _addPoints(m, data);
    else if (precompile == Precompile.ECMUL) _multiplyPoint(m, data);
    else if (precompile == Precompile.ECPAIRING) _pair(m, data);
    else if (precompile == Precompile.BLAKE2F) _blake2(m, data, task);
    else if (precompile == Precompile.POINT_EVALUATION) _evaluatePoint(m, data);
    else revert WrongPhase(precompile);
    return m.finish();
  }

  // L1's own

  function _recover(Machine memory m, Slice memory data) private view {
    _charge(m, Gas.ECRECOVER);
    (bytes memory control, bytes memory answer) = Control.ecrecover_();
    // An invalid signature returns no data, and still succeeds.
    _run(m, Precompile.ECRECOVER, m.readSlice(data, 0, PrecompileInput.ECRECOVER_BYTES), control, answer);
  }

  function _addPoints(Machine memory m, Slice memory data) private view {
    _charge(m, Gas.ECADD);
    (bytes memory control, bytes memory answer) = Control.ecadd();
    _run(m, Precompile.ECADD, m.readSlice(data, 0, PrecompileInput.ECADD_BYTES), control, answer);
  }

  function _multiplyPoint(Machine memory m, Slice memory data) private view {
    _charge(m, Gas.ECMUL);
    (bytes memory control, bytes memory answer) = Control.ecmul();
    _run(m, Precompile.ECMUL, m.readSlice(data, 0, PrecompileInput.ECMUL_BYTES), control, answer);
  }

  function _pair(Machine memory m, Slice memory data) private view {
    if (data.length % PrecompileInput.ECPAIRING_PAIR_BYTES != 0) m.fail();
    uint256 pairs = data.length / PrecompileInput.ECPAIRING_PAIR_BYTES;
    uint256 price = Gas.ECPAIRING + Gas.ECPAIRING_PAIR * pairs;
    _charge(m, price);
    if (price > Limit.PRECOMPILE_L1_GAS) m.fail();
    (bytes memory control, bytes memory answer) = Control.ecpairing(pairs);
    _run(m, Precompile.ECPAIRING, m.readSlice(data, 0, data.length), control, answer);
  }

  function _evaluatePoint(Machine memory m, Slice memory data) private view {
    _charge(m, Gas.POINT_EVALUATION);
    if (data.length != PrecompileInput.POINT_EVALUATION_BYTES) m.fail();
    (bytes memory control, bytes memory answer) = Control.pointEvaluation();
    _run(m, Precompile.POINT_EVALUATION, m.readSlice(data, 0, data.length), control, answer);
  }

  /// @dev EIP-198, priced by EIP-2565.
  function _exponentiate(Machine memory m, Slice memory data) private view {
    bytes memory head = m.readSlice(data, 0, PrecompileInput.MODEXP_HEADER_BYTES);
    (uint256 base, uint256 exponent, uint256 modulus) = abi.decode(head, (uint256, uint256, uint256));
    unchecked {
      // Bytes beyond the input are zeros.
      uint256 start = base > type(uint64).max ? type(uint64).max : PrecompileInput.MODEXP_HEADER_BYTES + base;
      uint256 lead = exponent < 32 ? exponent : 32;
      uint256 exponentHead = _number(m.readSlice(data, start, lead));
      // Lengths above this bound would fail anyway, by price or by the bound on operands. From here on nothing overflows.
      if (base > Limit.MODEXP_BYTES || exponent > Limit.MODEXP_BYTES || modulus > Limit.MODEXP_BYTES) m.fail();
      (uint256 price, uint256 priceOnL1) = _modexpPrices(base > modulus ? base : modulus, exponent, exponentHead);
      _charge(m, price);
      if (priceOnL1 > Limit.PRECOMPILE_L1_GAS) m.fail();
      if (modulus == 0) return _leaveWithBytes(m, "");
      bytes memory operands = m.readSlice(data, PrecompileInput.MODEXP_HEADER_BYTES, base + exponent + modulus);
      (bytes memory control, bytes memory answer) = Control.modexp(base, _slice(operands, base, exponent), modulus);
      _run(m, Precompile.MODEXP, bytes.concat(head, operands), control, answer);
    }
  }

  /// @param longest The longer of base and modulus, bytes: at most 1,024, as the exponent.
  /// @param head The exponent's first 32 bytes, or all of them.
  /// @return price By EIP-2565.
  /// @return priceOnL1 By EIP-7883.
  function _modexpPrices(
    uint256 longest,
    uint256 exponent,
    uint256 head
  ) private pure returns (uint256 price, uint256 priceOnL1) {
    unchecked {
      uint256 words = (longest + 7) / 8;
      uint256 bits;
      assembly ("memory-safe") {
        if head {
          bits := sub(255, clz(head))
        }
      }
      uint256 rest = exponent > 32 ? exponent - 32 : 0;
      uint256 iterations = _larger(1, Gas.MODEXP_EXPONENT_BYTE * rest + bits);
      price = _larger(Gas.MODEXP_MIN, (words * words * iterations) / Gas.MODEXP_DIVISOR);
      uint256 complexity = longest > 32 ? 2 * words * words : Gas.MODEXP_SHORT_COMPLEXITY_ON_L1;
      priceOnL1 = _larger(Gas.MODEXP_MIN_ON_L1, complexity * _larger(1, Gas.MODEXP_EXPONENT_BYTE_ON_L1 * rest + bits));
    }
  }

  /// @dev Leaves with the output of L1's precompile, or fails if it refuses the input.
  function _run(
    Machine memory m,
    uint256 precompile,
    bytes memory input,
    bytes memory control,
    bytes memory answer
  ) private view {
    (bool accepted, bytes memory output) = L1Precompile.ask(precompile, input, control, answer);
    if (!accepted) m.fail();
    _leaveWithBytes(m, output);
  }

  // In pieces

  function _identity(Machine memory m, Slice memory data, bytes32 dataHash) private pure {
    _charge(m, Gas.IDENTITY + Gas.IDENTITY_WORD * _words(data.length));
    m.leaveWith(Status.SUCCESS, dataHash);
  }

  /// @dev The midstate is the hash's own.
  function _sha256(Machine memory m, Slice memory data, uint256[] memory task) private view {
    uint256 position = task[1];
    if (position == 0) _charge(m, Gas.SHA256 + Gas.SHA256_WORD * _words(data.length));
    bytes32 midstate = position == 0 ? Sha256.INITIAL : bytes32(task[2]);
    (bytes memory blocks, bytes memory tail, bool last) = _piece(m, data, position, Limit.SHA256_BYTES);
    if (last) blocks = bytes.concat(blocks, Padding.sha256Pad(tail, data.length));
    bytes32 next = hashes.sha256Absorb(midstate, blocks);
    if (last) _leaveWithBytes(m, abi.encode(next));
    else _goOn(m, Precompile.SHA256, position + Limit.SHA256_BYTES, next);
  }

  /// @dev The midstate is the hash's own.
  function _ripemd160(Machine memory m, Slice memory data, uint256[] memory task) private view {
    uint256 position = task[1];
    if (position == 0) _charge(m, Gas.RIPEMD160 + Gas.RIPEMD160_WORD * _words(data.length));
    bytes32 midstate = position == 0 ? Ripemd160.INITIAL : bytes32(task[2]);
    (bytes memory blocks, bytes memory tail, bool last) = _piece(m, data, position, Limit.RIPEMD160_BYTES);
    if (last) blocks = bytes.concat(blocks, Padding.ripemd160Pad(tail, data.length));
    bytes32 next = hashes.ripemd160Absorb(midstate, blocks);
    if (last) _leaveWithBytes(m, abi.encode(uint256(next) >> 96));
    else _goOn(m, Precompile.RIPEMD160, position + Limit.RIPEMD160_BYTES, next);
  }

  /// @dev The next whole blocks of a message, and what remains behind them if the message ends there.
  function _piece(
    Machine memory m,
    Slice memory data,
    uint256 position,
    uint256 bytesAStep
  ) private pure returns (bytes memory blocks, bytes memory tail, bool last) {
    uint256 rest = data.length - position;
    if (rest > bytesAStep) return (m.readSlice(data, position, bytesAStep), "", false);
    blocks = m.readSlice(data, position, rest);
    uint256 remainder = rest % BLOCK;
    tail = new bytes(remainder);
    assembly ("memory-safe") {
      let whole := sub(rest, remainder)
      mcopy(add(tail, 32), add(add(blocks, 32), whole), remainder)
      mstore(blocks, whole)
    }
    last = true;
  }

  /// @dev EIP-152. The midstate is the hash of the working vector.
  function _blake2(Machine memory m, Slice memory data, uint256[] memory task) private view {
    uint256 position = task[1];
    if (data.length != PrecompileInput.BLAKE2F_BYTES) m.fail();
    bytes memory input = m.readSlice(data, 0, PrecompileInput.BLAKE2F_BYTES);
    if (uint8(input[PrecompileInput.BLAKE2F_BYTES - 1]) > 1) m.fail();
    uint256 rounds = uint32(bytes4(input));
    if (position == 0) _charge(m, rounds);
    bytes memory vector = position == 0 ? hashes.blake2Start(input) : _vector(m, bytes32(task[2]));
    uint256 count = rounds - position;
    if (count > Limit.BLAKE2F_ROUNDS) count = Limit.BLAKE2F_ROUNDS;
    vector = hashes.blake2Run(vector, _slice(input, 68, 128), position, count);
    if (position + count == rounds) _leaveWithBytes(m, hashes.blake2Finish(_slice(input, 4, 64), vector));
    else _goOn(m, Precompile.BLAKE2F, position + count, keccak256(vector));
  }

  function _vector(Machine memory m, bytes32 expected) private pure returns (bytes memory vector) {
    vector = m.bytes_(128);
    bytes32 actual = keccak256(vector);
    // INVARIANT: the rounds continue from the previous working vector. Otherwise the prover could choose the hash.
    if (actual != expected) revert WrongOpening(expected, actual);
  }

  function _goOn(Machine memory m, uint256 precompile, uint256 position, bytes32 midstate) private pure {
    m.state.task = Layout.hash(precompile, position, uint256(midstate));
  }

  function _leaveWithBytes(Machine memory m, bytes memory output) private pure {
    Slice memory returned = Layout.window(ByteRange.rootOf(output), output.length, 0, output.length);
    m.leaveWith(Status.SUCCESS, returned.hash());
  }

  /// @dev The big-endian integer of up to 32 bytes.
  function _number(bytes memory data) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := shr(sub(256, shl(3, mload(data))), mload(add(data, 32)))
    }
  }

  function _slice(bytes memory data, uint256 from, uint256 length) private pure returns (bytes memory part) {
    part = new bytes(length);
    assembly ("memory-safe") {
      mcopy(add(part, 32), add(add(data, 32), from), length)
    }
  }

  function _words(uint256 length) private pure returns (uint256) {
    return (length + 31) / 32;
  }

  function _larger(uint256 a, uint256 b) private pure returns (uint256) {
    return a > b ? a : b;
  }
}
