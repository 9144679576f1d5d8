// Generated from contracts/tensor/TensorVerifier.sol by npm run generate: change the contract, not this file.

export const tensorVerifierAbi = [
  {
    type: "constructor",
    inputs: [
      { name: "fetchStep_", type: "address" },
      { name: "float64Ops_", type: "address" },
    ],
    stateMutability: "nonpayable",
  },
  { type: "error", name: "Delegated", inputs: [] },
  { type: "error", name: "Float64Unavailable", inputs: [{ name: "float64Ops", type: "address" }] },
  { type: "error", name: "NotDelegated", inputs: [] },
  { type: "error", name: "UnknownOperation", inputs: [{ name: "code", type: "uint256" }] },
  {
    type: "error",
    name: "WrongLength",
    inputs: [
      { name: "expected", type: "uint256" },
      { name: "given", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "WrongPath",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "computed", type: "bytes32" },
    ],
  },
  {
    type: "error",
    name: "WrongPreimage",
    inputs: [
      { name: "expected", type: "bytes32" },
      { name: "computed", type: "bytes32" },
    ],
  },
  { type: "error", name: "WrongTag", inputs: [{ name: "tag", type: "uint256" }] },
  {
    type: "function",
    name: "ask",
    inputs: [
      { name: "", type: "bytes32" },
      { name: "", type: "bytes" },
    ],
    outputs: [
      { name: "", type: "address" },
      { name: "", type: "bytes32" },
      { name: "", type: "bytes32" },
      { name: "", type: "uint8" },
    ],
    stateMutability: "pure",
  },
  {
    type: "function",
    name: "fetchStep",
    inputs: [],
    outputs: [{ name: "", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "float64Ops",
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
      { name: "", type: "bytes32" },
      { name: "", type: "bytes" },
      { name: "", type: "bytes32" },
    ],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "pure",
  },
  {
    type: "function",
    name: "step",
    inputs: [
      { name: "pre", type: "bytes32" },
      { name: "witness", type: "bytes" },
    ],
    outputs: [{ name: "post", type: "bytes32" }],
    stateMutability: "view",
  },
  { type: "error", name: "UnknownInstruction", inputs: [{ name: "kind", type: "uint256" }] },
] as const;

/** What the errors mean, by their names. */
export const tensorVerifierErrors = {
  Delegated: "The step at this state asks another machine: use `ask` and `resume`.",
  Float64Unavailable: "The contract for binary64 did not answer.",
  NotDelegated: "The step at this state asks no other machine: use `step`.",
  UnknownInstruction: "An instruction that no registered program has.",
  UnknownOperation: "No operation has this code: registration lets no program have it.",
  WrongLength: "The witness does not have exactly the bytes that the step needs.",
  WrongPath: "A Merkle path or leaf does not match the root that the state holds.",
  WrongPreimage: "The witness does not open the state: its preimages hash to `computed`.",
  WrongTag: "No state begins with this tag, or the witness is for another kind of state than its preimage.",
} as const;
