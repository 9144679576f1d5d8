import type { Hex } from "@elench/bytes/hex";
import { FINALITY_DELAY, hashed, LONGEST, RETENTION, UPGRADE_DELAY, WINDOW } from "../../rollup/stage.ts";
import { type Dice, diceFrom } from "../model/dice.ts";
import { raise, type Theatre, type Twin, YEAR } from "./twin.ts";

export type Against = { differences: string[]; calls: number; accepted: number; refusals: ReadonlyMap<string, number> };

/** Random calls against contract and model, until they differ or so many calls are made. */
export async function playAgainst(theatre: Theatre, seed: number, calls: number, taken?: string): Promise<Against> {
  const twin = await raise(theatre, taken);
  const player = new Player(twin, diceFrom(seed), seed >= ACROSS_MACHINES);
  await player.start();
  while (twin.calls < calls && twin.differences.length === 0) {
    await player.act();
    await twin.compare(player.looksAt());
  }
  return twin;
}

/** Runs from this number on propose often across the first batch of a machine. */
export const ACROSS_MACHINES = 1_000;

const YES = hashed(1_000_001);
/** A false output may be any word, zero too. */
const NO: Hex = `0x${"00".repeat(32)}`;

/** Makes calls that are mostly sensible, and often just not. */
class Player {
  readonly twin: Twin;
  readonly dice: Dice;
  readonly #goesAcross: boolean;
  readonly #asks: number;
  readonly #changesMachines: number;
  /** How often it settles a game that it made long ago. */
  readonly #late: number;

  constructor(twin: Twin, dice: Dice, goesAcross: boolean) {
    this.twin = twin;
    this.dice = dice;
    this.#goesAcross = goesAcross;
    this.#asks = this.#pick([0.1, 0.5, 1]);
    this.#changesMachines = this.#pick([0.1, 0.5, 1]);
    this.#late = this.#pick([0.05, 0.5]);
  }

  async start(): Promise<void> {
    await this.twin.append(40);
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.dice.below(all.length)]!;
  }

  async act(): Promise<void> {
    const { twin, dice } = this;
    // Half of the calls come in the second of the one before.
    if (dice.chance(0.5)) twin.stage.now += dice.below(4);
    if (this.#goesAcross && dice.chance(0.2)) return this.#proposeAcross();
    const isFrozen = twin.model.frozenAt !== undefined;
    const upgrades = twin.canChangeMachine ? this.#changesMachines : 0;
    const actions: [weight: number, act: () => Promise<void>][] = [
      [9, () => this.#propose()],
      [9, () => this.#settle()],
      [2, () => this.#wait()],
      [1, () => twin.append(1 + dice.below(30))],
      [0.1, () => twin.append(4_100)],
      [1, () => twin.advance(dice.below(4))],
      [isFrozen ? 3 : this.#asks, () => twin.askAgain(dice.chance(0.9))],
      [upgrades, () => twin.addMachine(this.#machineStart(), dice.chance(0.9))],
      [isFrozen ? upgrades : upgrades / 2, () => twin.replaceMachine(dice.chance(0.9))],
    ];
    let left = dice.share() * actions.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, act] of actions) {
      left -= weight;
      if (left < 0) return act();
    }
  }

  async #propose(): Promise<void> {
    const { twin, dice } = this;
    const { model } = twin;
    const settled = [...model.settled()];
    const mayBeFinal = dice.chance(0.1);
    const contested = settled.filter(({ index }) => index > 0 && (mayBeFinal || !model.isFinal(index, twin.now)));
    const isContest = contested.length > 0 && dice.chance(0.35);
    const target = isContest ? this.#pick(contested) : undefined;
    const first = Math.max(
      0,
      (target?.first ??
        this.#pick([
          model.finalCount,
          model.settledCount,
          model.settledCount,
          this.#pick(dice.chance(0.8) ? settled.slice(-5) : settled).index,
        ])) + (dice.chance(0.1) ? dice.below(3) - 1 : 0),
    );
    const long = twin.count > 4_100 ? [0, 4_096, 4_097, 4_097] : [0];
    const length = dice.chance(0.06) ? this.#pick(long) : 1 + dice.below(12);
    // Another boundary of the same place, from that boundary itself or from one nearer.
    const { places } = model.limits;
    const shared = dice.chance(0.5) ? model.finalCount : this.#pick(settled).index;
    const isSamePlace = target === undefined && shared + places <= twin.count && dice.chance(0.25);
    const end = target?.index ?? (isSamePlace ? shared + places : Math.min(first + length, twin.count + dice.below(2)));
    const start = !isSamePlace ? first : dice.chance(0.5) ? shared : end - 1 - dice.below(9);
    const previous = dice.chance(0.9) ? (model.at(start)?.output ?? YES) : NO;
    const count = dice.chance(0.05) ? Math.max(0, end - 1) : twin.count;
    const epoch = dice.chance(0.95) ? model.epoch : Math.max(0, model.epoch - 1);
    await twin.propose({ first: start, end, previous }, this.#output(), { count, epoch, isOwnRoot: dice.chance(0.95) });
  }

  async #proposeAcross(): Promise<void> {
    const { twin, dice } = this;
    const { from } = this.#pick(twin.model.machines);
    const first = Math.max(0, from - 1 - dice.below(4));
    const end = Math.min(twin.count, from + 1 + dice.below(4));
    await twin.propose({ first, end, previous: twin.model.at(first)?.output ?? YES }, YES);
  }

  #output(): Hex {
    return this.dice.chance(0.85) ? YES : NO;
  }

  async #settle(): Promise<void> {
    const { twin, dice } = this;
    if (twin.games.length === 0) return this.#propose();
    const { since } = twin.model;
    const counted = twin.games.filter(({ made }) => made > since && twin.now <= made + WINDOW);
    const recent = dice.chance(this.#late) ? counted.slice(0, 8) : counted.slice(-8);
    const game = this.#pick(recent.length > 0 && dice.chance(0.93) ? recent : twin.games);
    if (game.result === undefined && dice.chance(0.95))
      await twin.conclude(game, dice.chance(0.9) ? game.proposal.output : this.#output());
    if (dice.chance(0.04)) return twin.settleForeign(game);
    if (dice.chance(0.04)) return twin.settle(game, { ...game.span, end: game.span.end + 1 });
    return twin.settle(game);
  }

  /** To a moment at which something becomes possible, or the second before. */
  async #wait(): Promise<void> {
    const { twin, dice } = this;
    const { now, model } = twin;
    const settled = [...model.settled()];
    const moments = [
      ...settled.flatMap(({ readyAt, higherReadyAt }) => [
        readyAt,
        readyAt,
        ...Array<number>(2).fill(higherReadyAt + LONGEST + RETENTION),
      ]),
      ...twin.games.slice(-3).map(({ made }) => made + WINDOW),
      ...model.askedAt.slice(-1).flatMap((at) => [at + 2 * (LONGEST + FINALITY_DELAY) + UPGRADE_DELAY, at + YEAR]),
      ...settled.slice(-1).map(({ readyAt }) => readyAt + UPGRADE_DELAY),
    ].filter((time) => time > now);
    const near = moments.filter((time) => time < now + 6_000);
    const choices = near.length > 0 && dice.chance(0.96) ? near : moments;
    const time = choices.length === 0 ? now + FINALITY_DELAY : this.#pick(choices) - dice.below(2);
    await twin.stage.warp(Math.max(0, time - now));
  }

  #machineStart(): number {
    const { twin, dice } = this;
    return Math.max(0, this.#pick([twin.count, twin.model.machines.at(-1)!.from]) + dice.below(8) - 3);
  }

  /** Boundaries at which the two are compared. */
  looksAt(): number[] {
    const { twin } = this;
    const { model } = twin;
    const settled = [...model.settled()].map(({ index }) => index);
    const latest = twin.games.at(-1)?.span.end ?? 0;
    const other = this.#pick(settled);
    return [...new Set([latest, other, this.dice.chance(0.3) ? other + model.limits.places : model.finalCount])];
  }
}
