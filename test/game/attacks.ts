import { type Arena, inTurn } from "./arena.ts";
import { booksOf, violations } from "./judge.ts";
import type { Scenario } from "./scenario.ts";
import { clocks } from "./scenarios/clocks.ts";
import { crowds } from "./scenarios/crowds.ts";
import { ends } from "./scenarios/ends.ts";
import { middles } from "./scenarios/middles.ts";
import { money } from "./scenarios/money.ts";
import { places } from "./scenarios/places.ts";
import { steps } from "./scenarios/steps.ts";
import { diceFrom, Stage, type Strategy, theStrategy } from "./stage.ts";
import { firstRun, ToyTraceProvider } from "./toy.ts";

/** The known attacks on one game (docs/game.md, "Attacks, and why each fails"). */
export const scenarios: readonly Scenario[] = [
  ...ends,
  ...middles,
  ...steps,
  ...clocks,
  ...crowds,
  ...places,
  ...money,
];

/** Plays, settles, judges. The violations found: none, where the rules and the strategy are right. */
export async function playScenario(
  arena: Arena,
  scenario: Scenario,
  { strategy = theStrategy as Strategy, seed = 1 } = {},
): Promise<string[]> {
  const run = firstRun(arena.toys, { ...scenario.shape, salt: BigInt(seed) }, scenario.level);
  const stage = new Stage(arena, run, new ToyTraceProvider(arena.toys), diceFrom(seed));
  stage.strategy = strategy;
  if (scenario.prompt) stage.latency = () => 1;
  const output = new ToyTraceProvider(arena.toys, scenario.proposed).outputHex(run);
  try {
    await scenario.before?.(arena);
    scenario.attack(stage, (i) => arena.liar(i));
    const before = await booksOf(arena);
    await stage.play(output, arena.liar(0));
    await stage.settle();
    return await violations(stage, before);
  } catch (error) {
    return [...stage.wrongs, `broken: ${(error as Error).message}`];
  } finally {
    arena.hint = inTurn();
  }
}
