// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Layout, Slice} from "./Layout.sol";
import {Machine} from "./Tape.sol";
import {Phase} from "./tables/Phases.sol";

/// @title Going on with work that is cut into pieces: COPY, HASH, BUILD (docs/evm-machine.md, "Phases")
/// @dev The same functions are in `evm/machine/phases/bulk.ts`.
library Bulk {
  /// First word of COPY's task: what the source is.
  uint256 internal constant SOURCE_VIEW = 0;
  uint256 internal constant SOURCE_CODE = 1;

  /// @notice Goes on with COPY of the first bytes of a view to memory, if there is anything to copy.
  /// @param to to + length is within memory, if length > 0.
  function copySlice(Machine memory m, Slice memory source, uint256 to, uint256 length) internal pure {
    copySlice(m, source, 0, to, length);
  }

  /// @notice Goes on with COPY of a view's bytes to memory, if there is anything to copy.
  /// @param from May exceed the view's end; bytes there are zeros.
  /// @param to to + length is within memory, if length > 0.
  function copySlice(Machine memory m, Slice memory source, uint256 from, uint256 to, uint256 length) internal pure {
    _copy(m, SOURCE_VIEW, source, from, to, length);
  }

  /// @notice As above, from a code.
  function copyCode(
    Machine memory m,
    bytes32 root,
    uint256 size,
    uint256 from,
    uint256 to,
    uint256 length
  ) internal pure {
    _copy(m, SOURCE_CODE, Slice(root, size, 0, size), from, to, length);
  }

  function _copy(
    Machine memory m,
    uint256 kind,
    Slice memory source,
    uint256 from,
    uint256 to,
    uint256 length
  ) private pure {
    if (length == 0) return;
    uint256[] memory task = new uint256[](8);
    task[0] = kind;
    _put(task, 1, source);
    // Capped, so that `from` + length cannot overflow and wrap to the source's beginning.
    task[5] = from < source.length ? from : source.length;
    task[6] = to;
    task[7] = length;
    m.state.phase = Phase.COPY;
    m.state.task = Layout.hash(task);
  }

  /// @notice Goes on with HASH of a view, then the phase `then` with H(argument, digest).
  function hashSlice(Machine memory m, uint256 then, uint256 argument, Slice memory message) internal pure {
    uint256[] memory task = new uint256[](12);
    task[0] = then;
    task[1] = argument;
    _put(task, 4, message);
    m.state.phase = Phase.HASH;
    m.state.task = Layout.hash(task);
  }

  /// @notice Goes on with BUILD of the frame's code from its initcode.
  function buildCode(Machine memory m, Slice memory initcode) internal pure {
    uint256[] memory task = new uint256[](6);
    _put(task, 0, initcode);
    m.state.phase = Phase.BUILD;
    m.state.task = Layout.hash(task);
  }

  function _put(uint256[] memory task, uint256 first, Slice memory window) private pure {
    unchecked {
      task[first] = uint256(window.root);
      task[first + 1] = window.size;
      task[first + 2] = window.offset;
      task[first + 3] = window.length;
    }
  }
}
