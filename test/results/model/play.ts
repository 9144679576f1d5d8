import { Adversary } from "./adversary.ts";
import { Agent } from "./agent.ts";
import { Checks, type Violation } from "./checks.ts";
import { diceFrom } from "./dice.ts";
import { type Game, LONGEST } from "./game.ts";
import { Guardian } from "./guardian.ts";
import type { Refusal } from "./outputs.ts";
import { ALL_RULES, type Rules } from "./rules.ts";
import type { Setting } from "./setting.ts";
import { World } from "./world.ts";

/** What one run comes to. */
export type Played = {
  violations: readonly Violation[];
  games: number;
  honestSpans: number;
  askings: number;
  freezes: number;
  reorganisations: number;
  falseSettlements: number;
  bondsLostInAbsence: number;
  spansWithoutPlace: number;
  /** Worst found, in hours or entries. */
  slowestSettlement: number;
  oldestState: number;
  longestLag: number;
};

/** A run: months of an L2 chain, hour by hour, made from the seed alone. */
export function play(seed: number, setting: Setting, rules: Rules = ALL_RULES): Played {
  const dice = diceFrom(seed);
  const period = 6 + dice.below(40);
  const calmFor = LONGEST + setting.finalityDelay + period + 60;
  const world = new World(setting, rules, dice, calmFor);
  const agent = new Agent(world, period);
  const adversary = new Adversary(world);
  const guardian = new Guardian(world);
  const checks = new Checks(world);
  let [games, reorganisations, longestLag] = [0, 0, 0];

  for (world.now = 1; world.now <= setting.hours; world.now++) {
    const isCalm = world.now < setting.hours - calmFor;
    const before = world.label();
    const guardianIsFirst = dice.chance(0.5);
    if (guardianIsFirst) guardian.act(agent, isCalm);
    world.appendBatches();
    if (setting.upgrades && isCalm && dice.chance(0.008)) world.upgrade();
    if (setting.reorganisations && world.now > 20 && adversary.reorganises) {
      reorganisations++;
      reorganise(world, guardian, checks);
      if (isCalm) world.lastDisturbance = world.now;
    }
    adversary.propose();
    checks.watch(agent.land());
    for (const game of world.games) {
      if (game.result !== undefined || !game.isPlayable) continue;
      adversary.attack(game);
      if (agent.answer(game)) adversary.attackAtOnce(game);
    }
    const opened = world.games.filter(({ number }) => number > before);
    checks.opened(opened);
    games += opened.length;
    agent.propose();
    conclude(world, checks);
    settle(world, agent, adversary, checks);
    if (!world.isIdle && !world.isAbsent) {
      longestLag = Math.max(longestLag, world.outputs.lag(world.now));
      if (!setting.nobodyAdvances && dice.chance(0.5)) world.outputs.advance(world.outputs.lag(world.now), world.now);
    }
    if (setting.placesTakenAtOnce && dice.chance(0.2)) world.takePlaces();
    if (!guardianIsFirst) guardian.act(agent, isCalm);
    checks.look(agent);
    agent.drop();
    if (setting.reorganisations) world.remember();
    if (world.now % 40 === 0) world.forgetOldGames();
  }
  world.now = setting.hours;
  checks.finish(calmFor, period);
  const { violations, honestSpans, freezes, falseSettlements, bondsLostInAbsence, spansWithoutPlace } = checks;
  return {
    ...{ violations, games, honestSpans, askings: guardian.asked, freezes, reorganisations, falseSettlements },
    ...{
      bondsLostInAbsence,
      spansWithoutPlace,
      slowestSettlement: checks.slowestSettlement,
      oldestState: agent.oldestNeed,
      longestLag,
    },
  };
}

/** L1 goes back; some of the proposals that it took back come again, and some are lost on the way. */
function reorganise(world: World, guardian: Guardian, checks: Checks): void {
  const { dice } = world;
  const { undone, askingUndone } = world.reorganise();
  checks.afterReorganisation(undone);
  guardian.afterReorganisation(askingUndone);
  for (const { by, first, end, previous, output, count, root, epoch } of undone) {
    if (dice.chance(by === "liar" ? 0.5 : 0.3)) continue;
    const game = world.propose(by, { first, end, previous }, output, { count, root, madeAt: 0 }, epoch);
    if (game !== undefined && by === "honest") checks.watch([game]);
  }
}

function conclude(world: World, checks: Checks): void {
  for (const game of world.games) {
    if (game.result !== undefined || world.now < game.due) continue;
    if (!game.isPlayable) game.result = world.dice.chance(0.8) ? game.output : game.lie;
    else if (!game.pending) game.result = game.truth;
    else {
      game.result = game.lie;
      checks.concludedFalsely(game);
    }
  }
}

/** Both sides settle what they like, in an order that the adversary chooses. */
function settle(world: World, agent: Agent, adversary: Adversary, checks: Checks): void {
  const { dice } = world;
  const ready = world.games.filter(
    ({ result, settled, made }) =>
      result !== undefined && !settled && (made > world.outputs.since || !world.rules.settlesOwnEpoch),
  );
  if (dice.chance(0.5)) ready.reverse();
  const settleOne = (game: Game): Refusal => {
    const { outputs, now } = world;
    const wasFinal = outputs.frozenAt === undefined && outputs.isFinal(game.end, now);
    const refusal = world.settle(game);
    checks.settled(game, wasFinal);
    return refusal;
  };
  const honestTurn = () => {
    if (world.isAbsent) return;
    // A chain of spans is settled from its lowest, whatever the order in which it is gone through.
    for (let i = 0; i < 4; i++)
      for (const game of ready) if (agent.settles(game) && settleOne(game) === "PlaceTaken") checks.placeTaken();
  };
  const liarsTurn = () => {
    for (let i = 0; i < 2; i++) for (const game of ready) if (adversary.settles(game)) settleOne(game);
  };
  const turns = [honestTurn, liarsTurn];
  if (dice.chance(0.5)) turns.reverse();
  for (const turn of turns) turn();
}
