import type { Hex } from "@elench/bytes/hex";
import type { Node } from "@elench/challenger/strategy/tree";
import { honestMoves } from "../../challenger/strategy/moves.ts";
import type { Arena } from "./arena.ts";
import { times } from "./arena.ts";
import {
  childAt,
  childPoints,
  consistentLiar,
  counterWith,
  delegateAt,
  firstDenied,
  junk,
  plan,
  pointsFrom,
  refuteAt,
  type Timing,
} from "./attackers.ts";
import { booksOf, violations } from "./judge.ts";
import { Mirror } from "./mirror.ts";
import { type Dice, diceFrom, Stage, type Strategy, theStrategy } from "./stage.ts";
import { firstRun, type Lie, outputOf, type Shape, ToyTraceProvider } from "./toy.ts";

/** A game that the dice make up: what is run, who lies about what, when, and how often. */
export async function playRandomGame(
  arena: Arena,
  seed: number,
  strategy: Strategy = theStrategy,
): Promise<{ wrongs: string[]; claims: number; calls: number }> {
  const dice = diceFrom(seed);
  const level = 1 + dice(2) + (dice(20) === 0 ? 1 : 0);
  const shape = shapeFrom(dice, BigInt(seed), level);
  const run = firstRun(arena.toys, shape, level);
  const stage = new Stage(arena, run, new ToyTraceProvider(arena.toys), dice);
  stage.strategy = strategy;
  const slow = dice(2) === 0;
  stage.latency = (extension) => {
    const most = Math.min(extension, times.longExtension) - 1;
    return slow ? most : 1 + dice(most);
  };

  const liars = Array.from({ length: 1 + dice(5) }, (_, i) => {
    const lies = Array.from({ length: 1 + dice(2) }, () => lieFrom(dice, shape));
    return { account: arena.liar(1 + i), told: new ToyTraceProvider(arena.toys, lies), lies };
  });
  let budget = 2 + dice(dice(5) === 0 ? 60 : 15);
  for (const liar of liars) {
    if (dice(3) === 0) consistentLiar(stage, liar.account, liar.lies, timingFrom(dice), 1 + dice(10));
  }
  stage.attackers.push((node) => {
    for (let tries = dice(4); tries > 0 && budget > 0; tries--) {
      const { account, told } = liars[dice(liars.length)]!;
      plan(stage, node, timingFrom(dice), async () => {
        if (budget-- > 0) await strike(stage, account, told, node);
      });
    }
  });
  if (dice(4) === 0) {
    stage.onSeen = async (move) => {
      if (dice(3) !== 0) return;
      const middles = "middles" in move ? move.middles.map((h, i) => (i === 3 && dice(2) === 0 ? junk(i) : h)) : [];
      await stage.attempt(() => arena.perform(liars[0]!.account, "middles" in move ? { ...move, middles } : move));
    };
  }

  const truthful = dice(2) === 0;
  const output = truthful
    ? stage.truth.outputHex(run)
    : dice(4) === 0
      ? outputOf(dice(9))
      : liars[0]!.told.outputHex(run);
  const proposer = truthful && dice(2) === 0 ? arena.honest : arena.liar(0);
  const before = await booksOf(stage.arena);
  const mirror = new Mirror(arena);
  if (dice(4) === 0) stage.reorganisations = 1 + dice(4);
  stage.savers.push(() => mirror.save());
  stage.onDue = () => mirror.due(stage.game);
  if (dice(3) === 0) stage.partSize = 1 + dice(6);
  if (dice(3) === 0)
    stage.perform = async (move) => arena.perform(arena.honest, move, await arena.credit(arena.honest));
  const unwatch = mirror.watch();
  try {
    await stage.play(output, proposer);
    await stage.settle();
  } finally {
    unwatch();
  }
  mirror.finish(stage.game);
  const wrongs = [...(await violations(stage, before)), ...mirror.differences];
  return { wrongs, claims: stage.game.claims.size, calls: mirror.calls };
}

function shapeFrom(dice: Dice, salt: bigint, level: number): Shape {
  const most = 16 ** level;
  const otherLevel = 1 + dice(2);
  const otherLength = 1 + dice(16 ** otherLevel);
  const every = dice(3) === 0 ? 0 : 3 + dice(level === 3 ? 200 : 12);
  return { salt, otherLength, otherLevel, every, length: dice(3) === 0 ? 1 + dice(most) : most - dice(10) };
}

function lieFrom(dice: Dice, shape: Shape): Lie {
  const other = shape.every !== 0 && dice(3) === 0;
  const step = 1 + dice(other ? shape.otherLength : shape.length);
  // One in three is forgotten a step later.
  return { machine: other ? "second" : "first", step, flip: dice(3) === 0 ? 1 : 2 << dice(20) };
}

function timingFrom(dice: Dice): Timing {
  const kind = dice(3);
  const share = dice(1000) / 1000;
  return (made, deadline) =>
    kind === 0
      ? made + 1 + Math.floor(3 * share)
      : kind === 1
        ? made + Math.floor((deadline - made) * share)
        : deadline - 1;
}

/** Whatever a liar may think of against one claim. */
async function strike(stage: Stage, account: Hex, told: ToyTraceProvider, node: Node | undefined): Promise<void> {
  const { dice, truth } = stage;
  const believed = dice(2) === 0 ? truth : told;
  const spoil = (points: Hex[]): Hex[] => {
    const kind = dice(5);
    if (kind === 0) return points.map((_, i) => junk(dice(50) + i));
    if (kind <= 2) return points.map((hash) => (dice(6) === 0 ? junk(dice(50)) : hash));
    return points;
  };
  if (node === undefined) {
    const points = spoil(pointsFrom(believed, stage.run, 0n, stage.run.level));
    await counterWith(
      stage,
      account,
      dice(4) === 0 ? outputOf(dice(9)) : believed.outputHex(stage.run),
      points.slice(0, 15),
    );
    return;
  }
  if (dice(6) === 0) {
    // A copy of what the honest party would say.
    const moves = await honestMoves(stage.game, truth, times, stage.arena.now);
    const copied = moves.find((m) => m.answers === node.number);
    if (copied !== undefined) await stage.attempt(() => stage.arena.perform(account, copied));
    return;
  }
  const denied = firstDenied(truth, node);
  const segment = denied !== undefined && dice(2) === 0 ? denied : dice(16);
  if (node.level > 1) {
    const points = spoil(childPoints(believed, node, segment));
    if (dice(8) === 0) points[15] = node.points[segment + 1]!;
    await childAt(stage, account, node, segment, points);
    return;
  }
  const step = node.offset + BigInt(segment);
  const witness = believed.witnessHex(node.run, Number(step));
  const asked = await believed.asked(node.run, step);
  if (asked === undefined) {
    await refuteAt(stage, account, node, segment, witness);
  } else {
    const points = spoil(pointsFrom(believed, asked, 0n, asked.level));
    const output = dice(2) === 0 ? outputOf(dice(9)) : believed.outputHex(asked);
    await delegateAt(stage, account, node, segment, witness, output, points.slice(0, 15));
  }
}
