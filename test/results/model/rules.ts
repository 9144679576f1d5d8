/**
 * The rules by which a result becomes final, and those that the honest agent follows. Each can be taken out by its name; the value
 * says what then goes wrong, and `mutants.ts` names runs that find it.
 */
export const RULES = {
  // The contract: proposals.
  proposalNamesEpoch:
    "a proposal in flight enters the epoch after an asking, where nobody builds the boundary that it starts from",
  epochBeginsLater: "a game is opened in the second of an asking, and cannot be told from those before it",
  proposalAboveFinal: "a span that starts below finalCount asks for states that nobody keeps",
  gateIsExact: "a span that starts below a final boundary enters while the list has not been walked so far",
  reopening:
    "a boundary settled falsely in an absence cannot be proposed again from where it was settled, once that is below finalCount",
  proposalBuildsOnFinal: "a game is opened that contradicts a final output, and can never be settled",
  rootIsKept: "a span is executed over records that are not the inbox's",
  spanCrossesNoMachine: "a span is executed by the machine of its first batch, beyond the batches of that machine",
  machineBeyondInbox: "a machine is appended for batches that open games are about",
  replacementAsksAgain: "games that the former machine judged are settled",
  refusedWhileFrozen: "proposals are accepted and settled while the contract is frozen",

  // The contract: settlement.
  settlesOwnEpoch: "a game opened before an asking is settled after it",
  settlesInTime: "a false game is kept back until nobody has the states to dispute it, and is settled then",
  settlesOnSettled: "a game is settled whose start is not the settled output",
  agreementChangesNothing: "a twin settled later puts finality off",
  finalStays: "a result that contradicts a final one freezes the contract",
  disagreementFreezes: "a later result is ignored where the earlier one is false",
  settlesBelowHighest: "an honest chain of spans cannot be settled, once somebody settled a higher boundary",

  // The contract: finality.
  freezeStopsFinality: "a false output becomes final during the freeze that it caused",
  epochEndsAtFreeze: "an output that the freeze stopped becomes final by the asking that ends the freeze",
  askingUnsettles: "a false output stays settled when the guardian asks again",
  askingWalksList: "finalCount falls behind what is final, and games are opened below it",

  // The contract: places.
  placeNamesBoundary: "the place of an old boundary is read as that of a new one",
  placeIsKept: "a boundary that is needed is overwritten by another one of the same place",
  placeOutlivesHigher: "a boundary is forgotten while it is the highest final one, and nothing can build on it",

  // The agent.
  playsStrangers: "a stranger's true proposal falls, and a false output is settled",
  keepsConcluded: "states of a game that is concluded but not settled are dropped",
  keepsReopenable: "states of a boundary that can be proposed again are dropped",
  keepsForReorganisation: "states are dropped that a reorganisation makes necessary again",
  buildsOnWhatCounts: "an honest span builds on a boundary that nobody will settle",
  baseFromChain: "after a reorganisation or an asking, an honest span builds on one that is gone",
  mendsFalseBoundary: "a boundary settled falsely in an absence stays false",
} as const;

export type Rule = keyof typeof RULES;
export type Rules = Readonly<Record<Rule, boolean>>;

const names = Object.keys(RULES) as Rule[];

export const ALL_RULES = Object.fromEntries(names.map((name) => [name, true])) as Rules;

export const without = (...taken: readonly Rule[]): Rules => ({
  ...ALL_RULES,
  ...Object.fromEntries(taken.map((name) => [name, false])),
});
