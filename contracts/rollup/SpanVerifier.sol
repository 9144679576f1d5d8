// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FirstState} from "../evm/FirstState.sol";
import {Limit} from "../evm/tables/Limits.sol";
import {IMachine} from "../game/IMachine.sol";
import {MerklePath} from "../lib/MerklePath.sol";
import {Record, Records} from "./Record.sol";
import {Span, Spans} from "./Span.sol";

/// @dev The witness of a step, as it lies in calldata. Its members are whole words, so that each byte is hashed.
struct SpanStep {
  /// The tag, with the number of executed batches in its low 64 bits.
  uint256 word;
  bytes32 context;
  /// After the executed batches.
  bytes32 output;
  Span span;
  /// Of the batch that the step executes.
  Record record;
  /// From the record to the span's root.
  bytes32[32] path;
}

/// @title The span machine, one step at a time (docs/span-machine.md)
/// @notice Stateless: the result follows from the state's hash, the chain and the EVM machine, which never change.
contract SpanVerifier is IMachine {
  /// @notice A witness has 1,472 bytes; that of a halted state, 64.
  error WrongLength(uint256 length);

  /// @notice The witness's words are those of the state `actual`.
  error WrongState(bytes32 expected, bytes32 actual);

  /// @notice The first word of the state does not have the span machine's tag.
  error WrongTag(uint256 word);

  /// @notice The span in the witness has the context `actual` on this chain.
  error WrongContext(bytes32 expected, bytes32 actual);

  /// @notice The state has `executed` batches of a span of `length`: no step leads to it.
  error BeyondEnd(uint256 executed, uint256 length);

  /// @notice Under the root `expected`, the batch has another record; this one leads to the root `actual`.
  error WrongRecord(bytes32 expected, bytes32 actual);

  uint256 private constant STATE_BYTES = 96;
  uint256 private constant HALTED_BYTES = 64;
  uint256 private constant WITNESS_BYTES = 1_472;

  /// @notice Executes a batch.
  IMachine public immutable evmVerifier;
  uint256 public immutable chainId;

  constructor(IMachine evmVerifier_, uint256 chainId_) {
    evmVerifier = evmVerifier_;
    chainId = chainId_;
  }

  /// @inheritdoc IMachine
  function step(bytes32 pre, bytes calldata witness) external pure returns (bytes32 post) {
    if (witness.length != HALTED_BYTES) revert Delegated();
    // INVARIANT: a halted state steps to itself. A running state has 96 bytes, so no 64 bytes have its hash.
    if (keccak256(witness) != pre) revert WrongState(pre, keccak256(witness));
    return pre;
  }

  /// @inheritdoc IMachine
  /// @param context `Spans.context` of the span.
  /// @param output The chain's after the span.
  function halted(bytes32 context, bytes32 output) external pure returns (bytes32) {
    return _halted(context, output);
  }

  /// @inheritdoc IMachine
  function ask(
    bytes32 pre,
    bytes calldata witness
  ) external view returns (IMachine machine, bytes32 start, bytes32 context, uint8 level) {
    (SpanStep calldata s, ) = _open(pre, witness);
    context = keccak256(abi.encode(Records.hash(s.record), s.output));
    return (evmVerifier, FirstState.hash(context), context, uint8(Limit.BATCH_LEVEL));
  }

  /// @inheritdoc IMachine
  /// @dev The last batch leads to the halted state at once: a span of 16^3 batches takes 16^3 steps.
  function resume(bytes32 pre, bytes calldata witness, bytes32 output) external view returns (bytes32 post) {
    (SpanStep calldata s, uint256 executed) = _open(pre, witness);
    unchecked {
      ++executed;
      if (executed == s.span.end - s.span.first) return _halted(s.context, output);
    }
    return Spans.running(s.context, executed, output);
  }

  /// @dev The witness's words, all of which follow from `pre`.
  function _open(bytes32 pre, bytes calldata witness) private view returns (SpanStep calldata s, uint256 executed) {
    if (witness.length == HALTED_BYTES) revert NotDelegated();
    // INVARIANT: the contract reads every byte of the witness. Otherwise a step would have several witnesses.
    if (witness.length != WITNESS_BYTES) revert WrongLength(witness.length);
    assembly ("memory-safe") {
      s := witness.offset
    }

    bytes32 state = keccak256(witness[:STATE_BYTES]);
    // INVARIANT: the state is the claimed one. Otherwise the prover could choose what is executed, and on which output.
    if (state != pre) revert WrongState(pre, state);
    executed = uint64(s.word);
    // INVARIANT: the state is one of this machine. Otherwise words that another machine hashes could pass for a state.
    if (s.word != Spans.TAG | executed) revert WrongTag(s.word);

    Span calldata span = s.span;
    bytes32 context = Spans.context(span, chainId);
    // INVARIANT: the span is the one that the game is about. Otherwise the prover could choose its batches, or its length.
    if (context != s.context) revert WrongContext(s.context, context);
    // INVARIANT: the machine halts at the span's end. Otherwise a later batch's output could pass for the span's.
    if (executed >= span.end - span.first) revert BeyondEnd(executed, span.end - span.first);

    bytes32[32] calldata path = s.path;
    uint256 siblings;
    assembly ("memory-safe") {
      siblings := path
    }
    // A record hashes 224 bytes and a node 64, and the path's length is fixed: neither passes for the other.
    bytes32 root = MerklePath.climb(Records.hash(s.record), span.first + executed, siblings, path.length);
    // INVARIANT: the record is that of the next batch in the inbox. Otherwise the prover could choose what is executed.
    if (root != span.root) revert WrongRecord(span.root, root);
  }

  function _halted(bytes32 context, bytes32 output) private pure returns (bytes32) {
    return keccak256(abi.encode(context, output));
  }
}
