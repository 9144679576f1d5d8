// Generated from contracts/rollup/Inbox.sol by npm run generate: change the contract, not this file.

export const inboxAbi = [
  {
    type: "constructor",
    inputs: [
      { name: "sequencer_", type: "address" },
      {
        name: "config_",
        type: "tuple",
        components: [
          { name: "version", type: "uint256" },
          { name: "chainId", type: "uint256" },
          { name: "blockGas", type: "uint256" },
          { name: "minimumFee", type: "uint256" },
          { name: "target", type: "uint256" },
          { name: "inertia", type: "uint256" },
          { name: "transactionGas", type: "uint256" },
          { name: "headGas", type: "uint256" },
          { name: "vault", type: "address" },
        ],
      },
    ],
    stateMutability: "nonpayable",
  },
  { type: "error", name: "BadConfig", inputs: [{ name: "reason", type: "string" }] },
  { type: "error", name: "Full", inputs: [] },
  {
    type: "error",
    name: "NotSequencer",
    inputs: [
      { name: "caller", type: "address" },
      { name: "sequencer", type: "address" },
    ],
  },
  {
    type: "error",
    name: "TooLarge",
    inputs: [
      { name: "size", type: "uint256" },
      { name: "limit", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Appended",
    inputs: [
      { name: "index", type: "uint256", indexed: true },
      { name: "root", type: "bytes32" },
      { name: "kind", type: "uint256" },
      { name: "gas", type: "uint256" },
      { name: "time", type: "uint256" },
      { name: "batch", type: "bytes" },
    ],
  },
  {
    type: "event",
    name: "Checkpointed",
    inputs: [
      { name: "number", type: "uint256", indexed: true },
      { name: "count", type: "uint256" },
      { name: "root", type: "bytes32" },
    ],
  },
  {
    type: "function",
    name: "append",
    inputs: [{ name: "batch", type: "bytes" }],
    outputs: [{ name: "index", type: "uint256" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "checkpoint",
    inputs: [],
    outputs: [{ name: "number", type: "uint256" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "checkpoints",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  { type: "function", name: "config", inputs: [], outputs: [{ name: "", type: "bytes32" }], stateMutability: "view" },
  { type: "function", name: "count", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
  {
    type: "function",
    name: "isKept",
    inputs: [
      { name: "number", type: "uint256" },
      { name: "count_", type: "uint256" },
      { name: "root_", type: "bytes32" },
    ],
    outputs: [{ name: "", type: "bool" }],
    stateMutability: "view",
  },
  { type: "function", name: "root", inputs: [], outputs: [{ name: "", type: "bytes32" }], stateMutability: "view" },
  {
    type: "function",
    name: "sequencer",
    inputs: [],
    outputs: [{ name: "", type: "address" }],
    stateMutability: "view",
  },
] as const;

/** What the errors mean, by their names. */
export const inboxErrors = {
  BadConfig: "A field of the chain's config is out of range: `reason` says which, and its range.",
  Full: "The inbox has 2^32 − 1 batches, and takes no more.",
  NotSequencer: "Only the sequencer may append batches.",
  TooLarge: "A batch must have fewer than `limit` bytes.",
} as const;
