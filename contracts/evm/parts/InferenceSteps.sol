// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "../../game/IMachine.sol";
import {MerklePath} from "../../lib/MerklePath.sol";
import {MerkleRoot} from "../../lib/MerkleRoot.sol";
import * as StateLayout from "../../tensor/StateLayout.sol";
import {TensorState} from "../../tensor/TensorState.sol";
import {ByteRange} from "../ByteRange.sol";
import {Execution} from "../Execution.sol";
import {Layout, Slice} from "../Layout.sol";
import {OpenAccount, Records} from "../Records.sol";
import {Machine, Tape, UnusedTape, WrongPhase} from "../Tape.sol";
import {Phase, Status} from "../tables/Phases.sol";
import {MODEL_DIRECTORY, ModelEntryLimit, Precompile, PrecompileInput} from "../tables/Precompiles.sol";

/// @title `inference`: the precompile that asks the tensor machine (docs/evm-machine.md, "Inference")
/// @dev As evm/machine/phases/inference.ts, in the same order.
contract InferenceSteps is Execution {
  using ByteRange for Machine;
  using Records for Machine;

  /// @dev A model's word in the directory, taken apart.
  struct Entry {
    uint256 level;
    uint256 tableDepth;
    uint256 inputBytes;
    uint256 outputBytes;
    uint256 price;
  }

  /// The machine that models run on.
  IMachine public immutable tensorVerifier;

  uint256 private constant HEADER_BYTES = PrecompileInput.INFERENCE_HEADER_BYTES;

  constructor(IMachine tensorVerifier_) {
    tensorVerifier = tensorVerifier_;
  }

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness);
    uint256 phase = m.state.phase;
    if (phase == Phase.ASK) revert IMachine.Delegated();
    if (phase != Phase.PRECOMPILE) revert WrongPhase(phase);
    _callModel(m);
    return m.finish();
  }

  /// @dev Checks the call, charges its gas, and begins the input's tree.
  function _callModel(Machine memory m) private pure {
    uint256 precompile = m.task(3)[0];
    if (precompile != Precompile.INFERENCE) revert WrongPhase(precompile);
    Slice memory data = m.slice_(m.frame().data);
    if (data.length < HEADER_BYTES) m.fail();
    (uint256 modelId, uint256 outputBytes) = abi.decode(m.readSlice(data, 0, HEADER_BYTES), (uint256, uint256));
    OpenAccount memory directory = m.account(MODEL_DIRECTORY);
    uint256 word = m.slot(directory, uint256(Layout.hash(modelId, 0))).slot.current;
    Entry memory entry = _entry(word);
    // INVARIANT: a game can decide every question asked. Otherwise the step could not be proved. An empty entry has level 0.
    if (
      entry.level == 0 || entry.level > ModelEntryLimit.MAX_LEVEL || entry.tableDepth > ModelEntryLimit.MAX_TABLE_DEPTH
    ) m.fail();
    // INVARIANT: each step costs gas. Otherwise a transaction could exceed its slot of 16^7 steps.
    if (ModelEntryLimit.BYTES_PER_GAS * entry.price < entry.inputBytes + 2 * entry.outputBytes) m.fail();
    if (data.length != HEADER_BYTES + entry.inputBytes || outputBytes != entry.outputBytes) m.fail();
    _charge(m, entry.price);
    Slice memory input = Layout.window(data.root, data.size, data.offset + HEADER_BYTES, entry.inputBytes);
    _makeInput(m, modelId, word, input);
  }

  /// @dev Goes on with INPUT, from a tree of zeros.
  function _makeInput(Machine memory m, uint256 modelId, uint256 entry, Slice memory input) private pure {
    uint256[] memory task = new uint256[](8);
    task[0] = modelId;
    task[1] = entry;
    task[2] = uint256(input.root);
    task[3] = input.size;
    task[4] = input.offset;
    task[5] = input.length;
    task[7] = uint256(MerklePath.zeroDataRoot(MerklePath.treeDepth(input.length)));
    m.state.phase = Phase.INPUT;
    m.state.task = Layout.hash(task);
  }

  /// @notice What the tensor machine is asked at `pre`: see IMachine.
  function ask(
    bytes32 pre,
    bytes calldata witness
  ) external view returns (IMachine machine, bytes32 start, bytes32 context, uint8 level) {
    (Machine memory m, uint256[] memory question) = _question(pre, witness);
    // INVARIANT: the step reads the whole witness, as in `Tape.finish`. Otherwise a witness could be ambiguous.
    if (m.cursor != m.end) revert UnusedTape(m.cursor - m.start, m.end - m.start);
    (bytes32 modelId, bytes32 inputRoot) = (bytes32(question[0]), bytes32(question[2]));
    Entry memory entry = _entry(question[1]);
    bytes32 table = MerkleRoot.ofZeroList(entry.tableDepth);
    start = TensorState.fetch(StateLayout.TAG_FETCH << StateLayout.STATE_TAG_SHIFT, modelId, inputRoot, table);
    return (tensorVerifier, start, TensorState.contextOf(modelId, inputRoot), uint8(entry.level));
  }

  /// @notice The state after `pre`, if the tensor machine answers `output`: see IMachine.
  function resume(bytes32 pre, bytes calldata witness, bytes32 output) external pure returns (bytes32 post) {
    (Machine memory m, uint256[] memory question) = _question(pre, witness);
    uint256 size = _entry(question[1]).outputBytes;
    m.leaveWith(Status.SUCCESS, Layout.window(output, size, 0, size).hash());
    return m.finish();
  }

  /// @dev Model id, its entry, and root of its input.
  function _question(
    bytes32 pre,
    bytes calldata witness
  ) private pure returns (Machine memory m, uint256[] memory words) {
    m = Tape.open(pre, witness);
    if (m.state.phase != Phase.ASK) revert IMachine.NotDelegated();
    words = m.task(3);
  }

  function _entry(uint256 word) private pure returns (Entry memory) {
    // generated: ENTRY (npm run generate)
    return Entry(uint8(word >> 248), uint8(word >> 240), uint48(word >> 192), uint48(word >> 144), uint144(word));
    // end of ENTRY
  }
}
