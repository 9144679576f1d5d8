import { type Random, seededRandom } from "../../../evm/trie/fixtures/random.ts";
import { pick, pickWeighted } from "../values.ts";
import { broken } from "./break.ts";
import { Chain } from "./chain.ts";
import type { Tolerance } from "./compare.ts";
import { Draw } from "./draw.ts";
import type { GraphSpec } from "./graph.ts";
import { GENERATORS } from "./operators/all.ts";

/** A graph with the inputs to run it on. */
export interface FuzzCase {
  readonly graph: GraphSpec;
  /** For each output; the first counts for those that have none. */
  readonly tolerances: readonly [Tolerance, ...Tolerance[]];
  /** What was changed in a valid graph, if it was; most changes break a rule, and then the graph is to be refused. */
  readonly changed?: { readonly what: string; readonly from: GraphSpec };
}

/** The last operator set that onnxruntime 1.30 takes. */
const NEWEST = 26;

const WEIGHTED = Object.entries(GENERATORS).map(([op, { weight = 1 }]) => [weight, op] as const);

/** The graph of a seed: the same everywhere. */
export function caseOfSeed(seed: number, only?: string): FuzzCase {
  // Neighbouring seeds are far apart in the generator's sequence.
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
  for (let i = 0; i < 4; i++) random(2);
  if (only === "chain" || (!only && random(4) === 0))
    return new Chain(random, 13 + random(NEWEST - 12)).build(2 + random(7));
  const valid = single(random, only ?? pickWeighted(random, WEIGHTED));
  if (random(9) !== 0) return valid;
  const changed = broken(random, valid.graph);
  return changed ? { ...valid, graph: changed.graph, changed: { what: changed.rule, from: valid.graph } } : valid;
}

function single(random: Random, op: string): FuzzCase {
  const { since, until = NEWEST, generate } = GENERATORS[op] as (typeof GENERATORS)[string];
  const from = pick(random, since);
  const below = since[since.indexOf(from) + 1] ?? until + 1;
  const draw = new Draw(random, op, from + random(below - from));
  const tolerance = generate(draw);
  return { graph: { ...draw.graph(), old: random(8) === 0 }, tolerances: [tolerance] };
}
