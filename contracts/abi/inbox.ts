// Generated from contracts/rollup/Inbox.sol by npm run generate: change the contract, not this file.

export const inboxAbi = [
  { type: "constructor", inputs: [{ name: "sequencer_", type: "address" }], stateMutability: "nonpayable" },
  {
    type: "error",
    name: "NoSuchBatch",
    inputs: [
      { name: "index", type: "uint256" },
      { name: "count", type: "uint256" },
    ],
  },
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
      { name: "size", type: "uint256" },
      { name: "batch", type: "bytes" },
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
    name: "batchOf",
    inputs: [{ name: "index", type: "uint256" }],
    outputs: [
      { name: "root", type: "bytes32" },
      { name: "size", type: "uint256" },
      { name: "blockNumber", type: "uint256" },
      { name: "time", type: "uint256" },
    ],
    stateMutability: "view",
  },
  { type: "function", name: "count", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
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
  NoSuchBatch: "The inbox has `count` batches, numbered from 0.",
  NotSequencer: "Only the sequencer may append batches.",
  TooLarge: "A batch must have fewer than `limit` bytes.",
} as const;
