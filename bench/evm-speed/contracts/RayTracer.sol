// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @dev Spheres above a floor of squares, under one lamp. All lengths are multiples of 2^-32.
contract RayTracer {
  struct Vector {
    int256 x;
    int256 y;
    int256 z;
  }

  int256 private constant ONE = 1 << 32;
  uint256 private constant WIDTH = 64;
  uint256 private constant SPHERES = 4;

  /// @notice keccak256 of a picture's rows, one after the other, by the seed of its spheres.
  mapping(uint256 seed => bytes32) public pictures;

  /// @notice Draws a row of a picture: what is seen through each of its pixels, 0 to 255.
  function draw(uint256 seed, uint256 row) external {
    Vector[] memory centres = new Vector[](SPHERES);
    for (uint256 i = 0; i < SPHERES; ++i) centres[i] = _centre(seed, i);
    bytes memory pixels = new bytes(WIDTH);
    for (uint256 column = 0; column < WIDTH; ++column) {
      Vector memory ray = Vector(
        (int256(2 * column) - int256(WIDTH)) * (ONE / int256(WIDTH)),
        ONE / 2 - int256(row) * (ONE / int256(WIDTH)),
        ONE
      );
      pixels[column] = bytes1(uint8(uint256(_brightness(centres, _unit(ray)))));
    }
    pictures[seed] = keccak256(abi.encodePacked(pictures[seed], pixels));
  }

  /// @dev Between -2 and 2 to the side, 0 and 1 up, 4 and 6 away.
  function _centre(uint256 seed, uint256 i) private pure returns (Vector memory) {
    uint256 drawn = uint256(keccak256(abi.encode(seed, i)));
    return
      Vector(
        int256(drawn % (1 << 34)) - 2 * ONE,
        int256((drawn >> 64) % (1 << 32)),
        int256((drawn >> 128) % (1 << 33)) + 4 * ONE
      );
  }

  /// @dev What is seen from the origin along a ray of length 1.
  function _brightness(Vector[] memory centres, Vector memory ray) private pure returns (int256) {
    int256 nearest = type(int256).max;
    uint256 hit;
    for (uint256 i = 0; i < SPHERES; ++i) {
      int256 distance = _distance(centres[i], ray);
      if (distance > 0 && distance < nearest) (nearest, hit) = (distance, i);
    }
    if (nearest == type(int256).max) return ray.y < 0 ? _floor(ray) : (64 * (ONE - ray.y)) / ONE;
    Vector memory normal = Vector(
      (ray.x * nearest) / ONE - centres[hit].x,
      (ray.y * nearest) / ONE - centres[hit].y,
      (ray.z * nearest) / ONE - centres[hit].z
    );
    // The lamp is above, to the left and behind.
    int256 light = (2 * normal.y - normal.x - 2 * normal.z) / 3;
    return 32 + (light > 0 ? (223 * light) / ONE : int256(0));
  }

  /// @dev Along the ray to a sphere of radius 1; 0 if they do not meet.
  function _distance(Vector memory centre, Vector memory ray) private pure returns (int256) {
    int256 along = _dot(centre, ray);
    int256 rest = ONE + (along * along) / ONE - _dot(centre, centre);
    return rest < 0 ? int256(0) : along - int256(_root(uint256(rest * ONE)));
  }

  /// @dev The floor is 1 below the origin.
  function _floor(Vector memory ray) private pure returns (int256) {
    int256 x = (ray.x * ONE) / -ray.y;
    int256 z = (ray.z * ONE) / -ray.y;
    return ((x >> 32) + (z >> 32)) & 1 == 0 ? int256(200) : int256(100);
  }

  function _unit(Vector memory v) private pure returns (Vector memory) {
    int256 length = int256(_root(uint256(_dot(v, v) * ONE)));
    return Vector((v.x * ONE) / length, (v.y * ONE) / length, (v.z * ONE) / length);
  }

  function _dot(Vector memory a, Vector memory b) private pure returns (int256) {
    return (a.x * b.x + a.y * b.y + a.z * b.z) / ONE;
  }

  /// @dev The integer square root, by Newton's method.
  function _root(uint256 square) private pure returns (uint256 root) {
    root = square;
    uint256 next = square / 2 + 1;
    while (next < root) {
      root = next;
      next = (square / next + next) / 2;
    }
  }
}
