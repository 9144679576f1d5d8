// Generated from contracts/game/DisputeGame.sol by npm run generate: change the contract, not this file.

export const disputeGameAbi = [
  {
    type: "constructor",
    inputs: [
      {
        name: "p",
        type: "tuple",
        components: [
          { name: "maxClock", type: "uint256" },
          { name: "extension", type: "uint256" },
          { name: "longExtension", type: "uint256" },
          { name: "bond", type: "uint256" },
          { name: "prepayment", type: "uint256" },
          { name: "withdrawalDelay", type: "uint256" },
          { name: "guardian", type: "address" },
        ],
      },
    ],
    stateMutability: "nonpayable",
  },
  { type: "error", name: "AlreadyRefuted", inputs: [{ name: "segment", type: "uint256" }] },
  { type: "error", name: "BadLevel", inputs: [{ name: "level", type: "uint256" }] },
  { type: "error", name: "BadParameters", inputs: [{ name: "reason", type: "string" }] },
  { type: "error", name: "BadProposer", inputs: [] },
  { type: "error", name: "FailedCall", inputs: [] },
  {
    type: "error",
    name: "InsufficientBalance",
    inputs: [
      { name: "balance", type: "uint256" },
      { name: "needed", type: "uint256" },
    ],
  },
  { type: "error", name: "IsRefutation", inputs: [] },
  {
    type: "error",
    name: "Locked",
    inputs: [
      { name: "account", type: "address" },
      { name: "payableAt", type: "uint256" },
    ],
  },
  {
    type: "error",
    name: "MustBeFree",
    inputs: [
      { name: "account", type: "address" },
      { name: "until", type: "uint256" },
    ],
  },
  { type: "error", name: "NoSuchClaim", inputs: [{ name: "place", type: "uint256" }] },
  { type: "error", name: "NoSuchGame", inputs: [{ name: "number", type: "uint256" }] },
  {
    type: "error",
    name: "NotAuthorised",
    inputs: [
      { name: "proposer", type: "address" },
      { name: "consumer", type: "address" },
    ],
  },
  { type: "error", name: "NotDivisible", inputs: [] },
  {
    type: "error",
    name: "NotEnoughCredit",
    inputs: [
      { name: "account", type: "address" },
      { name: "missing", type: "uint256" },
      { name: "available", type: "uint256" },
    ],
  },
  { type: "error", name: "NotGuardian", inputs: [{ name: "caller", type: "address" }] },
  {
    type: "error",
    name: "NotInDissection",
    inputs: [
      { name: "root", type: "bytes32" },
      { name: "segment", type: "uint256" },
      { name: "from", type: "bytes32" },
      { name: "to", type: "bytes32" },
    ],
  },
  { type: "error", name: "NotOneStep", inputs: [{ name: "level", type: "uint256" }] },
  { type: "error", name: "NothingToBind", inputs: [{ name: "number", type: "uint256" }] },
  { type: "error", name: "NothingToUnlock", inputs: [{ name: "account", type: "address" }] },
  { type: "error", name: "NothingToWithdraw", inputs: [{ name: "account", type: "address" }] },
  {
    type: "error",
    name: "OnHold",
    inputs: [
      { name: "account", type: "address" },
      { name: "until", type: "uint256" },
    ],
  },
  { type: "error", name: "ParentsMissing", inputs: [{ name: "count", type: "uint256" }] },
  { type: "error", name: "SameEnd", inputs: [{ name: "end", type: "bytes32" }] },
  { type: "error", name: "SameOutput", inputs: [{ name: "output", type: "bytes32" }] },
  {
    type: "error",
    name: "StepIsRight",
    inputs: [
      { name: "pre", type: "bytes32" },
      { name: "post", type: "bytes32" },
    ],
  },
  { type: "error", name: "TooEarly", inputs: [{ name: "deadline", type: "uint256" }] },
  { type: "error", name: "TooLate", inputs: [{ name: "deadline", type: "uint256" }] },
  { type: "error", name: "TooManyClaims", inputs: [] },
  {
    type: "error",
    name: "TooMuchPaid",
    inputs: [
      { name: "expected", type: "uint256" },
      { name: "sent", type: "uint256" },
    ],
  },
  { type: "error", name: "VerdictMissing", inputs: [{ name: "number", type: "uint256" }] },
  {
    type: "error",
    name: "WrongClaim",
    inputs: [
      { name: "expected", type: "uint256" },
      { name: "given", type: "uint256" },
    ],
  },
  { type: "error", name: "WrongWinner", inputs: [] },
  {
    type: "event",
    name: "Authorised",
    inputs: [
      { name: "proposer", type: "address", indexed: true },
      { name: "consumer", type: "address", indexed: true },
      { name: "isAuthorised", type: "bool" },
    ],
  },
  {
    type: "event",
    name: "Claimed",
    inputs: [
      { name: "number", type: "uint256", indexed: true },
      { name: "terms", type: "uint256" },
      { name: "origin", type: "uint256" },
      { name: "end", type: "bytes32" },
      { name: "middles", type: "bytes32[15]" },
    ],
  },
  {
    type: "event",
    name: "Concluded",
    inputs: [
      { name: "number", type: "uint256", indexed: true },
      { name: "status", type: "uint8" },
      { name: "output", type: "bytes32" },
      { name: "claims", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Credited",
    inputs: [
      { name: "account", type: "address", indexed: true },
      { name: "amount", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Held",
    inputs: [
      { name: "account", type: "address", indexed: true },
      { name: "amount", type: "uint256" },
      { name: "until", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "PartSettled",
    inputs: [
      { name: "number", type: "uint256", indexed: true },
      { name: "left", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Proposed",
    inputs: [
      { name: "consumer", type: "address", indexed: true },
      { name: "proposer", type: "address", indexed: true },
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
  },
  {
    type: "event",
    name: "Refuted",
    inputs: [
      { name: "number", type: "uint256", indexed: true },
      { name: "terms", type: "uint256" },
      { name: "origin", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Staked",
    inputs: [
      { name: "account", type: "address", indexed: true },
      { name: "amount", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "Unlocked",
    inputs: [
      { name: "account", type: "address", indexed: true },
      { name: "amount", type: "uint256" },
      { name: "payableAt", type: "uint256" },
    ],
  },
  {
    type: "event",
    name: "WholeRange",
    inputs: [
      { name: "number", type: "uint256", indexed: true },
      { name: "context", type: "bytes32" },
      { name: "start", type: "bytes32" },
      { name: "halted", type: "bytes32" },
    ],
  },
  {
    type: "event",
    name: "Withdrawn",
    inputs: [
      { name: "account", type: "address", indexed: true },
      { name: "amount", type: "uint256" },
    ],
  },
  {
    type: "function",
    name: "accountOf",
    inputs: [{ name: "owner", type: "address" }],
    outputs: [
      { name: "credit", type: "uint256" },
      { name: "waiting", type: "uint256" },
      { name: "payableAt", type: "uint256" },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "authorise",
    inputs: [
      { name: "consumer", type: "address" },
      { name: "authorised", type: "bool" },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "claimAt",
    inputs: [{ name: "place", type: "uint256" }],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "counter",
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
      { name: "output", type: "bytes32" },
      { name: "middles", type: "bytes32[15]" },
    ],
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "counterPrice",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "delegate",
    inputs: [
      {
        name: "parent",
        type: "tuple",
        components: [
          { name: "terms", type: "uint256" },
          { name: "origin", type: "uint256" },
          { name: "commitment", type: "bytes32" },
        ],
      },
      {
        name: "opening",
        type: "tuple",
        components: [
          { name: "from", type: "bytes32" },
          { name: "to", type: "bytes32" },
          { name: "proof", type: "bytes32[4]" },
        ],
      },
      { name: "witness", type: "bytes" },
      { name: "output", type: "bytes32" },
      { name: "middles", type: "bytes32[15]" },
    ],
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "delegateWhole",
    inputs: [
      {
        name: "parent",
        type: "tuple",
        components: [
          { name: "terms", type: "uint256" },
          { name: "origin", type: "uint256" },
          { name: "commitment", type: "bytes32" },
        ],
      },
      { name: "parentOutput", type: "bytes32" },
      {
        name: "opening",
        type: "tuple",
        components: [
          { name: "from", type: "bytes32" },
          { name: "to", type: "bytes32" },
          { name: "proof", type: "bytes32[4]" },
        ],
      },
      { name: "witness", type: "bytes" },
      { name: "output", type: "bytes32" },
      { name: "middles", type: "bytes32[15]" },
    ],
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "ended",
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
    outputs: [
      { name: "status", type: "uint8" },
      { name: "concludedAt", type: "uint256" },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "gameAt",
    inputs: [{ name: "region", type: "uint256" }],
    outputs: [
      { name: "generation", type: "uint256" },
      { name: "status", type: "uint8" },
      { name: "claims", type: "uint256" },
      { name: "time", type: "uint256" },
      { name: "id", type: "bytes32" },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "hold",
    inputs: [{ name: "owner", type: "address" }],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "holdOf",
    inputs: [{ name: "owner", type: "address" }],
    outputs: [
      { name: "amount", type: "uint256" },
      { name: "until", type: "uint256" },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "isAuthorised",
    inputs: [
      { name: "proposer", type: "address" },
      { name: "consumer", type: "address" },
    ],
    outputs: [{ name: "", type: "bool" }],
    stateMutability: "view",
  },
  { type: "function", name: "longest", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" },
  {
    type: "function",
    name: "move",
    inputs: [
      {
        name: "parent",
        type: "tuple",
        components: [
          { name: "terms", type: "uint256" },
          { name: "origin", type: "uint256" },
          { name: "commitment", type: "bytes32" },
        ],
      },
      {
        name: "opening",
        type: "tuple",
        components: [
          { name: "from", type: "bytes32" },
          { name: "to", type: "bytes32" },
          { name: "proof", type: "bytes32[4]" },
        ],
      },
      { name: "end", type: "bytes32" },
      { name: "middles", type: "bytes32[15]" },
    ],
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "movePrice",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "moveWhole",
    inputs: [
      {
        name: "parent",
        type: "tuple",
        components: [
          { name: "terms", type: "uint256" },
          { name: "origin", type: "uint256" },
          { name: "commitment", type: "bytes32" },
        ],
      },
      { name: "parentOutput", type: "bytes32" },
      {
        name: "opening",
        type: "tuple",
        components: [
          { name: "from", type: "bytes32" },
          { name: "to", type: "bytes32" },
          { name: "proof", type: "bytes32[4]" },
        ],
      },
      { name: "end", type: "bytes32" },
      { name: "middles", type: "bytes32[15]" },
    ],
    outputs: [],
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
          { name: "maxClock", type: "uint256" },
          { name: "extension", type: "uint256" },
          { name: "longExtension", type: "uint256" },
          { name: "bond", type: "uint256" },
          { name: "prepayment", type: "uint256" },
          { name: "withdrawalDelay", type: "uint256" },
          { name: "guardian", type: "address" },
        ],
      },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "proposalPrice",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    name: "propose",
    inputs: [
      { name: "where", type: "uint256" },
      { name: "proposer", type: "address" },
      { name: "context", type: "bytes32" },
      { name: "start", type: "bytes32" },
      { name: "output", type: "bytes32" },
    ],
    outputs: [{ name: "number", type: "uint256" }],
    stateMutability: "payable",
  },
  {
    type: "function",
    name: "refute",
    inputs: [
      {
        name: "claim",
        type: "tuple",
        components: [
          { name: "terms", type: "uint256" },
          { name: "origin", type: "uint256" },
          { name: "commitment", type: "bytes32" },
        ],
      },
      {
        name: "opening",
        type: "tuple",
        components: [
          { name: "from", type: "bytes32" },
          { name: "to", type: "bytes32" },
          { name: "proof", type: "bytes32[4]" },
        ],
      },
      { name: "witness", type: "bytes" },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "refuteWhole",
    inputs: [
      {
        name: "claim",
        type: "tuple",
        components: [
          { name: "terms", type: "uint256" },
          { name: "origin", type: "uint256" },
          { name: "commitment", type: "bytes32" },
        ],
      },
      { name: "claimOutput", type: "bytes32" },
      {
        name: "opening",
        type: "tuple",
        components: [
          { name: "from", type: "bytes32" },
          { name: "to", type: "bytes32" },
          { name: "proof", type: "bytes32[4]" },
        ],
      },
      { name: "witness", type: "bytes" },
    ],
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "retention",
    inputs: [],
    outputs: [{ name: "", type: "uint256" }],
    stateMutability: "view",
  },
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
      {
        name: "claims",
        type: "tuple[]",
        components: [
          { name: "terms", type: "uint256" },
          { name: "origin", type: "uint256" },
          { name: "commitment", type: "bytes32" },
        ],
      },
      { name: "winnerRoot", type: "bytes32" },
      { name: "winnerOutput", type: "bytes32" },
    ],
    outputs: [
      { name: "status", type: "uint8" },
      { name: "output", type: "bytes32" },
    ],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "settlePart",
    inputs: [
      {
        name: "part",
        type: "tuple",
        components: [
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
          { name: "verdict", type: "uint256" },
          { name: "winner", type: "bytes32" },
          {
            name: "claims",
            type: "tuple[]",
            components: [
              { name: "terms", type: "uint256" },
              { name: "origin", type: "uint256" },
              { name: "commitment", type: "bytes32" },
            ],
          },
          { name: "verdicts", type: "uint256[]" },
          {
            name: "parents",
            type: "tuple[]",
            components: [
              { name: "terms", type: "uint256" },
              { name: "origin", type: "uint256" },
              { name: "commitment", type: "bytes32" },
            ],
          },
          { name: "winnerRoot", type: "bytes32" },
          { name: "winnerOutput", type: "bytes32" },
        ],
      },
    ],
    outputs: [{ name: "left", type: "uint256" }],
    stateMutability: "nonpayable",
  },
  { type: "function", name: "unlock", inputs: [], outputs: [], stateMutability: "nonpayable" },
  { type: "function", name: "withdraw", inputs: [], outputs: [], stateMutability: "nonpayable" },
] as const;

/** What the errors mean, by their names. */
export const disputeGameErrors = {
  AlreadyRefuted: "The claim was refuted at this segment or at a lower one.",
  BadLevel: "The level must be between 1 and 15.",
  BadParameters: "A parameter of the game is out of range: `reason` says which, and its range.",
  BadProposer: "The proposer must not be the zero address: its bond would be lost.",
  FailedCall: "A call to an address target failed. The target may have reverted.",
  InsufficientBalance: "The ETH balance of the account is not enough to perform the operation.",
  IsRefutation: "A refutation cannot be answered: the contract has executed the step.",
  Locked: "The unlocked money can be withdrawn from `payableAt` on.",
  MustBeFree: "The account was held, or all were: it must be left free until then.",
  NoSuchClaim: "The slot at this place does not hold this claim of an open game.",
  NoSuchGame: "No game has this proposal, or the game is over, or settled in part.",
  NotAuthorised: "The proposer has not authorised this consumer to stake its credit.",
  NotDivisible: "A segment of a level-1 claim is one step: refute it or delegate it, rather than move.",
  NotEnoughCredit: "`missing` wei were not sent, and the account has only `available` of its own credit to stake.",
  NotGuardian: "Only the guardian may call this.",
  NotInDissection: "The claim does not commit to these two states as the ends of this segment.",
  NotOneStep: "Only a level-1 claim has segments of one step: move, rather than refute or delegate.",
  NothingToBind:
    "This part found nothing against this claim, or has it among its claims: it does not belong into `parents`.",
  NothingToUnlock: "The account has no credit to unlock.",
  NothingToWithdraw: "The account has nothing unlocked to withdraw.",
  OnHold: "The guardian holds the account's withdrawals, or all, until then.",
  ParentsMissing: "This part found something against so many claims of later parts that `parents` lacks.",
  SameEnd: "A move must claim another end of the segment than the claim that it answers.",
  SameOutput: "A counter must state another output than the proposal.",
  StepIsRight: "The step from `pre` leads to `post`, as the claim says: it cannot be refuted.",
  TooEarly: "A claim of the game can still be answered until `deadline`.",
  TooLate: "The time to answer the claim ended at `deadline`.",
  TooManyClaims: "A game has at most 2^24 - 1 claims and refutations.",
  TooMuchPaid: "The call takes at most `expected` wei: the bond and the prepayment.",
  VerdictMissing: "An earlier part found something against this claim: its verdict comes next in `verdicts`.",
  WrongClaim: "A settlement takes the claims one after the other, the latest first: `expected` comes next.",
  WrongWinner: "The counter that takes the proposal's place does not commit to this root and this output.",
} as const;
