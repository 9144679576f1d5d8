import { type ContractMutant, without } from "../mutant.ts";

export const clocks: ContractMutant[] = [
  {
    rule: "there is always time to answer",
    mutations: [{ file: "Moves.sol", from: "terms.isLong() ? LONG_EXTENSION : EXTENSION", to: "0" }],
    noticed: "every move at the last second",
  },
  {
    rule: "steps take longer to answer",
    mutations: [without("ClaimRecord.sol", "terms.level() == 1 || ")],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "delegated claims take longer to answer",
    mutations: [
      {
        file: "ClaimRecord.sol",
        from: "terms.level() == 1 || Terms.unwrap(terms) & (DELEGATED << 224) != 0",
        to: "terms.level() == 1",
      },
    ],
    noticed: "a false delegation against a slow honest party, which has used all of its time",
  },
  {
    rule: "a claim inherits its grandparent's clock",
    mutations: [
      { file: "Moves.sol", from: "afterWaiting(answered.origin.parentClock(), waited", to: "afterWaiting(0, waited" },
    ],
    noticed: "every move at the last second",
  },
  {
    rule: "waiting is charged to the side that waits",
    mutations: [
      {
        file: "Moves.sol",
        from: "afterWaiting(answered.origin.parentClock(), waited",
        to: "afterWaiting(answered.terms.clock(), waited",
      },
    ],
    noticed: "a quick honest party and a slow liar: whoever waits pays with its own clock",
  },
  {
    rule: "a claim keeps the clock of its parent",
    mutations: [{ file: "Moves.sol", from: "parentClock: answered.terms.clock()", to: "parentClock: 0" }],
    noticed: "a quick honest party and a slow liar: whoever waits pays with its own clock",
  },
  {
    rule: "the clock stops at MAX",
    mutations: [{ file: "Clock.sol", from: "return used < max ? used : max;", to: "return used;" }],
    noticed: "every move at the last second",
  },
  {
    rule: "claims are answered before their deadline",
    mutations: [
      without(
        "Moves.sol",
        "    uint256 deadline = _deadline(terms, origin);\n    if (block.timestamp >= deadline) revert TooLate(deadline);\n",
      ),
    ],
    noticed: "late moves: against true claims, when their time is over",
  },
  {
    rule: "proposals are countered before their deadline",
    mutations: [
      without(
        "Moves.sol",
        "    uint256 deadline = head.made() + MAX_CLOCK;\n    if (block.timestamp >= deadline) revert TooLate(deadline);\n",
      ),
    ],
    noticed: "late counters: against a true proposal, when its time is over",
  },
  {
    rule: "a game is due when the last of its claims is",
    mutations: [
      { file: "GameSlot.sol", from: "deadline > slot.time() ? deadline - slot.time() : 0;", to: "0 * deadline;" },
    ],
    noticed: "hasty settlement: whenever a claim is made, and when its own time is over",
  },
  {
    rule: "a game is settled when it is due",
    mutations: [{ file: "Settlement.sol", from: "_openGame(p);\n    _checkDue(game);", to: "_openGame(p);" }],
    noticed: "hasty settlement: whenever a claim is made, and when its own time is over",
  },
  {
    rule: "a part of a game is settled when the game is due",
    mutations: [
      { file: "Settlement.sol", from: "_gameInParts(part, p);\n    _checkDue(game);", to: "_gameInParts(part, p);" },
    ],
    noticed: "hasty settlement: whenever a claim is made, and when its own time is over",
  },
];
