// Generated from contracts/l2/ModelDirectory.sol by npm run generate: change the contract, not this file.

export const modelDirectoryAbi = [
  {
    type: "function",
    name: "entryOf",
    inputs: [{ name: "model", type: "bytes32" }],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "exists",
    inputs: [{ name: "model", type: "bytes32" }],
    outputs: [{ name: "", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "modelOf",
    inputs: [{ name: "model", type: "bytes32" }],
    outputs: [
      { name: "", type: "uint8" },
      { name: "", type: "uint8" },
      { name: "", type: "uint48" },
      { name: "", type: "uint48" },
      { name: "", type: "uint144" },
    ],
    stateMutability: "view",
  },
] as const;
