import { Agent } from "./agent.ts";
import type { Dice } from "./dice.ts";
import type { Rules } from "./rules.ts";
import { SETTINGS } from "./setting.ts";
import { World } from "./world.ts";

/** No chance: what is likely happens, and L1 goes back by two hours. */
const calm: Dice = {
  share: () => 0.5,
  below: (bound) => Math.min(1, bound - 1),
  chance: (probability) => probability > 0.5,
};

/**
 * The guardian asks again, and L1 takes it back. The asking left nothing that needs the states below finalCount; without it, a
 * stranger's true proposal from below counts, and is attacked.
 * @returns whether the agent can answer
 */
export function answersAfterAskingIsUndone(rules: Rules): boolean {
  const setting = SETTINGS["reorganised, 48 h"]!;
  const world = new World(setting, rules, calm, 0);
  const agent = new Agent(world, 1000);
  const hour = (): void => {
    agent.drop();
    world.remember();
    world.now++;
    world.appendBatches();
  };
  for (world.now = 1; world.now < 4; ) hour();
  const { count } = world.newestRoot;
  const proposeTruly = (end: number) =>
    world.propose("liar", { first: 0, end, previous: world.truth[0]! }, world.truth[end]!, world.newestRoot, 0)!;
  const early = proposeTruly(count);
  early.result = early.truth;
  world.settle(early);
  while (world.now < 4 + setting.finalityDelay - 2) hour();
  // Allowed for the last time: in two hours `count` is final.
  const stranger = proposeTruly(count - 1).number;
  for (let i = 0; i < 3; i++) hour();
  world.outputs.askAgain(world.now);
  hour();
  const { askingUndone } = world.reorganise();
  if (!askingUndone) throw new Error("L1 did not go back far enough");
  const game = world.games.find(({ number }) => number === stranger)!;
  world.attack(game);
  while (world.now < game.answerAt) world.now++;
  return agent.answer(game);
}
