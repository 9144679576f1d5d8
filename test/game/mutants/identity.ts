import type { Mutation } from "../compile.ts";
import { type ContractMutant, without } from "../mutant.ts";

/** The same content, in these fields, can be claimed once only. */
const onceBy = (fields: string): Mutation[] => [
  {
    file: "Moves.sol",
    from: "    Terms terms = newTerms(entry.segment, level, flags, entry.clock, machine);\n",
    to: `    bytes32 key = keccak256(abi.encode(entry.number, ${fields}));
    if (_claimed[key]) revert TooManyClaims();
    _claimed[key] = true;
    Terms terms = newTerms(entry.segment, level, flags, entry.clock, machine);
`,
  },
  {
    file: "Moves.sol",
    from: "  /// @dev INVARIANT: a number is given once in a game",
    to: "  mapping(bytes32 => bool) private _claimed;\n\n  /// @dev INVARIANT: a number is given once in a game",
  },
];

export const identity: ContractMutant[] = [
  {
    rule: "claims with the same end and another dissection are two",
    mutations: onceBy("entry.parent, entry.segment, end"),
    noticed: "poisoned twin: true end, false middle, before each honest move",
  },
  {
    rule: "delegations with the same output and another dissection are two",
    mutations: onceBy("entry.parent, entry.segment, end, flags == DELEGATED ? bytes32(0) : commitment"),
    noticed: "poisoned twin of a delegation",
  },
  {
    rule: "the same content at two segments is two claims",
    mutations: onceBy("entry.parent, end, commitment"),
    noticed: "the same content at another segment, where the start repeats",
  },
  {
    rule: "the same content twice is two claims",
    mutations: onceBy("entry.parent, entry.segment, commitment"),
    noticed: "the same claim twice in one block: the first is paid, the copy gets its bond back and nothing else",
  },
  {
    rule: "a game's id holds the content of its proposal",
    mutations: [{ file: "ProposalRecord.sol", from: "0xc0) // 6 words", to: "0x20)" }],
    noticed: "a move prepared on one fork of L1 means nothing on another",
  },
  {
    rule: "a slot commits to the terms of its claim",
    mutations: [without("ClaimRecord.sol", "    mstore(words, terms)\n")],
    noticed: "a record that differs in anything is no claim of the contract",
  },
  {
    rule: "a slot commits to the origin of its claim",
    mutations: [without("ClaimRecord.sol", "    mstore(add(words, 0x20), source)\n")],
    noticed: "a record that differs in anything is no claim of the contract",
  },
  {
    rule: "a slot commits to the commitment of its claim",
    mutations: [{ file: "ClaimRecord.sol", from: "keccak256(words, 0x60)", to: "keccak256(words, 0x40)" }],
    noticed: "a record that differs in anything is no claim of the contract",
  },
  {
    rule: "a claim is recognised by its slot",
    mutations: [
      { file: "Moves.sol", from: "if (!isOfGame || slot.unmarked() != expected) revert", to: "if (!isOfGame) revert" },
    ],
    noticed: "a record that differs in anything is no claim of the contract",
  },
  {
    rule: "the commitment of a claim over a whole range binds its output",
    mutations: [{ file: "ClaimRecord.sol", from: "commitment := keccak256(0x00, 0x40)", to: "commitment := root" }],
    noticed: "a record that differs in anything is no claim of the contract",
  },
  {
    rule: "a commitment is read as what it was made as",
    mutations: [without("Moves.sol", "    if (terms.isWhole() != isWhole) revert WrongForm();\n")],
    noticed: "a counter's commitment is not opened as a dissection, with leaves for states",
  },
  {
    rule: "a refutation cannot be answered",
    mutations: [without("Moves.sol", "    if (terms.isRefutation()) revert IsRefutation();\n")],
    noticed: "a refutation is an entry that cannot be answered",
  },
  {
    rule: "a number is given once in a game",
    mutations: [{ file: "GameSlot.sol", from: " + (later << 72) + (1 << 24))", to: " + (later << 72))" }],
    noticed: "wrong end: a false proposal, defended to the last step",
  },
];
