// Generated from contracts/l2/AILib.sol by npm run generate: change the contract, not this file.

export const aiLibAbi = [
  {
    type: "error",
    name: "TooLittleGas",
    inputs: [
      { name: "model", type: "bytes32" },
      { name: "available", type: "uint256" },
      { name: "price", type: "uint256" },
    ],
  },
  { type: "error", name: "UnknownModel", inputs: [{ name: "model", type: "bytes32" }] },
  {
    type: "error",
    name: "WrongInputSize",
    inputs: [
      { name: "model", type: "bytes32" },
      { name: "given", type: "uint256" },
      { name: "expected", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "WrongOutputSize",
    inputs: [
      { name: "model", type: "bytes32" },
      { name: "given", type: "uint256" },
      { name: "expected", type: "uint256" },
    ],
  },
] as const;

/** What the errors mean, by their names. */
export const aiLibErrors = {
  TooLittleGas: "The model costs `price` gas; a call can forward 63/64 of the `available` gas (EIP-150).",
  UnknownModel: "The model is not in the chain's directory.",
  WrongInputSize: "The model's input has `expected` bytes.",
  WrongOutputSize: "The model's output has `expected` bytes.",
} as const;
