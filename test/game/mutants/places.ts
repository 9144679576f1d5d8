import type { ContractMutant } from "../mutant.ts";

const KEPT = "a result is kept for the retention, and its region given to nobody before";

export const places: ContractMutant[] = [
  {
    rule: "a place that an open game holds is passed over",
    mutations: [{ file: "Places.sol", from: "if (slot.wasNeverUsed()) return false;", to: "return false;" }],
    noticed: "a contested place: everybody hints at the same one",
  },
  {
    rule: "the search leaves a stretch that is full",
    mutations: [
      {
        file: "Places.sol",
        from: "tried % STRETCH == 0 ? uint256(keccak256(abi.encode(place))) % PLACES : (place + 1) % PLACES",
        to: "(place + 1) % PLACES",
      },
    ],
    noticed: "a crowded pool: a liar holds more places in a row than are tried one after the other",
  },
  {
    rule: "a game's places are free when it is over",
    mutations: [{ file: "Places.sol", from: "return game.isOpen() && slot", to: "return slot" }],
    noticed: "games share the places of claims: a liar that opens its game in a fresh region does not choose them",
  },
  {
    rule: "a concluded game keeps its region for the retention",
    mutations: [{ file: "Places.sol", from: "block.timestamp >= last.time() + RETENTION", to: "true" }],
    noticed: KEPT,
  },
  {
    rule: "an open game keeps its region",
    mutations: [{ file: "Places.sol", from: "if (last.isConcluded() && ", to: "if (" }],
    noticed: KEPT,
  },
];
