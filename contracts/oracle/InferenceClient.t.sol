// SPDX-License-Identifier: MIT
/* solhint-disable func-name-mixedcase */
pragma solidity ^0.8.37;

import {VM} from "../foundry/Vm.sol";
import {IInferenceConsumer, IInferenceOracle, Request} from "./IInferenceOracle.sol";
import {InferenceClient} from "./InferenceClient.sol";

/// @dev The part of the oracle that a client sees: request ids start at 7, and cancelled fees are paid back.
contract FakeOracle {
  uint256 private _count = 7;
  uint256 private _refund;

  function request(bytes32, bytes calldata, IInferenceConsumer, uint64) external payable returns (uint256) {
    return _count++;
  }

  function deliver(IInferenceConsumer consumer, uint256 id, bytes calldata output) external {
    consumer.onInference(id, output);
  }

  function cancel(uint256, Request calldata asked) external {
    _refund += asked.fee;
  }

  function collect() external {
    (bool sent, ) = msg.sender.call{value: _refund}("");
    VM.assertTrue(sent);
  }
}

contract Client is InferenceClient {
  bytes public last;

  constructor(IInferenceOracle oracle) payable InferenceClient(oracle) {}

  function ask(uint256 fee) external returns (uint256) {
    return _ask("model", "input", 100_000, fee);
  }

  function takeBack(uint256 id, Request calldata asked) external {
    _cancel(id, asked);
    _collect();
  }

  function _onAnswer(uint256, bytes calldata output) internal override {
    last = output;
  }
}

contract InferenceClientTest {
  FakeOracle private _oracle;
  Client private _client;

  function setUp() public {
    _oracle = new FakeOracle();
    VM.deal(address(this), 10 ether);
    _client = new Client{value: 1 ether}(IInferenceOracle(address(_oracle)));
  }

  function test_AnAnswerArrivesOnce() public {
    uint256 id = _client.ask(0.1 ether);
    VM.assertTrue(_client.isPending(id));
    VM.assertEq(address(_oracle).balance, 0.1 ether);
    _oracle.deliver(_client, id, "output");
    VM.assertEq(_client.last(), "output");
    VM.assertTrue(!_client.isPending(id));
    VM.expectRevert(abi.encodeWithSelector(InferenceClient.NotPending.selector, id));
    _oracle.deliver(_client, id, "again");
  }

  function test_AnswersToOthersQuestionsAreRefused() public {
    _client.ask(0);
    VM.expectRevert(abi.encodeWithSelector(InferenceClient.NotPending.selector, 3));
    _oracle.deliver(_client, 3, "output");
  }

  function test_OnlyTheOracleAnswersAndPays() public {
    uint256 id = _client.ask(0);
    VM.expectRevert(abi.encodeWithSelector(InferenceClient.NotOracle.selector, address(this)));
    _client.onInference(id, "output");
    (bool sent, ) = address(_client).call{value: 1}("");
    VM.assertTrue(!sent);
  }

  function test_TheFeeOfACancelledRequestComesBack() public {
    uint256 id = _client.ask(0.1 ether);
    Request memory asked = Request(address(_client), "model", 0, _client, 100_000, 0.1 ether);
    _client.takeBack(id, asked);
    VM.assertEq(address(_client).balance, 1 ether);
    VM.assertTrue(!_client.isPending(id));
    VM.expectRevert(abi.encodeWithSelector(InferenceClient.NotPending.selector, id));
    _client.takeBack(id, asked);
  }
}
