/** The rules of the outputs, each tried on the contracts, and on the contracts without the check that stands for it. */
import { after, before, describe } from "node:test";
import type { Mutation } from "../contracts/build.ts";
import { type Chain, startChain } from "../game/chain.ts";
import { type Rule, tryRule } from "./rule.ts";
import { freezing } from "./rules/freezing.ts";
import { machines } from "./rules/machines.ts";
import { PLACES, places } from "./rules/places.ts";
import { proposing } from "./rules/proposing.ts";
import { roles } from "./rules/roles.ts";
import { settling } from "./rules/settling.ts";

let chain: Chain;
before(async () => {
  chain = await startChain();
});
after(() => chain.close());

const fewPlaces: Mutation = {
  file: "contracts/rollup/Outputs.sol",
  from: "PLACES = 2 ** 20;",
  to: `PLACES = ${PLACES};`,
};

const chapters: readonly { title: string; rules: readonly Rule[]; changes?: readonly Mutation[] }[] = [
  { title: "what may be proposed", rules: proposing },
  { title: "what is settled", rules: settling },
  { title: "contradictions and askings", rules: freezing },
  { title: "places", rules: places, changes: [fewPlaces] },
  { title: "machines", rules: machines },
  { title: "roles", rules: roles },
];

for (const { title, rules, changes } of chapters)
  describe(title, () => {
    for (const rule of rules) tryRule(rule, () => chain, changes);
  });
