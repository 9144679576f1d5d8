// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {GameParameters} from "./GameParameters.sol";
import {IDisputeGame, Proposal, Status} from "./IDisputeGame.sol";
import {ClaimSlot, WARM_CLAIM} from "./ClaimSlot.sol";
import {GameSlot, WARM_GAME} from "./GameSlot.sol";
import {Head, idOf} from "./ProposalRecord.sol";

/// @title Places: where games and claims are stored, and how their places are used again
/// @dev Every place serves every game. A caller hints at a place, since only storage that was used before is cheap, and a contract
/// cannot search for it. Nobody chooses for another: to give each game places of its own would let a liar open its games where every
/// claim of an honest party fills fresh storage.
abstract contract Places is GameParameters {
  /// @dev Two slots of a game.
  struct Region {
    GameSlot game;
    /// @dev Hash of the proposal; concluded, of the proposal with the result as output; settled in part, bound to the verdict so far.
    bytes32 id;
  }

  uint256 private constant PLACES = 1 << 24;

  /// @dev Places that are tried one after the other, before the search goes on elsewhere.
  uint256 private constant STRETCH = 16;

  Region[PLACES] internal _regions;
  ClaimSlot[PLACES] internal _claims;

  /// @dev The game of this proposal, if it is open and nothing of it is settled.
  function _openGame(Proposal memory proposal) internal view returns (uint256 number, GameSlot game) {
    number = Head.wrap(proposal.head).number();
    Region storage region = _regions[number >> 16];
    game = region.game;
    if (!game.isOpen() || region.id != idOf(proposal)) revert NoSuchGame(number);
  }

  /// @dev The first region from the hint on that can be given to a new game.
  /// @return region Its place.
  /// @return last What its slot holds of the game before.
  function _freeRegion(uint256 hint) internal view returns (uint256 region, GameSlot last) {
    // INVARIANT: a region that is taken is passed over. A proposal that reverted would let an attacker keep others from proposing.
    for (region = hint; ; region = (region + 1) % PLACES) {
      last = _regions[region].game;
      if (last.status() == Status.None) break;
      // INVARIANT: an open game keeps its region, and a concluded one for the retention, so that its consumer can read the result.
      if (last.isConcluded() && block.timestamp >= last.time() + RETENTION) break;
    }
  }

  /// @dev A place that no open game holds: the hinted one, or else the first found from there on.
  function _freePlace(uint256 hint) internal view returns (uint256 place) {
    place = hint;
    // INVARIANT: a place that is held is passed over. A move that reverted would let an attacker keep others from answering.
    for (uint256 tried = 1; _isHeld(_claims[place]); ++tried) {
      // A hint reaches 2^16 places, and gas about 4,000 tries. An attacker that held all of them in one stretch would stop every
      // move; so the search leaves a stretch that is full, for any of 2^24 places.
      place = tried % STRETCH == 0 ? uint256(keccak256(abi.encode(place))) % PLACES : (place + 1) % PLACES;
    }
  }

  /// @dev A claim holds its place until its game is concluded. Nothing is written to free it.
  function _isHeld(ClaimSlot slot) private view returns (bool) {
    if (slot.wasNeverUsed()) return false;
    GameSlot game = _regions[slot.region()].game;
    return game.isOpen() && slot.generation() == game.generation();
  }

  /// @inheritdoc IDisputeGame
  function warm(uint256 firstRegion, uint256 regions, uint256 firstPlace, uint256 places) external {
    for (uint256 i = firstRegion; i < firstRegion + regions; ++i) {
      Region storage region = _regions[i];
      // INVARIANT: what a game or a claim was stored in is not changed.
      if (!region.game.wasNeverUsed()) continue;
      (region.game, region.id) = (WARM_GAME, bytes32(uint256(1)));
    }
    for (uint256 i = firstPlace; i < firstPlace + places; ++i) {
      if (_claims[i].wasNeverUsed()) _claims[i] = WARM_CLAIM;
    }
  }

  /// @inheritdoc IDisputeGame
  function gameAt(
    uint256 region
  ) external view returns (uint256 generation, Status status, uint256 claims, uint256 time, bytes32 id) {
    Region storage r = _regions[region];
    GameSlot game = r.game;
    return (game.generation(), game.status(), game.claims(), game.time(), r.id);
  }

  /// @inheritdoc IDisputeGame
  function claimAt(uint256 place) external view returns (uint256) {
    return ClaimSlot.unwrap(_claims[place]);
  }
}
