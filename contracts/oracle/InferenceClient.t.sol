// SPDX-License-Identifier: MIT
/* solhint-disable func-name-mixedcase */
pragma solidity ^0.8.37;

import {VM} from "../foundry/Vm.sol";
import {MockInferenceOracle} from "../mock/MockInferenceOracle.sol";
import {IInferenceOracle, Request} from "./IInferenceOracle.sol";
import {InferenceClient} from "./InferenceClient.sol";

contract Client is InferenceClient {
  bytes public last;

  constructor(IInferenceOracle oracle) payable InferenceClient(oracle) {}

  function ask(uint256 fee) external returns (uint256) {
    return _ask("model", "input", 100_000, fee, 0.01 ether, 0);
  }

  function cancel(Request calldata asked) external {
    _cancel(0, asked);
  }

  function takeBack(Request calldata asked) external {
    _reclaim(0, asked);
    _collect();
  }

  function _onAnswer(uint256, bytes calldata output) internal override {
    last = output;
  }
}

contract InferenceClientTest {
  MockInferenceOracle private _oracle;
  Client private _client;

  function setUp() public {
    _oracle = new MockInferenceOracle();
    VM.deal(address(this), 10 ether);
    _client = new Client{value: 1 ether}(IInferenceOracle(address(_oracle)));
  }

  function test_AnAnswerArrivesOnce() public {
    uint256 id = _client.ask(0.1 ether);
    VM.assertTrue(_client.isPending(id));
    VM.assertEq(address(_oracle).balance, 0.11 ether);
    _oracle.deliver(id, "output");
    VM.assertEq(_client.last(), "output");
    VM.assertTrue(!_client.isPending(id));
    VM.expectRevert(abi.encodeWithSelector(MockInferenceOracle.NoSuchRequest.selector, id));
    _oracle.deliver(id, "again");
  }

  function test_AnswersToOthersQuestionsAreRefused() public {
    _client.ask(0);
    VM.prank(address(_oracle));
    VM.expectRevert(abi.encodeWithSelector(InferenceClient.NotPending.selector, 3));
    _client.onInference(3, "output");
  }

  function test_OnlyTheOracleAnswersAndPays() public {
    uint256 id = _client.ask(0);
    VM.expectRevert(abi.encodeWithSelector(InferenceClient.NotOracle.selector, address(this)));
    _client.onInference(id, "output");
    (bool sent, ) = address(_client).call{value: 1}("");
    VM.assertTrue(!sent);
  }

  function test_TheFeesOfACancelledRequestComeBack() public {
    uint256 id = _client.ask(0.1 ether);
    Request memory asked = _oracle.requestOf(id);
    _client.cancel(asked);
    VM.assertTrue(_client.isPending(id));
    _client.takeBack(asked);
    VM.assertEq(address(_client).balance, 1 ether);
    VM.assertTrue(!_client.isPending(id));
    VM.expectRevert(abi.encodeWithSelector(InferenceClient.NotPending.selector, id));
    _client.takeBack(asked);
  }
}
