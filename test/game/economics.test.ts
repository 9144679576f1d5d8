/**
 * The sums of docs/economics.md, played: every attack on one game, with the bonds that are published for mainnet, gas under Amsterdam's
 * rules at the stated ceiling of its price, and every step as expensive as the most expensive one.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import type { Kind } from "@elench/challenger/strategy/record";
import type { Game } from "@elench/challenger/strategy/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { LIMITS as TENSOR_LIMITS } from "@elench/spec/tensor/limits";
import { ANSWER_GAS } from "../../deploy/economics.ts";
import { type Arena, openArena, parameters as toy } from "./arena.ts";
import { playScenario, scenarios } from "./attacks.ts";
import { compileGame } from "./compile.ts";
import { settlementOf } from "./judge.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

const read = (file: string) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"));
const mainnet: Record<"bond" | "prepayment" | "ceilingGasPrice", string> = read("deploy/parameters/mainnet.json");
const [bond, prepayment, price] = [mainnet.bond, mainnet.prepayment, mainnet.ceilingGasPrice].map(BigInt) as [
  bigint,
  bigint,
  bigint,
];
const gas: Record<
  "propose" | "counter" | "move" | "delegate" | "refute" | "settle, undisputed, by another account",
  number
> &
  Record<"settle, each further claim", number> = read("test/snapshots/game-gas.json").amsterdam;

/** What an answer takes: its gas, and a prepayment if it is a claim. In wei. */
const COST: Readonly<Record<Kind, bigint>> = {
  counter: BigInt(gas.counter) * price + prepayment,
  move: BigInt(gas.move) * price + prepayment,
  delegation: (BigInt(gas.delegate) + ANSWER_GAS) * price + prepayment,
  refutation: ANSWER_GAS * price,
};

/** Who said something in a game, what it took, and its bond. */
interface Statement {
  readonly number: number;
  readonly by: Hex;
  readonly cost: bigint;
  readonly bond: bigint;
}

/** All that was said but the proposal. */
const statementsOf = (game: Game): Statement[] =>
  [...game.claims.values()].flatMap(({ number, kind, claimant, refutations }) => [
    { number, by: claimant, cost: COST[kind], bond: kind === "counter" ? 2n * bond : bond },
    ...refutations.map((one) => ({ number: one.number, by: one.claimant, cost: COST.refutation, bond: 0n })),
  ]);

/** The rules' settlement, at mainnet's bonds. */
const paidTo = (game: Game, account: Hex): bigint => ((settlementOf(game).paid.get(account) ?? 0n) * bond) / toy.bond;

describe("at mainnet's prices, in every attack", () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(compileGame());
  });
  after(() => arena.chain.close());

  const played = async (scenario: Scenario): Promise<Game> => {
    let stage: Stage | undefined;
    const attack: Scenario["attack"] = (given, accomplice) => {
      stage = given;
      scenario.attack(given, accomplice);
    };
    assert.deepEqual(await playScenario(arena, { ...scenario, attack }), []);
    return (stage as Stage).game;
  };

  for (const scenario of scenarios)
    it(scenario.name, async (t) => {
      const game = await played(scenario);
      const { stands, winner, burnt } = settlementOf(game);
      const statements = statementsOf(game);
      const honest = statements.filter(({ by }) => by === arena.honest);

      // Each answer that brings a claim down earns more than it took.
      const fallen = [0, ...game.claims.keys()].filter((number) => !stands(number));
      for (const number of fallen) {
        const best = winner(number);
        const answer = honest.find((one) => one.number === best?.number);
        if (!answer) continue;
        const kind = game.claims.get(number)?.kind;
        const lost = number === 0 ? 4n * bond : kind === "counter" ? 2n * bond : bond;
        assert.ok(lost - lost / 3n >= answer.cost, `the answer to claim ${number}`);
      }

      // All of it together: where nobody takes its rewards, the honest side gains; where somebody does, the others lose more than it.
      const staked = honest.reduce((sum, one) => sum + one.bond, 0n);
      const net = paidTo(game, arena.honest) - staked - honest.reduce((sum, { cost }) => sum + cost, 0n);
      const proposed = 4n * bond + BigInt(gas.propose) * price + prepayment;
      const others = statements.filter(({ by }) => by !== arena.honest);
      const spent = others.reduce((sum, one) => sum + one.bond + one.cost, proposed);
      const returned = arena.players
        .filter((account) => account !== arena.honest)
        .reduce((sum, account) => sum + paidTo(game, account), 0n);
      t.diagnostic(
        `honest ${ether(net)}, others ${ether(returned - spent)}, burnt ${ether((burnt * bond) / toy.bond)}`,
      );
      assert.ok(net >= 0n || spent - returned > -net, `honest ${ether(net)}, others ${ether(returned - spent)}`);

      // Whoever settles is paid for all but refutations. Each of these took its maker ten times what it takes to settle it.
      const further = gas["settle, each further claim"];
      const settling = gas["settle, undisputed, by another account"] + further * game.claims.size;
      assert.ok(prepayment * BigInt(game.claims.size + 1) >= BigInt(settling) * price, `${settling} gas to settle`);
      assert.ok(gas.refute > 10 * further);
    });
});

it("no answer takes more gas than bonds are made for: a step of either machine, its calldata at 64 gas a byte as under Amsterdam's rules", () => {
  assert.ok(LIMIT.STEP_GAS <= ANSWER_GAS);
  assert.ok(21_000 + 64 * LIMIT.STEP_BYTES <= ANSWER_GAS);
  assert.ok(21_000 + 64 * (TENSOR_LIMITS.openedBytes + TENSOR_LIMITS.instructionBytes) <= ANSWER_GAS);
});

const ether = (wei: bigint): string => `${(Number(wei) / 1e18).toFixed(3)} ETH`;
