// Generated from contracts/rollup/SpanVerifier.sol by npm run generate: change the contract, not this file.

export const spanVerifierAbi = [
  {
    type: "constructor",
    inputs: [
      { name: "evmVerifier_", type: "address" },
      { name: "chainId_", type: "uint256" },
    ],
    stateMutability: "nonpayable",
  },
  {
    type: "error",
    name: "BeyondEnd",
    inputs: [
      { name: "executed", type: "uint256" },
      { name: "length", type: "uint256" },
    ],
  },
  { type: "error", name: "Delegated", inputs: [] },
  { type: "error", name: "NotDelegated", inputs: [] },
  {
    type: "error",
    name: "WrongContext",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "actual", type: "bytes32" },
    ],
  },
  { type: "error", name: "WrongLength", inputs: [{ name: "length", type: "uint256" }] },
  {
    type: "error",
    name: "WrongRecord",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "actual", type: "bytes32" },
    ],
  },
  {
    type: "error",
    name: "WrongState",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "actual", type: "bytes32" },
    ],
  },
  { type: "error", name: "WrongTag", inputs: [{ name: "word", type: "uint256" }] },
  {
    type: "function",
    name: "ask",
    inputs: [
      { name: "pre", type: "bytes32" },
      { name: "witness", type: "bytes" },
    ],
    outputs: [
      { name: "machine", type: "address" },
      { name: "start", type: "bytes32" },
      { name: "context", type: "bytes32" },
      { name: "level", type: "uint8" },
    ],
    stateMutability: "view",
  },
  { type: "function", name: "chainId", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
  {
    type: "function",
    name: "evmVerifier",
    inputs: [],
    outputs: [{ name: "", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "halted",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "output", type: "bytes32" },
    ],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "pure",
  },
  {
    type: "function",
    name: "resume",
    inputs: [
      { name: "pre", type: "bytes32" },
      { name: "witness", type: "bytes" },
      { name: "output", type: "bytes32" },
    ],
    outputs: [{ name: "post", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "step",
    inputs: [
      { name: "pre", type: "bytes32" },
      { name: "witness", type: "bytes" },
    ],
    outputs: [{ name: "post", type: "bytes32" }],
    stateMutability: "pure",
  },
] as const;

/** What the errors mean, by their names. */
export const spanVerifierErrors = {
  BeyondEnd: "The state has `executed` batches of a span of `length`: no step leads to it.",
  Delegated: "The step at this state asks another machine: use `ask` and `resume`.",
  NotDelegated: "The step at this state asks no other machine: use `step`.",
  WrongContext: "The span in the witness has the context `actual` on this chain.",
  WrongLength: "A witness has 1,472 bytes; that of a halted state, 64.",
  WrongRecord: "Under the root `expected`, the batch has another record; this one leads to the root `actual`.",
  WrongState: "The witness's words are those of the state `actual`.",
  WrongTag: "The first word of the state does not have the span machine's tag.",
} as const;
