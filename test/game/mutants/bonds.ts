import { type ContractMutant, without } from "../mutant.ts";

const PRICES = "every move takes its bond, to the wei";
const LEAVES = "money leaves after the delay, unless the guardian holds it";
const STAKED = "what is staked cannot be withdrawn as well";

export const bonds: ContractMutant[] = [
  {
    rule: "a proposal takes its bond",
    mutations: [without("Moves.sol", "    _takeFromProposer(proposalPrice(), proposer);\n")],
    noticed: PRICES,
  },
  {
    rule: "a counter takes its bond",
    mutations: [without("Moves.sol", "    _takeFromCaller(counterPrice());\n")],
    noticed: PRICES,
  },
  {
    rule: "a move takes its bond",
    mutations: [
      {
        file: "Moves.sol",
        from: "    _takeFromCaller(movePrice());\n    uint256 level",
        to: "    uint256 level",
      },
    ],
    noticed: PRICES,
  },
  {
    rule: "a delegation takes its bond",
    mutations: [
      {
        file: "Moves.sol",
        from: "    _takeFromCaller(movePrice());\n    _checkStep",
        to: "    _checkStep",
      },
    ],
    noticed: PRICES,
  },
  {
    rule: "more than the price is refused",
    mutations: [
      {
        file: "Bonds.sol",
        from: "if (msg.value > price) revert TooMuchPaid(price, msg.value);\n    return price - msg.value;",
        to: "return msg.value > price ? 0 : price - msg.value;",
      },
    ],
    noticed: PRICES,
  },
  {
    rule: "what is missing must be there as credit",
    mutations: [
      {
        file: "Bonds.sol",
        from: "if (amount > available) revert NotEnoughCredit(owner, amount, available);",
        to: "if (amount > available) return;",
      },
    ],
    noticed: PRICES,
  },
  {
    rule: "a consumer stakes the credit of those alone who have authorised it",
    mutations: [
      without(
        "Bonds.sol",
        "    if (proposer != msg.sender && !isAuthorised[proposer][msg.sender]) revert NotAuthorised(proposer, msg.sender);\n",
      ),
    ],
    noticed: PRICES,
  },
  {
    rule: "what is staked does not wait any more",
    mutations: [
      {
        file: "Account.sol",
        from: "account.waiting() < left ? account.waiting() : left",
        to: "account.waiting()",
      },
    ],
    noticed: STAKED,
  },
  {
    rule: "what is staked leaves the credit",
    mutations: [
      {
        file: "Account.sol",
        from: "uint256 left = account.credit() - amount;",
        to: "uint256 left = account.credit() - 0 * amount;",
      },
    ],
    noticed: STAKED,
  },
  {
    rule: "money waits before it leaves",
    mutations: [
      without(
        "Bonds.sol",
        "    if (block.timestamp < account.payableAt()) revert Locked(msg.sender, account.payableAt());\n",
      ),
    ],
    noticed: LEAVES,
  },
  {
    rule: "the guardian can hold money back",
    mutations: [without("Bonds.sol", "    if (block.timestamp < heldUntil) revert OnHold(msg.sender, heldUntil);\n")],
    noticed: LEAVES,
  },
  {
    rule: "what is held cannot be staked",
    mutations: [
      {
        file: "Bonds.sol",
        from: "return block.timestamp < account.heldUntil() ? _heldCredit[owner] : 0;",
        to: "return block.timestamp < account.heldUntil() ? 0 * _heldCredit[owner] : 0;",
      },
    ],
    noticed: LEAVES,
  },
  {
    rule: "after a hold comes a time without",
    mutations: [without("Bonds.sol", "    if (block.timestamp < free) revert MustBeFree(owner, free);\n")],
    noticed: LEAVES,
  },
  {
    rule: "only the guardian holds",
    mutations: [without("Bonds.sol", "    if (msg.sender != GUARDIAN) revert NotGuardian(msg.sender);\n")],
    noticed: LEAVES,
  },
];
