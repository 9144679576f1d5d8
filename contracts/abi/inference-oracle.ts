// Generated from contracts/oracle/InferenceOracle.sol by npm run generate: change the contract, not this file.

export const inferenceOracleAbi = [
  {
    type: "constructor",
    inputs: [
      { name: "game_", type: "address" },
      { name: "machine", type: "address" },
      { name: "registry", type: "address" },
      {
        name: "p",
        type: "tuple",
        components: [
          { name: "guardian", type: "address" },
          { name: "deliveryDelay", type: "uint256" },
          { name: "reveal", type: "uint256" },
          { name: "deposit", type: "uint256" },
          { name: "speed", type: "uint256" },
          { name: "minPrice", type: "uint256" },
          { name: "scale", type: "uint256" },
        ],
      },
    ],
    stateMutability: "nonpayable",
  },
  { type: "error", name: "AlreadyCancelling", inputs: [{ name: "effectiveAt", type: "uint256" }] },
  {
    type: "error",
    name: "AlreadySettled",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "outputRoot", type: "bytes32" },
    ],
  },
  {
    type: "error",
    name: "AskedTooOften",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "limit", type: "uint256" },
    ],
  },
  { type: "error", name: "BadParameters", inputs: [{ name: "reason", type: "string" }] },
  {
    type: "error",
    name: "CallbackGasTooHigh",
    inputs: [
      { name: "gas", type: "uint256" },
      { name: "limit", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "FeeTooHigh",
    inputs: [
      { name: "fee", type: "uint256" },
      { name: "limit", type: "uint256" },
    ],
  },
  { type: "error", name: "HasResult", inputs: [{ name: "context", type: "bytes32" }] },
  {
    type: "error",
    name: "IsFinal",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "readyAt", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "IsFrozen",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "since", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "NoGameNeeded",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "outputRoot", type: "bytes32" },
    ],
  },
  {
    type: "error",
    name: "NoSuchRecord",
    inputs: [
      { name: "place", type: "uint256" },
      { name: "hash", type: "bytes32" },
    ],
  },
  { type: "error", name: "NotCancelling", inputs: [{ name: "id", type: "uint256" }] },
  {
    type: "error",
    name: "NotEnoughGas",
    inputs: [
      { name: "needed", type: "uint256" },
      { name: "left", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "NotFree",
    inputs: [
      { name: "id", type: "uint256" },
      { name: "freeAt", type: "uint256" },
    ],
  },
  { type: "error", name: "NotGuardian", inputs: [{ name: "caller", type: "address" }] },
  {
    type: "error",
    name: "NotOpenable",
    inputs: [
      { name: "made", type: "uint256" },
      { name: "until", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "NotOpened",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "outputRoot", type: "bytes32" },
    ],
  },
  { type: "error", name: "NotOwn", inputs: [{ name: "consumer", type: "address" }] },
  { type: "error", name: "NotRequested", inputs: [{ name: "context", type: "bytes32" }] },
  { type: "error", name: "NotRequester", inputs: [{ name: "caller", type: "address" }] },
  { type: "error", name: "NotSettled", inputs: [{ name: "context", type: "bytes32" }] },
  {
    type: "error",
    name: "NotTheResult",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "outputRoot", type: "bytes32" },
    ],
  },
  { type: "error", name: "NothingToCollect", inputs: [{ name: "account", type: "address" }] },
  {
    type: "error",
    name: "TooLittlePaid",
    inputs: [
      { name: "needed", type: "uint256" },
      { name: "sent", type: "uint256" },
    ],
  },
  { type: "error", name: "TooOld", inputs: [{ name: "made", type: "uint256" }] },
  {
    type: "error",
    name: "TooSoon",
    inputs: [
      { name: "context", type: "bytes32" },
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
    type: "error",
    name: "WrongDeposit",
    inputs: [
      { name: "expected", type: "uint256" },
      { name: "sent", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "AskedAgain",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "context", type: "bytes32", indexed: true },
      { name: "epoch", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Cancelled",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "id", type: "uint256", indexed: true },
    ],
  },
  {
    type: "event",
    name: "Cancelling",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "id", type: "uint256", indexed: true },
      { name: "effectiveAt", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Collected",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "account", type: "address", indexed: true },
      { name: "amount", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Committed",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "commitment", type: "bytes32", indexed: true },
      { name: "place", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Delivered",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "id", type: "uint256", indexed: true },
      { name: "paid", type: "address" },
      { name: "deliverer", type: "address" },
      { name: "output", type: "bytes" },
      { name: "callbackSucceeded", type: "bool" },
    ],
  },
  {
    type: "event",
    name: "Frozen",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "context", type: "bytes32", indexed: true },
      { name: "number", type: "uint256" },
      { name: "outputRoot", type: "bytes32" },
    ],
  },
  {
    type: "event",
    name: "Opened",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "context", type: "bytes32", indexed: true },
      { name: "provider", type: "address", indexed: true },
      { name: "order", type: "uint256" },
      { name: "number", type: "uint256" },
      { name: "outputRoot", type: "bytes32" },
      { name: "output", type: "bytes" },
    ],
  },
  {
    type: "event",
    name: "ProposedAgain",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "context", type: "bytes32", indexed: true },
      { name: "number", type: "uint256" },
      { name: "outputRoot", type: "bytes32" },
    ],
  },
  {
    type: "event",
    name: "Requested",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "context", type: "bytes32", indexed: true },
      { name: "place", type: "uint256" },
      {
        name: "request",
        type: "tuple",
        components: [
          { name: "id", type: "uint256" },
          { name: "requester", type: "address" },
          {
            name: "inference",
            type: "tuple",
            components: [
              { name: "modelId", type: "bytes32" },
              { name: "inputRoot", type: "bytes32" },
            ],
          },
          { name: "made", type: "uint256" },
          {
            name: "terms",
            type: "tuple",
            components: [
              { name: "consumer", type: "address" },
              { name: "callbackGas", type: "uint256" },
              { name: "fee", type: "uint256" },
              { name: "deliveryFee", type: "uint256" },
            ],
          },
        ],
      },
      { name: "input", type: "bytes" },
    ],
  },
  {
    type: "event",
    name: "Settled",
    inputs: [
      { name: "sequence", type: "uint256" },
      { name: "context", type: "bytes32", indexed: true },
      { name: "number", type: "uint256" },
      { name: "outputRoot", type: "bytes32" },
      { name: "readyAt", type: "uint256" },
    ],
  },
  {
    type: "function",
    name: "answerOf",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "outputRoot", type: "bytes32" },
    ],
    outputs: [
      {
        name: "",
        type: "tuple",
        components: [
          { name: "provider", type: "address" },
          { name: "order", type: "uint40" },
          { name: "game", type: "uint40" },
          { name: "gameEpoch", type: "uint8" },
          { name: "resultEpoch", type: "uint8" },
        ],
      },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "askAgain",
    inputs: [{ name: "context", type: "bytes32" }],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "cancel",
    inputs: [
      { name: "place", type: "uint256" },
      {
        name: "asked",
        type: "tuple",
        components: [
          { name: "id", type: "uint256" },
          { name: "requester", type: "address" },
          {
            name: "inference",
            type: "tuple",
            components: [
              { name: "modelId", type: "bytes32" },
              { name: "inputRoot", type: "bytes32" },
            ],
          },
          { name: "made", type: "uint256" },
          {
            name: "terms",
            type: "tuple",
            components: [
              { name: "consumer", type: "address" },
              { name: "callbackGas", type: "uint256" },
              { name: "fee", type: "uint256" },
              { name: "deliveryFee", type: "uint256" },
            ],
          },
        ],
      },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  { type: "function", name: "collect", inputs: [], outputs: [], stateMutability: "nonpayable" },
  {
    type: "function",
    name: "commit",
    inputs: [
      { name: "commitment", type: "bytes32" },
      { name: "hint", type: "uint256" },
    ],
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "creditOf",
    inputs: [{ name: "account", type: "address" }],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "deliver",
    inputs: [
      { name: "place", type: "uint256" },
      {
        name: "asked",
        type: "tuple",
        components: [
          { name: "id", type: "uint256" },
          { name: "requester", type: "address" },
          {
            name: "inference",
            type: "tuple",
            components: [
              { name: "modelId", type: "bytes32" },
              { name: "inputRoot", type: "bytes32" },
            ],
          },
          { name: "made", type: "uint256" },
          {
            name: "terms",
            type: "tuple",
            components: [
              { name: "consumer", type: "address" },
              { name: "callbackGas", type: "uint256" },
              { name: "fee", type: "uint256" },
              { name: "deliveryFee", type: "uint256" },
            ],
          },
        ],
      },
      { name: "output", type: "bytes" },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  { type: "function", name: "game", inputs: [], outputs: [{ name: "", type: "address" }], stateMutability: "view" },
  { type: "function", name: "guardian", inputs: [], outputs: [{ name: "", type: "address" }], stateMutability: "view" },
  {
    type: "function",
    name: "isFinal",
    inputs: [
      { name: "context", type: "bytes32" },
      { name: "outputRoot", type: "bytes32" },
    ],
    outputs: [{ name: "", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "open",
    inputs: [
      {
        name: "commitment",
        type: "tuple",
        components: [
          { name: "place", type: "uint256" },
          { name: "order", type: "uint256" },
          { name: "salt", type: "bytes32" },
        ],
      },
      {
        name: "inference",
        type: "tuple",
        components: [
          { name: "modelId", type: "bytes32" },
          { name: "inputRoot", type: "bytes32" },
        ],
      },
      { name: "output", type: "bytes" },
      { name: "hint", type: "uint256" },
    ],
    outputs: [{ name: "number", type: "uint256" }],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "parameters",
    inputs: [],
    outputs: [
      {
        name: "",
        type: "tuple",
        components: [
          { name: "guardian", type: "address" },
          { name: "deliveryDelay", type: "uint256" },
          { name: "reveal", type: "uint256" },
          { name: "deposit", type: "uint256" },
          { name: "speed", type: "uint256" },
          { name: "minPrice", type: "uint256" },
          { name: "scale", type: "uint256" },
        ],
      },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "priceOf",
    inputs: [{ name: "modelId", type: "bytes32" }],
    outputs: [{ name: "price", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "proposeAgain",
    inputs: [
      {
        name: "inference",
        type: "tuple",
        components: [
          { name: "modelId", type: "bytes32" },
          { name: "inputRoot", type: "bytes32" },
        ],
      },
      { name: "outputRoot", type: "bytes32" },
      { name: "hint", type: "uint256" },
    ],
    outputs: [{ name: "number", type: "uint256" }],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "questionOf",
    inputs: [{ name: "context", type: "bytes32" }],
    outputs: [
      {
        name: "",
        type: "tuple",
        components: [
          { name: "epoch", type: "uint8" },
          { name: "askedAt", type: "uint40" },
          { name: "frozenAt", type: "uint40" },
          { name: "readyAt", type: "uint40" },
          { name: "lastGame", type: "uint40" },
        ],
      },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "reclaim",
    inputs: [
      { name: "place", type: "uint256" },
      {
        name: "asked",
        type: "tuple",
        components: [
          { name: "id", type: "uint256" },
          { name: "requester", type: "address" },
          {
            name: "inference",
            type: "tuple",
            components: [
              { name: "modelId", type: "bytes32" },
              { name: "inputRoot", type: "bytes32" },
            ],
          },
          { name: "made", type: "uint256" },
          {
            name: "terms",
            type: "tuple",
            components: [
              { name: "consumer", type: "address" },
              { name: "callbackGas", type: "uint256" },
              { name: "fee", type: "uint256" },
              { name: "deliveryFee", type: "uint256" },
            ],
          },
        ],
      },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "request",
    inputs: [
      { name: "modelId", type: "bytes32" },
      { name: "input", type: "bytes" },
      {
        name: "terms",
        type: "tuple",
        components: [
          { name: "consumer", type: "address" },
          { name: "callbackGas", type: "uint256" },
          { name: "fee", type: "uint256" },
          { name: "deliveryFee", type: "uint256" },
        ],
      },
      { name: "hint", type: "uint256" },
    ],
    outputs: [{ name: "id", type: "uint256" }],
    stateMutability: "payable",
  },
  { type: "function", name: "sequence", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
  {
    type: "function",
    name: "settle",
    inputs: [
      {
        name: "proposal",
        type: "tuple",
        components: [
          { name: "head", type: "uint256" },
          { name: "proposer", type: "uint256" },
          { name: "machine", type: "uint256" },
          { name: "context", type: "bytes32" },
          { name: "start", type: "bytes32" },
          { name: "output", type: "bytes32" },
        ],
      },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  { type: "error", name: "AddressEmptyCode", inputs: [{ name: "target", type: "address" }] },
  { type: "error", name: "FailedCall", inputs: [] },
  {
    type: "error",
    name: "InsufficientBalance",
    inputs: [
      { name: "balance", type: "uint256" },
      { name: "needed", type: "uint256" },
    ],
  },
  { type: "error", name: "NotAppointer", inputs: [{ name: "caller", type: "address" }] },
  { type: "error", name: "NotHolder", inputs: [{ name: "caller", type: "address" }] },
] as const;

/** What the errors mean, by their names. */
export const inferenceOracleErrors = {
  AddressEmptyCode: "There's no code at `target` (it is not a contract).",
  AlreadyCancelling: "The request is cancelled already; the cancellation takes effect at `effectiveAt`.",
  AlreadySettled: "The question has this result already.",
  AskedTooOften: "The guardian has asked this question `limit` times.",
  BadParameters: "A parameter is out of range: `reason` says which, and its range.",
  CallbackGasTooHigh: "The callback may ask for at most `limit` gas, so that a delivery fits one transaction.",
  FailedCall: "A call to an address target failed. The target may have reverted.",
  FeeTooHigh: "The fee may be at most `limit`, the deposit of a commitment.",
  HasResult: "The question has a result: the request is delivered, not cancelled.",
  InsufficientBalance: "The ETH balance of the account is not enough to perform the operation.",
  IsFinal: "The question's result is final since `readyAt`.",
  IsFrozen: "Two results about the question contradict each other, since `since`: the guardian must ask again.",
  NoGameNeeded:
    "The question needs no game about this output now: it is final, frozen, asked again in this second, settled with it, or such a game is open.",
  NoSuchRecord: "No live record at `place` has this hash.",
  NotAppointer: "Only the appointer may call this.",
  NotCancelling: "The request is not cancelled: call `cancel` first.",
  NotEnoughGas: "The transaction must leave `needed` gas for the callback.",
  NotFree: "Before `freeAt` an answer can still come.",
  NotGuardian: "Only the guardian may call this.",
  NotHolder: "Only the holder may call this.",
  NotOpenable: "The commitment was made at `made`: it is opened in a later block, and not later than `until`.",
  NotOpened: "Nobody has opened a commitment to this output.",
  NotOwn: "The game is another consumer's, not this contract's.",
  NotRequested: "Nobody has requested this.",
  NotRequester: "Only the requester may cancel a request, and reclaim its fees.",
  NotSettled: "The question has no result yet.",
  NotTheResult: "These bytes are not the question's result.",
  NothingToCollect: "The account has nothing to collect.",
  TooLittlePaid: "The fees and the price of the model's steps are `needed` wei.",
  TooOld: "The game was made too long ago, or before the guardian asked again: its result does not count.",
  TooSoon: "The result is final, and can be delivered, from `readyAt` on.",
  TransferFailed: "The account did not accept the payment.",
  WrongDeposit: "A commitment takes exactly `expected` wei.",
} as const;
