// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @dev What contracts of a chain do most: tokens, exchanges, claims by Merkle proof, sorting, texts, clones. They have no constructor: a genesis gives them their code.

contract Token {
  mapping(address => uint256) public balanceOf;
  mapping(address => mapping(address => uint256)) public allowance;
  uint256 public totalSupply;

  event Transfer(address indexed from, address indexed to, uint256 value);
  event Approval(address indexed owner, address indexed spender, uint256 value);

  error TooLittle(uint256 has, uint256 needs);

  function transfer(address to, uint256 value) external returns (bool) {
    _move(msg.sender, to, value);
    return true;
  }

  function approve(address spender, uint256 value) external returns (bool) {
    allowance[msg.sender][spender] = value;
    emit Approval(msg.sender, spender, value);
    return true;
  }

  function transferFrom(address from, address to, uint256 value) external returns (bool) {
    uint256 allowed = allowance[from][msg.sender];
    if (allowed != type(uint256).max) {
      if (allowed < value) revert TooLittle(allowed, value);
      allowance[from][msg.sender] = allowed - value;
    }
    _move(from, to, value);
    return true;
  }

  function _move(address from, address to, uint256 value) private {
    uint256 has = balanceOf[from];
    if (has < value) revert TooLittle(has, value);
    unchecked {
      balanceOf[from] = has - value;
    }
    balanceOf[to] += value;
    emit Transfer(from, to, value);
  }
}

/// @dev A constant product, as exchanges have it.
contract Exchange {
  Token public tokenA;
  Token public tokenB;
  uint112 public reserveA;
  uint112 public reserveB;
  uint32 public updated;
  uint256 public priceCumulative;
  uint256 public root;

  event Swap(address indexed who, uint256 given, uint256 taken);

  error Slipped(uint256 taken, uint256 least);

  function swap(uint256 given, uint256 least, bool forward) external returns (uint256 taken) {
    (uint256 a, uint256 b) = forward ? (reserveA, reserveB) : (reserveB, reserveA);
    uint256 withFee = given * 997;
    taken = (withFee * b) / (a * 1000 + withFee);
    if (taken < least) revert Slipped(taken, least);
    (Token inward, Token outward) = forward ? (tokenA, tokenB) : (tokenB, tokenA);
    inward.transferFrom(msg.sender, address(this), given);
    outward.transfer(msg.sender, taken);
    _update(inward.balanceOf(address(this)), outward.balanceOf(address(this)), forward);
    emit Swap(msg.sender, given, taken);
  }

  function _update(uint256 x, uint256 y, bool forward) private {
    (uint256 a, uint256 b) = forward ? (x, y) : (y, x);
    unchecked {
      uint32 passed = uint32(block.timestamp) - updated;
      if (passed > 0) priceCumulative += ((a << 112) / b) * passed;
    }
    root = _sqrt(a * b);
    reserveA = uint112(a);
    reserveB = uint112(b);
    updated = uint32(block.timestamp);
  }

  function _sqrt(uint256 y) private pure returns (uint256 z) {
    if (y < 4) return y == 0 ? 0 : 1;
    z = y;
    uint256 x = y / 2 + 1;
    while (x < z) {
      z = x;
      x = (y / x + x) / 2;
    }
  }
}

/// @dev Work in memory and with hashes.
contract Board {
  mapping(uint256 => uint256) private claimed;
  mapping(address => string) public messages;
  uint256[] public best;

  event Claimed(uint256 indexed index, bytes32 root);
  event Posted(address indexed who, string text);

  function claim(uint256 index, bytes32[] calldata proof) external {
    require((claimed[index >> 8] >> (index & 255)) & 1 == 0, "claimed");
    claimed[index >> 8] |= 1 << (index & 255);
    bytes32 node = keccak256(abi.encodePacked(index, msg.sender));
    for (uint256 i = 0; i < proof.length; ++i)
      node = node < proof[i] ? keccak256(abi.encode(node, proof[i])) : keccak256(abi.encode(proof[i], node));
    emit Claimed(index, node);
  }

  function post(string calldata text) external {
    string memory whole = string.concat("{\"by\":\"", _decimal(uint160(msg.sender)), "\",\"text\":\"", text, "\"}");
    messages[msg.sender] = whole;
    emit Posted(msg.sender, whole);
  }

  function rank(uint256[] memory values) external {
    for (uint256 i = 1; i < values.length; ++i) {
      uint256 value = values[i];
      uint256 j = i;
      for (; j > 0 && values[j - 1] < value; --j) values[j] = values[j - 1];
      values[j] = value;
    }
    best.push(values[0]);
  }

  function clone(address target, bytes32 salt) external returns (address made) {
    bytes memory code = abi.encodePacked(hex"3d602d80600a3d3981f3363d3d373d3d3d363d73", target, hex"5af43d82803e903d91602b57fd5bf3");
    assembly {
      made := create2(0, add(code, 32), mload(code), salt)
    }
    Token(made).totalSupply();
  }

  function _decimal(uint256 value) private pure returns (string memory) {
    bytes memory digits = new bytes(78);
    uint256 at = 78;
    do {
      digits[--at] = bytes1(uint8(48 + (value % 10)));
      value /= 10;
    } while (value > 0);
    bytes memory text = new bytes(78 - at);
    for (uint256 i = 0; i < text.length; ++i) text[i] = digits[at + i];
    return string(text);
  }
}
