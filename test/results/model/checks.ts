import type { Agent } from "./agent.ts";
import { type Game, LONGEST } from "./game.ts";
import type { World } from "./world.ts";

/** What must never happen, whatever adversaries, guardians and L1 do. */
export type Fault =
  | "false output final"
  | "final output unmade"
  | "freeze without a failure"
  | "honest bond lost"
  | "hopeless game opened"
  | "game opened below a final output"
  | "freeze about a final output"
  | "state dropped too early"
  | "honest span not settled within W"
  | "finality stands still";

export type Violation = { fault: Fault; at: number; what: string };

/** An honest span that must be settled within W. */
type Watched = { first: number; end: number; made: number; truth: number; epoch: number };

/** W, an hour for its settlement and the two hours that calls may take. */
const SETTLED_WITHIN = LONGEST + 3;

export class Checks {
  readonly world: World;
  readonly violations: Violation[] = [];
  /** Hours from the proposal of an honest span to its settlement, at most. */
  slowestSettlement = 0;
  honestSpans = 0;
  freezes = 0;
  falseSettlements = 0;
  bondsLostInAbsence = 0;
  /** Honest spans that wait until the place of their end may be used again. */
  spansWithoutPlace = 0;
  #watched = new Map<number, Watched>();
  #final = new Map<number, number>();
  /** Until when places were too few for what the honest side settles. */
  #crowdedUntil = Number.NEGATIVE_INFINITY;
  #wasFrozen = false;
  #needsSeen = 0;
  readonly #seenSettled = new Set<string>();

  constructor(world: World) {
    this.world = world;
  }

  #report(fault: Fault, what: string): void {
    this.violations.push({ fault, at: this.world.now, what });
  }

  /** Games that honest proposals opened. */
  watch(games: readonly Game[]): void {
    for (const { number, first, end, made, truth, output, epoch } of games) {
      this.honestSpans++;
      if (output !== truth) this.#report("honest bond lost", `the proposal [${first}, ${end}) is false on this fork`);
      this.#watched.set(number, { first, end, made, truth, epoch });
    }
  }

  /** L1 took games back; what is final on the new fork counts from now on. */
  afterReorganisation(undone: readonly Game[]): void {
    const { outputs, now } = this.world;
    for (const { number } of undone) this.#watched.delete(number);
    for (const index of this.#final.keys()) if (!outputs.isFinal(index, now)) this.#final.delete(index);
    this.#wasFrozen = outputs.frozenAt !== undefined;
  }

  /** The games that were opened in this hour, each when it was. */
  opened(games: readonly Game[]): void {
    const { outputs, now } = this.world;
    if (games.length === 0) return;
    let final = 0;
    for (const { index } of outputs.settled()) if (index > final && outputs.isFinal(index, now)) final = index;
    for (const { number, first, end, previous, made } of games) {
      if (made <= outputs.since)
        this.#report("hopeless game opened", `game ${number} [${first}, ${end}), in the hour of an asking`);
      const known = outputs.at(first);
      if (first <= final && known !== undefined && known.output !== previous)
        this.#report("hopeless game opened", `game ${number} [${first}, ${end}) contradicts what is final`);
      const isReopened = outputs.at(end)?.first === first && !outputs.isFinal(end, now);
      if (first < final && !isReopened)
        this.#report("game opened below a final output", `game ${number} [${first}, ${end}), ${final} is final`);
    }
  }

  /** A settlement froze the contract, or not. */
  settled(game: Game, wasFinal: boolean): void {
    if (wasFinal && this.world.outputs.frozenAt !== undefined)
      this.#report("freeze about a final output", `game ${game.number} [${game.first}, ${game.end})`);
  }

  /** An honest settlement was refused because its place is taken. */
  placeTaken(): void {
    this.#crowdedUntil = this.world.now;
  }

  /** A game is concluded, with the liar's claim unanswered. */
  concludedFalsely(game: Game): void {
    const { world } = this;
    const counts = game.epoch === world.outputs.epoch;
    const wasAbsent = world.absences.some(([from, to]) => from < world.now && to > game.made);
    game.failure ??= wasAbsent ? "absent" : "late";
    if (counts && game.failure === "absent") world.hasFailed = true;
    if (!game.staked) return;
    if (game.failure === "absent") this.bondsLostInAbsence++;
    else this.#report("honest bond lost", `game ${game.number} [${game.first}, ${game.end}): ${game.failure}`);
  }

  /** After each hour. */
  look(agent: Agent): void {
    this.#lookAtFreeze();
    this.#lookAtFinality();
    this.#lookAtSpans();
    for (const { what, first } of agent.needs.slice(this.#needsSeen))
      this.#report("state dropped too early", `${what}: the state at ${first}; kept from ${agent.keptFrom}`);
    this.#needsSeen = agent.needs.length;
  }

  #lookAtFreeze(): void {
    const isFrozen = this.world.outputs.frozenAt !== undefined;
    if (isFrozen && !this.#wasFrozen) {
      this.freezes++;
      if (!this.world.hasFailed) this.#report("freeze without a failure", `at ${this.world.outputs.frozenAt}`);
    }
    this.#wasFrozen = isFrozen;
  }

  #lookAtFinality(): void {
    const { world } = this;
    const { outputs, now } = world;
    for (const [index, output] of this.#final) {
      const held = outputs.places.get(index % outputs.limits.places);
      // A place that is used again holds another boundary, and proves nothing about this one.
      if (held?.index !== index) this.#final.delete(index);
      else if (!outputs.isFinal(index, now) || held.output !== output) {
        this.#report("final output unmade", `boundary ${index}`);
        this.#final.delete(index);
      }
    }
    for (const { index, output, first, readyAt, epoch } of outputs.settled()) {
      const isFalse = !world.isTrue(index, output);
      if (isFalse && !this.#seenSettled.has(`${index} ${output}`)) {
        this.#seenSettled.add(`${index} ${output}`);
        this.falseSettlements++;
      }
      if (this.#final.has(index) || !outputs.isFinal(index, now)) continue;
      this.#final.set(index, output);
      if (isFalse)
        this.#report(
          "false output final",
          `boundary ${index}, settled from ${first}, ready at ${readyAt}, epoch ${epoch}`,
        );
    }
  }

  #lookAtSpans(): void {
    const { world } = this;
    const { outputs, now } = world;
    for (const [number, span] of this.#watched) {
      const { first, end, made, truth } = span;
      if (span.epoch !== outputs.epoch) {
        this.#watched.delete(number);
        continue;
      }
      if (outputs.frozenAt !== undefined) continue;
      const settled = outputs.at(end);
      if (settled?.output === truth) {
        this.#watched.delete(number);
        const settledAt = settled.readyAt - outputs.limits.finalityDelay;
        this.slowestSettlement = Math.max(this.slowestSettlement, settledAt - made);
        continue;
      }
      const failed = world.games.find((game) => game.number === number)?.failure !== undefined;
      if (failed || (world.hasFailed && outputs.at(first) === undefined)) this.#watched.delete(number);
      else if (now > made + SETTLED_WITHIN) {
        this.#watched.delete(number);
        // It, or what it builds on, waited until an earlier boundary's place could be used again, and perhaps was proposed again then.
        if (this.#crowdedUntil + outputs.limits.settleWithin > made) {
          this.spansWithoutPlace++;
          continue;
        }
        const wasAbsent = world.absences.some(([from, to]) => to > made - LONGEST && from < now);
        const why =
          outputs.at(first) === undefined ? `boundary ${first} is not settled` : `finalCount ${outputs.finalCount}`;
        if (!wasAbsent) this.#report("honest span not settled within W", `[${first}, ${end}) made ${made}: ${why}`);
      }
    }
  }

  /** When all is over: finality has come as far as it must. */
  finish(calmFor: number, period: number): void {
    const { world } = this;
    const { outputs, now, countAt, lastDisturbance } = world;
    outputs.advance(outputs.lag(now), now);

    // A span crosses no machine, so that it takes a period for each to catch up after an asking.
    const catchesUpFor = (outputs.machines.length - 1) * period;
    const isCrowded = this.#crowdedUntil > now - calmFor - outputs.limits.keepFor;
    const isQuiet = now - lastDisturbance > calmFor - 10 + catchesUpFor;
    const isCalm = outputs.frozenAt === undefined && isQuiet && !isCrowded;
    const expected = countAt[now - (LONGEST + outputs.limits.finalityDelay + period + 14 + catchesUpFor)]!;
    const isFalse = this.violations.some(({ fault }) => fault === "false output final");
    if (isCalm && !isFalse && outputs.finalCount < expected)
      this.#report(
        "finality stands still",
        `finalCount ${outputs.finalCount}, not ${expected}; last disturbance ${lastDisturbance}`,
      );
  }
}
