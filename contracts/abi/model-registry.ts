// Generated from contracts/registry/ModelRegistry.sol by npm run generate: change the contract, not this file.

export const modelRegistryAbi = [
  { type: "constructor", inputs: [{ name: "validator_", type: "address" }], stateMutability: "nonpayable" },
  { type: "error", name: "AlreadyBegun", inputs: [{ name: "modelId", type: "bytes32" }] },
  { type: "error", name: "AlreadyRegistered", inputs: [{ name: "modelId", type: "bytes32" }] },
  {
    type: "error",
    name: "IllFormedInstruction",
    inputs: [
      { name: "pc", type: "uint256" },
      { name: "rule", type: "uint8" },
    ],
  },
  { type: "error", name: "IllFormedProgram", inputs: [{ name: "rule", type: "uint8" }] },
  { type: "error", name: "NotBegun", inputs: [{ name: "modelId", type: "bytes32" }] },
  { type: "error", name: "NotRegistered", inputs: [{ name: "modelId", type: "bytes32" }] },
  {
    type: "error",
    name: "WrongInstructions",
    inputs: [
      { name: "programRoot", type: "bytes32" },
      { name: "computed", type: "bytes32" },
    ],
  },
  {
    type: "error",
    name: "WrongPage",
    inputs: [
      { name: "expected", type: "uint256" },
      { name: "given", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "WrongSize",
    inputs: [
      { name: "expected", type: "uint256" },
      { name: "given", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "InstructionsValidated",
    inputs: [
      { name: "modelId", type: "bytes32", indexed: true },
      { name: "nextPc", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "ModelRegistered",
    inputs: [
      { name: "modelId", type: "bytes32", indexed: true },
      { name: "level", type: "uint8" },
      { name: "steps", type: "uint64" },
      { name: "flops", type: "uint128" },
    ],
  },
  {
    type: "event",
    name: "RegistrationBegun",
    inputs: [
      { name: "modelId", type: "bytes32", indexed: true },
      { name: "by", type: "address", indexed: true },
      { name: "instructions", type: "uint256" },
    ],
  },
  {
    type: "function",
    name: "begin",
    inputs: [
      { name: "header", type: "bytes" },
      { name: "types", type: "bytes" },
    ],
    outputs: [{ name: "modelId", type: "bytes32" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "context",
    inputs: [
      { name: "modelId", type: "bytes32" },
      { name: "inputRoot_", type: "bytes32" },
    ],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "inputRoot",
    inputs: [
      { name: "modelId", type: "bytes32" },
      { name: "input", type: "bytes" },
    ],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "isRegistered",
    inputs: [{ name: "modelId", type: "bytes32" }],
    outputs: [{ name: "", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "level",
    inputs: [{ name: "modelId", type: "bytes32" }],
    outputs: [{ name: "", type: "uint8" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "model",
    inputs: [{ name: "modelId", type: "bytes32" }],
    outputs: [
      {
        name: "",
        type: "tuple",
        components: [
          { name: "level", type: "uint8" },
          { name: "steps", type: "uint64" },
          { name: "flops", type: "uint128" },
          { name: "inputSizes", type: "uint256[]" },
          { name: "outputSizes", type: "uint256[]" },
        ],
      },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "nextPc",
    inputs: [{ name: "modelId", type: "bytes32" }],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "outputRoot",
    inputs: [
      { name: "modelId", type: "bytes32" },
      { name: "output", type: "bytes" },
    ],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "startState",
    inputs: [
      { name: "modelId", type: "bytes32" },
      { name: "inputRoot_", type: "bytes32" },
    ],
    outputs: [{ name: "", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "validate",
    inputs: [
      { name: "header", type: "bytes" },
      { name: "types", type: "bytes" },
      { name: "firstPc", type: "uint256" },
      { name: "instructions", type: "bytes[]" },
      { name: "siblings", type: "bytes32[]" },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "validator",
    inputs: [],
    outputs: [{ name: "", type: "address" }],
    stateMutability: "view",
  },
] as const;

/** What the errors mean, by their names. */
export const modelRegistryErrors = {
  AlreadyBegun: "The registration of this model has begun.",
  AlreadyRegistered: "The model is registered already.",
  IllFormedInstruction: "The instruction at `pc` breaks a rule.",
  IllFormedProgram: "The program as a whole breaks a rule of well-formed programs.",
  NotBegun: "The registration of this model has not begun.",
  NotRegistered: "The model is not registered.",
  WrongInstructions: "The instructions do not match the program root at these positions.",
  WrongPage: "The next page begins at instruction `expected`; another account may be registering the same model.",
  WrongSize: "The model's types take `expected` bytes.",
} as const;
