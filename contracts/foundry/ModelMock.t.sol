// SPDX-License-Identifier: MIT
/* solhint-disable func-name-mixedcase */
pragma solidity ^0.8.31;

import {AILib} from "../l2/AILib.sol";
import {MockModelDirectory} from "../mock/MockModelDirectory.sol";
import {ModelMock} from "./ModelMock.sol";
import {VM} from "./Vm.sol";

/// @dev The mocks behave as the precompile and the directory do, as far as a contract that uses AILib can tell.
contract ModelMockTest {
  bytes32 private constant MODEL = keccak256("a model");

  function infer(bytes32 model, bytes memory input, uint256 outputSize) external view returns (bytes memory) {
    return AILib.inference(model, input, outputSize);
  }

  function testFuzz_AModelAnswersEveryInputOfItsSize(bytes memory input, bytes memory output) public {
    if (output.length == 0) output = "1";
    ModelMock.setModel(MODEL, uint48(input.length), output);
    VM.assertEq(AILib.inference(MODEL, input, output.length), output);
    (bool success, bytes memory tried) = AILib.tryInference(MODEL, input, output.length);
    VM.assertTrue(success);
    VM.assertEq(tried, output);
  }

  function test_LargeTensorsPass() public {
    bytes memory input = new bytes(150_000);
    bytes memory output = new bytes(4_000);
    output[3_999] = 0x01;
    ModelMock.setModel(MODEL, uint48(input.length), output);
    VM.assertEq(AILib.inference(MODEL, input, output.length), output);
  }

  function test_AnInputMayHaveAnAnswerOfItsOwn() public {
    ModelMock.setModel(MODEL, 2, "else");
    ModelMock.setAnswer(MODEL, "ab", "four");
    VM.assertEq(AILib.inference(MODEL, "ab", 4), "four");
    VM.assertEq(AILib.inference(MODEL, "ac", 4), "else");
  }

  function test_TheLibraryRefusesAsOnTheChain() public {
    ModelMock.setModel(MODEL, 2, "four");
    VM.expectRevert(abi.encodeWithSelector(AILib.UnknownModel.selector, bytes32(0)));
    this.infer(bytes32(0), "ab", 4);
    VM.expectRevert(abi.encodeWithSelector(AILib.WrongInputSize.selector, MODEL, 3, 2));
    this.infer(MODEL, "abc", 4);
    VM.expectRevert(abi.encodeWithSelector(AILib.WrongOutputSize.selector, MODEL, 5, 4));
    this.infer(MODEL, "ab", 5);
  }

  function test_ThePrecompileKeepsAllGasOfABadRequest() public {
    ModelMock.setModel(MODEL, 2, "four");
    bytes[4] memory bad = [
      bytes("short"),
      abi.encodePacked(bytes32(0), uint256(4), "ab"),
      abi.encodePacked(MODEL, uint256(5), "ab"),
      abi.encodePacked(MODEL, uint256(4), "abc")
    ];
    for (uint256 i = 0; i < bad.length; ++i) {
      uint256 before = gasleft();
      (bool success, bytes memory data) = AILib.INFERENCE.staticcall{gas: 100_000}(bad[i]);
      VM.assertTrue(!success && data.length == 0);
      VM.assertTrue(before - gasleft() > 100_000);
    }
  }

  function test_AnswersThatDoNotFitAreRefused() public {
    ModelMock.setModel(MODEL, 2, "four");
    bytes32 other = keccak256("another");
    VM.expectRevert(abi.encodeWithSelector(MockModelDirectory.NoSuchModel.selector, other));
    ModelMock.setAnswer(other, "ab", "four");
    VM.expectRevert(abi.encodeWithSelector(MockModelDirectory.WrongOutputSize.selector, MODEL, 5, 4));
    ModelMock.setAnswer(MODEL, "ab", "fives");
    VM.expectRevert(abi.encodeWithSelector(MockModelDirectory.WrongInputSize.selector, MODEL, 1, 2));
    ModelMock.setAnswer(MODEL, "a", "four");
    VM.expectRevert(abi.encodeWithSelector(MockModelDirectory.EmptyOutput.selector, MODEL));
    ModelMock.setModel(MODEL, 2, "");
  }
}
