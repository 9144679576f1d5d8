// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Rule} from "./Rule.sol";

/// @title Models that games can be about
/// @notice A model is registered by showing its whole program, page by page; each instruction is checked to be well-formed
/// (docs/tensor-machine.md), and the work of a run is bounded. So every instruction that the verifier executes is well-formed,
/// and the cost is proved. Anyone may register any model, or continue a registration that another account began.
interface IModelRegistry {
  /// @notice A registered model.
  /// @param level Of a game about a run: the smallest L ≥ 1 with 16^L ≥ steps.
  /// @param steps Bound on the steps of a run, the halting step included.
  /// @param flops Bound on its scalar operations: fma counts 2, dot4 8, index 0.
  struct Model {
    uint8 level;
    uint64 steps;
    uint128 flops;
    uint256[] inputSizes;
    uint256[] outputSizes;
  }

  /// @notice The declarations of a model are checked; its instructions can be shown.
  event RegistrationBegun(bytes32 indexed modelId, address indexed by, uint256 instructions);

  /// @notice The instructions before `nextPc` are checked.
  event InstructionsValidated(bytes32 indexed modelId, uint256 nextPc);

  /// @notice The model can be used.
  event ModelRegistered(bytes32 indexed modelId, uint8 level, uint64 steps, uint128 flops);

  /// @notice The program as a whole breaks a rule of well-formed programs.
  error IllFormedProgram(Rule rule);

  /// @notice The instruction at `pc` breaks a rule.
  error IllFormedInstruction(uint256 pc, Rule rule);

  /// @notice The instructions do not match the program root at these positions.
  error WrongInstructions(bytes32 programRoot, bytes32 computed);

  /// @notice The registration of this model has begun.
  error AlreadyBegun(bytes32 modelId);
  /// @notice The registration of this model has not begun.
  error NotBegun(bytes32 modelId);
  /// @notice The model is registered already.
  error AlreadyRegistered(bytes32 modelId);
  /// @notice The model is not registered.
  error NotRegistered(bytes32 modelId);

  /// @notice The next page begins at instruction `expected`; another account may be registering the same model.
  error WrongPage(uint256 expected, uint256 given);

  /// @notice The model's types take `expected` bytes.
  error WrongSize(uint256 expected, uint256 given);

  /// @notice Begins the registration of the model whose header this is. Reverts `AlreadyBegun` if it has begun.
  /// @param header 128 bytes (docs/tensor-machine.md, "Model id").
  /// @param types Encoded types of inputs, weights and table.
  /// @return modelId keccak256(header).
  function begin(bytes calldata header, bytes calldata types) external returns (bytes32 modelId);

  /// @notice Checks the instructions from `firstPc` on; after the last, the model is registered.
  /// @dev Reverts `IllFormedProgram` or `IllFormedInstruction` with the rule that is broken.
  /// @param firstPc The next one, as `nextPc` says.
  /// @param instructions Encoded.
  /// @param siblings Merkle siblings that complete their hashes to the program root, from the leaves upwards, left before right.
  function validate(
    bytes calldata header,
    bytes calldata types,
    uint256 firstPc,
    bytes[] calldata instructions,
    bytes32[] calldata siblings
  ) external;

  /// @notice The first instruction that has not been checked; 0 for an unknown model.
  function nextPc(bytes32 modelId) external view returns (uint256);

  function isRegistered(bytes32 modelId) external view returns (bool);

  /// @notice A registered model. Reverts `NotRegistered` otherwise, as all functions below do.
  function model(bytes32 modelId) external view returns (Model memory);

  /// @notice Level of a game about a run of the model.
  function level(bytes32 modelId) external view returns (uint8);

  /// @notice What the game calls context: keccak256(modelId ‖ inputRoot).
  function context(bytes32 modelId, bytes32 inputRoot_) external view returns (bytes32);

  /// @notice Hash of the state that a run begins with.
  function startState(bytes32 modelId, bytes32 inputRoot_) external view returns (bytes32);

  /// @notice Root of an input.
  /// @param input The tensors' bytes, row-major and little-endian, one after the other.
  function inputRoot(bytes32 modelId, bytes calldata input) external view returns (bytes32);

  /// @notice Root of an output: what a game about the run claims.
  /// @param output The tensors' bytes, as for `inputRoot`.
  function outputRoot(bytes32 modelId, bytes calldata output) external view returns (bytes32);
}
