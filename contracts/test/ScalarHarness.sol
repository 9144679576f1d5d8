// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {ScalarOps} from "../tensor/scalar/ScalarOps.sol";
import {ScalarProgram} from "../tensor/scalar/ScalarProgram.sol";
import {ScalarTypes} from "../tensor/scalar/ScalarTypes.sol";

/// @notice Puts the scalar libraries within reach of tests, many vectors in a call.
contract ScalarHarness {
    /// @param operands Packed triples of 64-bit words.
    /// @return results Packed 64-bit words. Reverts if a result has more bits, which no other test would see.
    /// @return gasUsed The sum over all vectors of what the operation alone costs.
    function batch(
        uint256 code,
        bytes calldata operands,
        address float64Ops
    ) external view returns (bytes memory results, uint256 gasUsed) {
        uint256 n = operands.length / 24;
        results = new bytes(n * 8);
        for (uint256 i = 0; i < n; i++) {
            uint256 a = uint64(bytes8(operands[24 * i:]));
            uint256 b = uint64(bytes8(operands[24 * i + 8:]));
            uint256 c = uint64(bytes8(operands[24 * i + 16:]));
            uint256 before = gasleft();
            uint256 r = ScalarOps.execute(code, a, b, c, float64Ops);
            gasUsed += before - gasleft();
            require(r < 1 << 64, "a result has high bits");
            assembly ("memory-safe") {
                mstore(add(add(results, 32), mul(8, i)), shl(192, r))
            }
        }
    }

    /// @notice Runs a program; gives all registers, and the gas of `ScalarProgram.run` itself.
    function run(
        bytes memory code,
        uint256[] memory inputs,
        uint256[] memory variables,
        address float64Ops
    ) external view returns (uint256[] memory registers, uint256 result, uint256 gasUsed) {
        uint256 operations = code.length / 4;
        uint256 filled = inputs.length;
        registers = new uint256[](filled + operations);
        for (uint256 i = 0; i < filled; i++) registers[i] = inputs[i];
        uint256 codeAt;
        uint256 registersAt;
        uint256 variablesAt;
        assembly ("memory-safe") {
            codeAt := add(code, 32)
            registersAt := add(registers, 32)
            variablesAt := add(variables, 32)
        }
        uint256 before = gasleft();
        result = ScalarProgram.run(codeAt, operations, registersAt, filled, variablesAt, float64Ops);
        gasUsed = before - gasleft();
    }

    function signature(uint8 code) external pure returns (bool exists, uint256 arity, uint256 args, uint256 result) {
        return ScalarTypes.signature(code);
    }
}
