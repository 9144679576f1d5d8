// Generated from contracts/rollup/Outputs.sol by npm run generate: change the contract, not this file.

export const outputsAbi = [
  {
    type: "constructor",
    inputs: [
      { name: "game_", type: "address" },
      {
        name: "chain",
        type: "tuple",
        components: [
          { name: "machine", type: "address" },
          { name: "inbox", type: "address" },
          { name: "chainId", type: "uint256" },
          { name: "batchGas", type: "uint256" },
          { name: "genesisOutput", type: "bytes32" },
          { name: "guardian", type: "address" },
          { name: "finalityDelay", type: "uint256" },
        ],
      },
    ],
    stateMutability: "nonpayable",
  },
  { type: "error", name: "AlreadyFinal", inputs: [{ name: "batch", type: "uint256" }] },
  {
    type: "error",
    name: "AlreadyProposed",
    inputs: [
      { name: "batch", type: "uint256" },
      { name: "game", type: "bytes32" },
    ],
  },
  { type: "error", name: "BadParameters", inputs: [{ name: "reason", type: "string" }] },
  {
    type: "error",
    name: "ContextMismatch",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "given", type: "bytes32" },
    ],
  },
  { type: "error", name: "NotConcluded", inputs: [{ name: "game", type: "bytes32" }] },
  { type: "error", name: "NotFinal", inputs: [{ name: "batch", type: "uint256" }] },
  { type: "error", name: "NotGuardian", inputs: [{ name: "caller", type: "address" }] },
  {
    type: "error",
    name: "NotNext",
    inputs: [
      { name: "batch", type: "uint256" },
      { name: "next", type: "uint256" },
    ],
  },
  { type: "error", name: "NotProposed", inputs: [{ name: "batch", type: "uint256" }] },
  { type: "error", name: "NotStale", inputs: [{ name: "batch", type: "uint256" }] },
  {
    type: "error",
    name: "PreviousOutputMismatch",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "built", type: "bytes32" },
    ],
  },
  {
    type: "event",
    name: "Discarded",
    inputs: [
      { name: "batch", type: "uint256", indexed: true },
      { name: "game", type: "bytes32", indexed: true },
    ],
  },
  {
    type: "event",
    name: "Proposed",
    inputs: [
      { name: "batch", type: "uint256", indexed: true },
      { name: "game", type: "bytes32", indexed: true },
      { name: "previous", type: "bytes32" },
      { name: "output", type: "bytes32" },
    ],
  },
  {
    type: "event",
    name: "Settled",
    inputs: [
      { name: "batch", type: "uint256", indexed: true },
      { name: "game", type: "bytes32", indexed: true },
      { name: "output", type: "bytes32" },
      { name: "readyAt", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Stopped",
    inputs: [
      { name: "batch", type: "uint256", indexed: true },
      { name: "game", type: "bytes32", indexed: true },
    ],
  },
  { type: "function", name: "batchGas", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
  { type: "function", name: "chainId", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
  {
    type: "function",
    name: "contextOf",
    inputs: [
      { name: "batch", type: "uint256" },
      { name: "previous", type: "bytes32" },
    ],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "discard",
    inputs: [{ name: "batch", type: "uint256" }],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "finalOutput",
    inputs: [{ name: "batch", type: "uint256" }],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "finalityDelay",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  { type: "function", name: "game", inputs: [], outputs: [{ name: "", type: "address" }], stateMutability: "view" },
  {
    type: "function",
    name: "genesisOutput",
    inputs: [],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  { type: "function", name: "guardian", inputs: [], outputs: [{ name: "", type: "address" }], stateMutability: "view" },
  { type: "function", name: "inbox", inputs: [], outputs: [{ name: "", type: "address" }], stateMutability: "view" },
  {
    type: "function",
    name: "isFinal",
    inputs: [{ name: "batch", type: "uint256" }],
    outputs: [{ name: "", type: "bool" }],
    stateMutability: "view",
  },
  { type: "function", name: "machine", inputs: [], outputs: [{ name: "", type: "address" }], stateMutability: "view" },
  {
    type: "function",
    name: "outputOf",
    inputs: [{ name: "batch", type: "uint256" }],
    outputs: [
      { name: "id", type: "bytes32" },
      { name: "previous", type: "bytes32" },
      { name: "output", type: "bytes32" },
      { name: "readyAt", type: "uint256" },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "propose",
    inputs: [
      { name: "batch", type: "uint256" },
      { name: "context", type: "bytes32" },
      { name: "output", type: "bytes32" },
    ],
    outputs: [{ name: "id", type: "bytes32" }],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "settle",
    inputs: [{ name: "batch", type: "uint256" }],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "settledCount",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "stop",
    inputs: [{ name: "batch", type: "uint256" }],
    outputs: [],
    stateMutability: "nonpayable",
  },
] as const;

/** What the errors mean, by their names. */
export const outputsErrors = {
  AlreadyFinal: "The output is final: it cannot be stopped.",
  AlreadyProposed: "The batch has a proposed output, which the game is about.",
  BadParameters: "A parameter of the chain is out of range: `reason` says which, and its range.",
  ContextMismatch: "The proposal is about another batch, or builds on another output, than those that are there now.",
  NotConcluded: "The game about the output is not over.",
  NotFinal: "The batch has no final output yet.",
  NotGuardian: "Only the guardian may call this.",
  NotNext: "Batches are settled in order: `next` is the first one that is not settled.",
  NotProposed: "No output of this batch is proposed.",
  NotStale: "The output builds on the previous batch's output: it cannot be discarded.",
  PreviousOutputMismatch: "The output builds on `built`, and the previous batch has the output `expected`: discard it.",
} as const;
