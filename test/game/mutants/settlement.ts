import { type ContractMutant, without } from "../mutant.ts";

const WHOLE = "a game is settled with every claim, the latest first, and once";
const PARTS = "a part cannot change what the parts before it found, nor forget what it finds";

export const settlement: ContractMutant[] = [
  {
    rule: "claims are settled one after the other, the latest first",
    mutations: [
      without(
        "Settlement.sol",
        "      if (origin.number() != number || number == 0) revert WrongClaim(number, origin.number());\n",
      ),
    ],
    noticed: WHOLE,
  },
  {
    rule: "every claim is settled",
    mutations: [without("Settlement.sol", "    if (walk.next != 0) revert WrongClaim(walk.next, 0);\n")],
    noticed: WHOLE,
  },
  {
    rule: "a claim is settled as its slot has it",
    mutations: [without("Settlement.sol", "    if (slot.unmarked() != expected) revert NoSuchClaim(claim.place());\n")],
    noticed: WHOLE,
  },
  {
    rule: "a game is settled once",
    mutations: [
      {
        file: "Places.sol",
        from: "if (!game.isOpen() || region.id != idOf(proposal))",
        to: "if (region.id != idOf(proposal))",
      },
    ],
    noticed: "a game that stands is settled once, and takes no counter then",
  },
  {
    rule: "the result is the output of the counter that is paid",
    mutations: [
      without(
        "Settlement.sol",
        "      if (bindOutput(winnerRoot, winnerOutput) != walk.winner) revert WrongWinner();\n",
      ),
    ],
    noticed: WHOLE,
  },
  {
    rule: "a claim that stands brings down what it answers",
    mutations: [{ file: "Settlement.sol", from: "if (!verdict.isBefore(best)) return;", to: "return;" }],
    noticed: "a false counter to a true proposal",
  },
  {
    rule: "the lowest segment is paid, not the first to come",
    mutations: [{ file: "Verdict.sol", from: "(segment << 184) | (number << 160)", to: "(number << 160)" }],
    noticed: "freeloader: answers above the first false hash, before the honest one",
  },
  {
    rule: "the lowest segment is paid, not the last to be settled",
    mutations: [{ file: "Verdict.sol", from: "Verdict.unwrap(a) < Verdict.unwrap(b)", to: "true" }],
    noticed: "freeloader: answers above the first false hash, before the honest one",
  },
  {
    rule: "the first among equals is paid",
    mutations: [{ file: "Verdict.sol", from: "(number << 160)", to: "((type(uint24).max - number) << 160)" }],
    noticed: "where nobody is honest, the first counter that stands is paid, and its output is the result",
  },
  {
    rule: "a third of a lost bond is burnt",
    mutations: [
      { file: "Settlement.sol", from: "owe(verdict.winner(), bond - bond / 3)", to: "owe(verdict.winner(), bond)" },
    ],
    noticed: "self-refutation: the liar executes its own false step",
  },
  {
    rule: "a third of a lost proposal's bond is burnt",
    mutations: [
      {
        file: "Settlement.sol",
        from: "owe(walk.verdict.winner(), bond - bond / 3)",
        to: "owe(walk.verdict.winner(), bond)",
      },
    ],
    noticed: "wrong end: a false proposal, abandoned",
  },
  {
    rule: "refutations bring no prepayment",
    mutations: [
      {
        file: "Settlement.sol",
        from: "owe(msg.sender, prepaid * PREPAYMENT)",
        to: "owe(msg.sender, claims.length * PREPAYMENT)",
      },
    ],
    noticed: "sixteen refutations of one's own claim, from the last segment to the first",
  },
  {
    rule: "no verdict is forgotten between parts",
    mutations: [without("Settlement.sol", "    if (walk.unbound != 0) revert ParentsMissing(walk.unbound);\n")],
    noticed: PARTS,
  },
  {
    rule: "a verdict is bound once",
    mutations: [
      without(
        "Settlement.sol",
        "      if (number >= walk.last || _verdictOn(walk.number, number).isNothing()) revert NothingToBind(number);\n",
      ),
    ],
    noticed: PARTS,
  },
  {
    rule: "a slot binds the verdict of the parts before",
    mutations: [{ file: "Verdict.sol", from: "bound := keccak256(0x00, 0x40)", to: "bound := hash" }],
    noticed: PARTS,
  },
  {
    rule: "a game in parts binds the verdict on its proposal",
    mutations: [
      { file: "Settlement.sol", from: "keccak256(abi.encode(id, verdict, winner))", to: "keccak256(abi.encode(id))" },
    ],
    noticed: PARTS,
  },
  {
    rule: "a verdict that is handed on counts as one that is found",
    mutations: [
      { file: "Settlement.sol", from: "if (found.isBefore(verdict)) verdict = found;", to: "verdict = found;" },
    ],
    noticed: "settlement one by one, of a game that many lie in",
  },
];
