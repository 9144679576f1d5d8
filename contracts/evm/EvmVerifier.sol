// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "../game/IMachine.sol";
import {Layout, STATE_BYTES, STATE_CODE_SIZE, STATE_PC, STATE_WORDS} from "./Layout.sol";
import {Opcode} from "./tables/Opcodes.sol";
import {Phase} from "./tables/Phases.sol";
import {Precompile} from "./tables/Precompiles.sol";

/// @dev The contracts that take the steps: each has the `step` of IMachine, for the phases and opcodes that it knows.
struct Parts {
  // generated: PARTS (npm run generate)
  address arithmeticOps;
  address flowOps;
  address memoryOps;
  address contextOps;
  address storageOps;
  address callOps;
  address bulkSteps;
  address loadSteps;
  address flushSteps;
  address frameSteps;
  address precompileSteps;
  address inferenceSteps;
  address transactionSteps;
  address settlementSteps;
  address blockSteps;
  // end of PARTS
}

/// @title The EVM machine, one step at a time (docs/evm-machine.md)
/// @notice Stateless. Finds the part that implements the step, and forwards the calldata unchanged.
contract EvmVerifier is IMachine {
  /// @dev There is no contract at that address.
  error NoPart(address part);

  /// @dev The witness is not that of the halted state whose hash is `pre`.
  error WrongHalt(bytes32 pre);

  /// @dev No step has this phase.
  error UnknownPhase(uint256 phase);

  address public immutable arithmeticOps;
  address public immutable flowOps;
  address public immutable memoryOps;
  address public immutable contextOps;
  address public immutable storageOps;
  address public immutable callOps;
  address public immutable bulkSteps;
  address public immutable loadSteps;
  address public immutable flushSteps;
  address public immutable frameSteps;
  address public immutable precompileSteps;
  address public immutable inferenceSteps;
  address public immutable transactionSteps;
  address public immutable settlementSteps;
  address public immutable blockSteps;

  constructor(Parts memory parts) {
    arithmeticOps = _deployed(parts.arithmeticOps);
    flowOps = _deployed(parts.flowOps);
    memoryOps = _deployed(parts.memoryOps);
    contextOps = _deployed(parts.contextOps);
    storageOps = _deployed(parts.storageOps);
    callOps = _deployed(parts.callOps);
    bulkSteps = _deployed(parts.bulkSteps);
    loadSteps = _deployed(parts.loadSteps);
    flushSteps = _deployed(parts.flushSteps);
    frameSteps = _deployed(parts.frameSteps);
    precompileSteps = _deployed(parts.precompileSteps);
    inferenceSteps = _deployed(parts.inferenceSteps);
    transactionSteps = _deployed(parts.transactionSteps);
    settlementSteps = _deployed(parts.settlementSteps);
    blockSteps = _deployed(parts.blockSteps);
  }

  /// @inheritdoc IMachine
  function step(bytes32 pre, bytes calldata witness) external view returns (bytes32 post) {
    // INVARIANT: the state selects the part: phase, pc and opcode are read from the bytes that the part checks against the
    // state's hash. Otherwise the prover could choose the part. A part rejects steps that it does not implement.
    if (witness.length == 64) {
      // A halted state steps to itself.
      if (keccak256(witness) != pre) revert WrongHalt(pre);
      return pre;
    }
    uint256 phase = _word(witness, 0);
    if (phase == Phase.EXECUTE) _forward(_operations(_opcode(witness)));
    if (phase == Phase.ASK) revert Delegated();
    _forward(_steps(phase, witness));
  }

  /// @inheritdoc IMachine
  /// @param context H(record of the batch, previous output).
  /// @param output H(number, stateRoot, history).
  function halted(bytes32 context, bytes32 output) external pure returns (bytes32) {
    return Layout.hash(uint256(context), uint256(output));
  }

  /// @inheritdoc IMachine
  function ask(bytes32, bytes calldata witness) external view returns (IMachine, bytes32, bytes32, uint8) {
    if (_word(witness, 0) != Phase.ASK) revert NotDelegated();
    _forward(inferenceSteps);
  }

  /// @inheritdoc IMachine
  function resume(bytes32, bytes calldata witness, bytes32) external view returns (bytes32) {
    if (_word(witness, 0) != Phase.ASK) revert NotDelegated();
    _forward(inferenceSteps);
  }

  /// @dev The opcode at pc: STOP beyond the code's end.
  function _opcode(bytes calldata witness) private pure returns (uint256) {
    uint256 pc = _word(witness, STATE_PC);
    if (pc >= _word(witness, STATE_CODE_SIZE)) return Opcode.STOP;
    unchecked {
      // After the state comes the chunk: its carry, then its 128 bytes.
      return _word(witness, 0, STATE_BYTES + 1 + (pc & 127)) >> 248;
    }
  }

  /// @dev The part that implements an opcode. An invalid opcode halts in every part.
  function _operations(uint256 opcode) private view returns (address) {
    if (opcode < Opcode.KECCAK256) return opcode == Opcode.STOP ? memoryOps : arithmeticOps;
    if (opcode < Opcode.POP) {
      if (
        opcode == Opcode.BALANCE ||
        opcode == Opcode.EXTCODESIZE ||
        opcode == Opcode.EXTCODECOPY ||
        opcode == Opcode.EXTCODEHASH ||
        opcode == Opcode.SELFBALANCE
      ) return storageOps;
      if (
        opcode == Opcode.KECCAK256 ||
        opcode == Opcode.CALLDATALOAD ||
        opcode == Opcode.CALLDATACOPY ||
        opcode == Opcode.CODECOPY ||
        opcode == Opcode.RETURNDATACOPY
      ) return memoryOps;
      return opcode < Opcode.ADDRESS || opcode > Opcode.BLOBBASEFEE ? memoryOps : contextOps;
    }
    if (opcode < Opcode.LOG0) {
      if (opcode == Opcode.SLOAD || opcode == Opcode.SSTORE || opcode == Opcode.TLOAD || opcode == Opcode.TSTORE)
        return storageOps;
      return (opcode > Opcode.POP && opcode < Opcode.SLOAD) || opcode == Opcode.MCOPY ? memoryOps : flowOps;
    }
    if (opcode == Opcode.SELFDESTRUCT) return storageOps;
    bool calls =
      opcode == Opcode.CREATE ||
        opcode == Opcode.CALL ||
        opcode == Opcode.CALLCODE ||
        opcode == Opcode.DELEGATECALL ||
        opcode == Opcode.CREATE2 ||
        opcode == Opcode.STATICCALL;
    return calls ? callOps : memoryOps;
  }

  /// @dev The part that implements a phase, other than EXECUTE and ASK.
  function _steps(uint256 phase, bytes calldata witness) private view returns (address) {
    if (phase < Phase.COPY) return loadSteps;
    if (phase < Phase.ENTER || phase == Phase.INPUT || phase == Phase.LOG) return bulkSteps;
    // The task follows the state: its first word is the precompile's address.
    if (phase == Phase.PRECOMPILE)
      return _word(witness, STATE_WORDS) == Precompile.INFERENCE ? inferenceSteps : precompileSteps;
    if (phase < Phase.LOG) return frameSteps;
    if (phase == Phase.START || phase == Phase.NEXT || phase == Phase.IDLE) return blockSteps;
    if (phase == Phase.FLUSH) return flushSteps;
    if (phase < Phase.VALIDATE) return transactionSteps;
    if (phase < Phase.IDLE) return settlementSteps;
    revert UnknownPhase(phase);
  }

  /// @dev Calls the part, and returns or reverts with its data.
  function _forward(address part) private view {
    assembly ("memory-safe") {
      let free := mload(0x40)
      calldatacopy(free, 0, calldatasize())
      let success := staticcall(gas(), part, free, calldatasize(), 0, 0)
      returndatacopy(free, 0, returndatasize())
      switch success
      case 0 {
        revert(free, returndatasize())
      }
      default {
        return(free, returndatasize())
      }
    }
  }

  /// @dev Word `index` of the witness, and `skip` bytes more; zeros, or other calldata, beyond its end.
  function _word(bytes calldata witness, uint256 index, uint256 skip) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := calldataload(add(add(witness.offset, shl(5, index)), skip))
    }
  }

  function _word(bytes calldata witness, uint256 index) private pure returns (uint256) {
    return _word(witness, index, 0);
  }

  function _deployed(address part) private view returns (address) {
    // INVARIANT: every part has code. A call to an address without code succeeds and returns no data.
    if (part.code.length == 0) revert NoPart(part);
    return part;
  }
}
