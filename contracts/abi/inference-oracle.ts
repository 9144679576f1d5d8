// Generated from contracts/oracle/InferenceOracle.sol by npm run generate: change the contract, not this file.

export const inferenceOracleAbi = [
  {
    type: "constructor",
    inputs: [
      { name: "game", type: "address" },
      { name: "machine", type: "address" },
      { name: "registry", type: "address" },
      { name: "guardian", type: "address" },
      { name: "delay", type: "uint256" },
    ],
    stateMutability: "nonpayable",
  },
  {
    type: "error",
    name: "AlreadyAnswered",
    inputs: [
      { name: "id", type: "uint256" },
      { name: "game", type: "bytes32" },
    ],
  },
  {
    type: "error",
    name: "CallbackGasTooHigh",
    inputs: [
      { name: "gas", type: "uint256" },
      { name: "limit", type: "uint256" },
    ],
  },
  { type: "error", name: "NoSuchRequest", inputs: [{ name: "id", type: "uint256" }] },
  { type: "error", name: "NotAnswered", inputs: [{ name: "id", type: "uint256" }] },
  { type: "error", name: "NotConcluded", inputs: [{ name: "game", type: "bytes32" }] },
  {
    type: "error",
    name: "NotEnoughGas",
    inputs: [
      { name: "needed", type: "uint256" },
      { name: "left", type: "uint256" },
    ],
  },
  { type: "error", name: "NotGuardian", inputs: [{ name: "caller", type: "address" }] },
  { type: "error", name: "NotRequester", inputs: [{ name: "caller", type: "address" }] },
  { type: "error", name: "NothingToCollect", inputs: [{ name: "account", type: "address" }] },
  {
    type: "error",
    name: "OutputMismatch",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "given", type: "bytes32" },
    ],
  },
  { type: "error", name: "ProposalMismatch", inputs: [{ name: "game", type: "bytes32" }] },
  { type: "error", name: "RequestMismatch", inputs: [{ name: "id", type: "uint256" }] },
  {
    type: "error",
    name: "TooSoon",
    inputs: [
      { name: "id", type: "uint256" },
      { name: "readyAt", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "TransferFailed",
    inputs: [
      { name: "to", type: "address" },
      { name: "amount", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Answered",
    inputs: [
      { name: "id", type: "uint256", indexed: true },
      { name: "game", type: "bytes32", indexed: true },
      { name: "output", type: "bytes" },
    ],
  },
  { type: "event", name: "Cancelled", inputs: [{ name: "id", type: "uint256", indexed: true }] },
  {
    type: "event",
    name: "Delivered",
    inputs: [
      { name: "id", type: "uint256", indexed: true },
      { name: "game", type: "bytes32", indexed: true },
      { name: "output", type: "bytes" },
      { name: "callbackSucceeded", type: "bool" },
    ],
  },
  {
    type: "event",
    name: "Reopened",
    inputs: [
      { name: "id", type: "uint256", indexed: true },
      { name: "game", type: "bytes32", indexed: true },
    ],
  },
  {
    type: "event",
    name: "Requested",
    inputs: [
      { name: "id", type: "uint256", indexed: true },
      { name: "modelId", type: "bytes32", indexed: true },
      {
        name: "request",
        type: "tuple",
        components: [
          { name: "requester", type: "address" },
          { name: "modelId", type: "bytes32" },
          { name: "inputRoot", type: "bytes32" },
          { name: "consumer", type: "address" },
          { name: "callbackGas", type: "uint64" },
          { name: "fee", type: "uint256" },
        ],
      },
      { name: "input", type: "bytes" },
    ],
  },
  {
    type: "function",
    name: "answer",
    inputs: [
      { name: "id", type: "uint256" },
      {
        name: "asked",
        type: "tuple",
        components: [
          { name: "requester", type: "address" },
          { name: "modelId", type: "bytes32" },
          { name: "inputRoot", type: "bytes32" },
          { name: "consumer", type: "address" },
          { name: "callbackGas", type: "uint64" },
          { name: "fee", type: "uint256" },
        ],
      },
      { name: "output", type: "bytes" },
    ],
    outputs: [{ name: "game", type: "bytes32" }],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "answerOf",
    inputs: [{ name: "id", type: "uint256" }],
    outputs: [
      { name: "game", type: "bytes32" },
      { name: "readyAt", type: "uint256" },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "cancel",
    inputs: [
      { name: "id", type: "uint256" },
      {
        name: "asked",
        type: "tuple",
        components: [
          { name: "requester", type: "address" },
          { name: "modelId", type: "bytes32" },
          { name: "inputRoot", type: "bytes32" },
          { name: "consumer", type: "address" },
          { name: "callbackGas", type: "uint64" },
          { name: "fee", type: "uint256" },
        ],
      },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  { type: "function", name: "collect", inputs: [], outputs: [], stateMutability: "nonpayable" },
  {
    type: "function",
    name: "deliver",
    inputs: [
      { name: "id", type: "uint256" },
      {
        name: "asked",
        type: "tuple",
        components: [
          { name: "requester", type: "address" },
          { name: "modelId", type: "bytes32" },
          { name: "inputRoot", type: "bytes32" },
          { name: "consumer", type: "address" },
          { name: "callbackGas", type: "uint64" },
          { name: "fee", type: "uint256" },
        ],
      },
      { name: "output", type: "bytes" },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "deliveryDelay",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "feesOf",
    inputs: [{ name: "account", type: "address" }],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "request",
    inputs: [
      { name: "modelId", type: "bytes32" },
      { name: "input", type: "bytes" },
      { name: "consumer", type: "address" },
      { name: "callbackGas", type: "uint64" },
    ],
    outputs: [{ name: "id", type: "uint256" }],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "settle",
    inputs: [
      { name: "id", type: "uint256" },
      {
        name: "proposal",
        type: "tuple",
        components: [
          { name: "consumer", type: "address" },
          { name: "proposer", type: "address" },
          { name: "number", type: "uint64" },
          { name: "machine", type: "address" },
          { name: "context", type: "bytes32" },
          { name: "start", type: "bytes32" },
          { name: "level", type: "uint8" },
          { name: "output", type: "bytes32" },
        ],
      },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "stop",
    inputs: [{ name: "id", type: "uint256" }],
    outputs: [],
    stateMutability: "nonpayable",
  },
] as const;

/** What the errors mean, by their names. */
export const inferenceOracleErrors = {
  AlreadyAnswered: "The request has an answer, and a game about it.",
  CallbackGasTooHigh: "The callback may ask for at most `limit` gas.",
  NoSuchRequest: "The oracle has no request with this id, or it was cancelled or delivered.",
  NotAnswered: "The request has no answer, or none that is settled.",
  NotConcluded: "The game about the answer is not over.",
  NotEnoughGas: "The transaction must leave `needed` gas for the callback.",
  NotGuardian: "Only the guardian may call this.",
  NotRequester: "Only the requester may cancel a request.",
  NothingToCollect: "The account has no fees to collect.",
  OutputMismatch: "The output bytes do not have the root that the game ended with.",
  ProposalMismatch: "The proposal that was given is not the one of the answer's game.",
  RequestMismatch: "The request that was given is not the one stored under this id.",
  TooSoon: "The answer is settled, and can be delivered from `readyAt` on.",
  TransferFailed: "The account did not accept the payment.",
} as const;
