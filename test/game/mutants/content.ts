import { type ContractMutant, without } from "../mutant.ts";

export const content: ContractMutant[] = [
  {
    rule: "a child's end differs from its parent's",
    mutations: [without("Moves.sol", "    if (end == opening.to) revert SameEnd(end);\n")],
    noticed: "repeated end: the parent's own end, against true claims",
  },
  {
    rule: "a counter's output differs from the proposal's",
    mutations: [without("Moves.sol", "    if (output == p.output) revert SameOutput(output);\n")],
    noticed: "repeated output: the proposal's own, against a true proposal",
  },
  {
    rule: "a delegation's step ends otherwise than the parent says",
    mutations: [
      {
        file: "Moves.sol",
        from: "resume(opening.from, witness, output);\n    if (post == opening.to)",
        to: "resume(opening.from, witness, output);\n    if (post == 0)",
      },
    ],
    noticed: "repeated end: the parent's own end, against true claims",
  },
  {
    rule: "only a wrong step is refuted",
    mutations: [
      {
        file: "Moves.sol",
        from: "step(opening.from, witness);\n    // INVARIANT: a claim falls only by a step that it states falsely.\n    if (post == opening.to)",
        to: "step(opening.from, witness);\n    if (post == 0)",
      },
    ],
    noticed: "right steps refuted: every step of a true claim",
  },
  {
    rule: "a child argues with hashes of its parent",
    mutations: [
      without(
        "Dissection.sol",
        "    if (node != expected) revert NotInDissection(expected, segment, opening.from, opening.to);\n",
      ),
    ],
    noticed: "made-up openings: hashes that the parent never asserted",
  },
  {
    rule: "middles are hashed",
    mutations: [without("Dissection.sol", "      calldatacopy(add(points, 0x20), middles, 0x1e0) // 15 words\n")],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "the contract builds the halted hash",
    mutations: [{ file: "Moves.sol", from: "run.machine.halted(run.context, output);", to: "output;" }],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
  {
    rule: "a level-1 segment is one step",
    mutations: [without("Moves.sol", "    if (level != 1) revert NotOneStep(level);\n")],
    noticed: "level decides between moves and steps",
  },
  {
    rule: "one step is not divided",
    mutations: [without("Moves.sol", "    if (level == 1) revert NotDivisible();\n")],
    noticed: "level decides between moves and steps",
  },
  {
    rule: "lower segments stay open after a refutation",
    mutations: [{ file: "Moves.sol", from: "mark != 0 && segment + 1 >= mark", to: "mark != 0" }],
    noticed: "self-refutation too high: to close the place of the honest one",
  },
  {
    rule: "a segment is refuted once, and those above it not any more",
    mutations: [without("Moves.sol", "    if (mark != 0 && segment + 1 >= mark) revert AlreadyRefuted(mark - 1);\n")],
    noticed: "sixteen refutations of one's own claim, from the last segment to the first",
  },
];
