// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Float32} from "./Float32.sol";
import {Float64} from "./Float64.sol";
import {FloatConversions} from "./FloatConversions.sol";
import {Int64} from "./Int64.sol";

/// No operation has this code: registration lets no program have it.
error UnknownOperation(uint256 code);

/// The contract for binary64 did not answer.
error Float64Unavailable(address float64Ops);

/// @title One scalar operation of the tensor machine, by its code
/// @notice Every operation is total: it has a result for all 64-bit operands, and does not depend on anything else.
/// An operand of type f32 is read in its low 32 bits. A NaN result is the canonical one.
/// @dev The codes are those of `ml-vm/program/ops.ts`. Nested ranges keep the way to any of them short; within a range
/// the hottest comes first.
library ScalarOps {
    uint256 internal constant INDEX = 0x00;
    uint256 internal constant SELECT = 0x01;

    /// @param code Any operation but `index`, which the program itself resolves.
    /// @param a, b, c Operands, 64-bit words; those that the operation does not have are ignored.
    /// @param float64Ops The `Float64Ops` contract, used for 0x30…0x41 only.
    function execute(uint256 code, uint256 a, uint256 b, uint256 c, address float64Ops) internal view returns (uint256) {
        if (code < 0x30) {
            if (code >= 0x10) return _float32(code, a, b, c);
            if (code == SELECT) return a != 0 ? b : c;
            revert UnknownOperation(code);
        }
        if (code >= 0x60) return _int(code, a, b, c);
        if (code >= 0x50) return _conversion(code, a);
        return _float64(code, a, b, c, float64Ops);
    }

    function _float32(uint256 code, uint256 x, uint256 y, uint256 z) private pure returns (uint256) {
        Float32 a = Float32.wrap(uint32(x));
        if (code < 0x14) {
            Float32 b = Float32.wrap(uint32(y));
            if (code == 0x13) return a.fma(b, Float32.wrap(uint32(z))).bits();
            if (code == 0x12) return (a * b).bits();
            if (code == 0x10) return (a + b).bits();
            return (a - b).bits();
        }
        if (code < 0x19) {
            Float32 b = Float32.wrap(uint32(y));
            if (code == 0x14) return (a / b).bits();
            if (code == 0x15) return a.sqrt().bits();
            if (code == 0x18) return a.max(b).bits();
            if (code == 0x17) return a.min(b).bits();
            return a.rem(b).bits();
        }
        if (code < 0x1e) {
            Float32 b = Float32.wrap(uint32(y));
            if (code == 0x19) return a.neg().bits();
            if (code == 0x1a) return a.abs().bits();
            if (code == 0x1b) return _word(a.eq(b));
            if (code == 0x1c) return _word(a.lt(b));
            return _word(a.le(b));
        }
        if (code == 0x1e) return a.floor().bits();
        if (code == 0x1f) return a.ceil().bits();
        if (code == 0x20) return a.trunc().bits();
        if (code == 0x21) return a.rint().bits();
        revert UnknownOperation(code);
    }

    function _conversion(uint256 code, uint256 a) private pure returns (uint256) {
        if (code < 0x56) {
            if (code == 0x50) return FloatConversions.toInt(Float32.wrap(uint32(a)));
            if (code == 0x51) return FloatConversions.fromInt32(a).bits();
            if (code == 0x52) return FloatConversions.toInt(Float64.wrap(uint64(a)));
            if (code == 0x53) return FloatConversions.fromInt64(a).bits();
            if (code == 0x54) return FloatConversions.widen(Float32.wrap(uint32(a))).bits();
            return FloatConversions.narrow(Float64.wrap(uint64(a))).bits();
        }
        if (code < 0x5a) {
            if (code == 0x56) return FloatConversions.fromF16(a).bits();
            if (code == 0x57) return FloatConversions.toF16(Float32.wrap(uint32(a)));
            if (code == 0x58) return FloatConversions.fromBF16(a).bits();
            return FloatConversions.toBF16(Float32.wrap(uint32(a)));
        }
        if (code < 0x5c) return FloatConversions.canonical32(a);
        if (code < 0x5e) return FloatConversions.canonical64(a);
        revert UnknownOperation(code);
    }

    function _int(uint256 code, uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        if (code < 0x67) {
            if (code == 0x60) return Int64.add(a, b);
            if (code == 0x61) return Int64.sub(a, b);
            if (code == 0x62) return Int64.mul(a, b);
            if (code == 0x63) return Int64.mulHigh(a, b);
            if (code == 0x64) return Int64.mulHighU(a, b);
            if (code == 0x65) return Int64.divTrunc(a, b);
            return Int64.divFloor(a, b);
        }
        if (code < 0x6d) {
            if (code == 0x67) return a & b;
            if (code == 0x68) return a | b;
            if (code == 0x69) return a ^ b;
            if (code == 0x6a) return Int64.shl(a, b);
            if (code == 0x6b) return Int64.shr(a, b);
            return Int64.sar(a, b);
        }
        if (code == 0x73) return Int64.dot4ss(a, b, c);
        if (code == 0x74) return Int64.dot4us(a, b, c);
        if (code == 0x6d) return _word(a == b);
        if (code == 0x6e) return Int64.lt(a, b);
        if (code == 0x6f) return _word(a < b);
        if (code == 0x70) return Int64.min(a, b);
        if (code == 0x71) return Int64.max(a, b);
        if (code == 0x72) return Int64.wrap32(a);
        revert UnknownOperation(code);
    }

    /// @dev One word each way, in scratch space: (a, b, c, code), 64 bits each, and the result.
    function _float64(uint256 code, uint256 a, uint256 b, uint256 c, address float64Ops) private view returns (uint256 r) {
        if (code > 0x41) revert UnknownOperation(code);
        bool answered;
        assembly ("memory-safe") {
            mstore(0, or(or(shl(192, a), shl(128, b)), or(shl(64, c), code)))
            answered := staticcall(gas(), float64Ops, 0, 32, 0, 32)
            // INVARIANT: a failed call, out of gas or to an empty account, proves nothing, so it must not have a value.
            answered := and(answered, eq(returndatasize(), 32))
            r := mload(0)
        }
        if (!answered) revert Float64Unavailable(float64Ops);
    }

    function _word(bool condition) private pure returns (uint256 r) {
        assembly ("memory-safe") {
            r := condition
        }
    }
}
