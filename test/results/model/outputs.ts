import { ALL_RULES, type Rules } from "./rules.ts";

/**
 * The rules of `contracts/rollup/Outputs.sol`, without money, hashes and events. Outputs are labels, compared and nothing else; the
 * unit of time is the caller's.
 */

export type Limits = {
  /** From an output's settlement to its finality. */
  finalityDelay: number;
  /** W: the longest that a game lasts. */
  longest: number;
  /** From a game's proposal to the last moment at which its result can be settled: W + 3 days. */
  settleWithin: number;
  /** For how long a higher boundary must have been final before a boundary's place is used again. */
  keepFor: number;
  /** Boundary b has the place b mod `places`. */
  places: number;
  longestSpan: number;
  /** Askings in `askingPeriod` that no freeze calls for. */
  askings: number;
  askingPeriod: number;
  /** From an upgrade's announcement to its execution. */
  upgradeDelay: number;
};

export type Boundary<O> = {
  index: number;
  output: O;
  readyAt: number;
  /** Where the span began that it was settled from. */
  first: number;
  epoch: number;
  /**
   * Of a boundary that raised `settledCount`: the next one that did, or 0 if there is none yet. These are the list. Of another
   * boundary: the `settledCount` that it was settled under.
   */
  higher: number;
  /** When that is final, at the latest. */
  higherReadyAt: number;
};

export type Span<O> = { first: number; end: number; previous: O };
export type MachineEntry = { from: number; machine: number };

/** What a game is about, as whoever settles it shows it. */
export type Opened<O> = Span<O> & { made: number };

/** The name of the error with which a call is refused; undefined if it is accepted. */
export type Refusal = string | undefined;

export class Outputs<O> {
  readonly limits: Limits;
  readonly rules: Rules;
  readonly places = new Map<number, Boundary<O>>();
  readonly epochEnds: number[] = [];
  /** When the guardian asked outside a freeze. */
  readonly askedAt: number[] = [];
  machines: MachineEntry[] = [{ from: 0, machine: 0 }];
  finalCount = 0;
  settledCount = 0;
  epoch = 0;
  /** When the epoch began. */
  since = Number.NEGATIVE_INFINITY;
  frozenAt: number | undefined;
  /** When a machine was last replaced outside a freeze. */
  replacedAt = Number.NEGATIVE_INFINITY;
  /** Nothing is settled since the guardian asked, or a machine was replaced, outside a freeze. */
  #isAsked = false;
  /** When the first boundary that was settled after that is final. */
  #resumesAt = 0;

  constructor(genesis: O, limits: Limits, rules: Rules = ALL_RULES) {
    this.limits = limits;
    this.rules = rules;
    this.places.set(0, { index: 0, output: genesis, readyAt: 0, first: 0, epoch: 0, higher: 0, higherReadyAt: 0 });
  }

  clone(): Outputs<O> {
    const copy = new Outputs<O>(this.places.values().next().value!.output, this.limits, this.rules);
    copy.places.clear();
    for (const [place, boundary] of this.places) copy.places.set(place, { ...boundary });
    copy.epochEnds.push(...this.epochEnds);
    copy.askedAt.push(...this.askedAt);
    copy.machines = this.machines.map((entry) => ({ ...entry }));
    copy.finalCount = this.finalCount;
    copy.settledCount = this.settledCount;
    copy.epoch = this.epoch;
    copy.since = this.since;
    copy.frozenAt = this.frozenAt;
    copy.replacedAt = this.replacedAt;
    copy.#isAsked = this.#isAsked;
    copy.#resumesAt = this.#resumesAt;
    return copy;
  }

  // ── What is settled, what is final ────────────────────────────────────────────────────────────────────────────────────

  #counts(boundary: Boundary<O>): boolean {
    if (!this.rules.askingUnsettles) return true;
    return boundary.epoch === this.epoch || boundary.readyAt <= this.epochEnds[boundary.epoch]!;
  }

  at(index: number): Boundary<O> | undefined {
    const held = this.places.get(index % this.limits.places);
    if (held === undefined || (held.index !== index && this.rules.placeNamesBoundary)) return undefined;
    return this.#counts(held) ? held : undefined;
  }

  /** All boundaries that are settled. */
  *settled(): Generator<Boundary<O>> {
    for (const boundary of this.places.values()) if (this.#counts(boundary)) yield boundary;
  }

  isFinal(index: number, now: number): boolean {
    const boundary = this.at(index);
    return boundary !== undefined && boundary.readyAt <= this.#finalBy(now);
  }

  #finalBy(now: number): number {
    return this.frozenAt !== undefined && this.rules.freezeStopsFinality ? this.frozenAt : now;
  }

  /** The list's entry after a boundary of it; undefined at its end. */
  #next(index: number): Boundary<O> | undefined {
    const higher = this.at(index)?.higher ?? 0;
    return higher === 0 ? undefined : this.at(higher);
  }

  /** Where `finalCount` comes to in at most `steps` entries of the list. */
  #walked(steps: number, now: number): number {
    let count = this.finalCount;
    for (let left = steps; left > 0; left--) {
      const next = this.#next(count);
      if (next === undefined || next.readyAt > this.#finalBy(now)) break;
      count = next.index;
    }
    return count;
  }

  advance(steps: number, now: number): void {
    this.finalCount = this.#walked(steps, now);
  }

  /** Final boundaries that the list has not been walked to. */
  lag(now: number): number {
    let entries = 0;
    for (let next = this.#next(this.finalCount); next !== undefined; next = this.#next(next.index)) {
      if (next.readyAt > this.#finalBy(now)) break;
      entries++;
    }
    return entries;
  }

  machineOf(first: number): { machine: number; until: number } {
    const i = this.machines.findLastIndex(({ from }) => from <= first);
    return { machine: this.machines[i]!.machine, until: this.machines[i + 1]?.from ?? Number.POSITIVE_INFINITY };
  }

  // ── Calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * @param count how many batches the root has that the caller names
   * @param kept whether the inbox keeps it since an earlier block
   * @param epoch that the caller names
   */
  propose(span: Span<O>, count: number, kept: boolean, epoch: number, now: number): Refusal {
    const { rules } = this;
    const { first, end, previous } = span;
    if (this.frozenAt !== undefined && rules.refusedWhileFrozen) return "IsFrozen";
    if (rules.proposalNamesEpoch && epoch !== this.epoch) return "WrongEpoch";
    if (rules.epochBeginsLater && now === this.since) return "EpochBegins";
    const finalCount = this.#walked(2, now);
    const next = this.at(finalCount) && this.#next(finalCount);
    if (rules.gateIsExact && next !== undefined && next.readyAt <= now) return "AdvanceFirst";
    if (rules.rootIsKept && !kept) return "RootNotKept";
    if (end <= first || end - first > this.limits.longestSpan || end > count) return "BadSpan";
    if (rules.spanCrossesNoMachine && end > this.machineOf(first).until) return "BadSpan";
    if (rules.proposalAboveFinal && first < finalCount && !this.#reopens(span, now)) return "BelowFinal";
    if (rules.proposalBuildsOnFinal && first <= finalCount && this.at(first)?.output !== previous)
      return "WrongPrevious";
    this.finalCount = finalCount;
    return undefined;
  }

  /** A boundary that is not final is proposed again from where it was settled. */
  #reopens({ first, end }: Span<O>, now: number): boolean {
    if (!this.rules.reopening) return false;
    const settled = this.at(end);
    return settled !== undefined && settled.first === first && settled.readyAt > this.#finalBy(now);
  }

  /** @param result undefined while the game is not concluded */
  settle(game: Opened<O>, result: O | undefined, now: number): Refusal {
    const { rules } = this;
    if (this.frozenAt !== undefined && rules.refusedWhileFrozen) return "IsFrozen";
    if (rules.settlesOwnEpoch && game.made <= this.since) return "TooOld";
    if (rules.settlesInTime && now > game.made + this.limits.settleWithin) return "TooOld";
    if (result === undefined) return "NoSuchGame";
    if (rules.settlesOnSettled && this.at(game.first)?.output !== game.previous) return "NotSettled";
    if (!rules.settlesBelowHighest && game.end < this.settledCount) return "NotSettled";

    const finalCount = this.#walked(2, now);
    const known = this.at(game.end);
    if (known !== undefined) {
      this.finalCount = finalCount;
      if (known.output === result) {
        if (!rules.agreementChangesNothing) known.readyAt = now + this.limits.finalityDelay;
        return undefined;
      }
      if (rules.finalStays && known.readyAt <= this.#finalBy(now)) return undefined;
      if (rules.disagreementFreezes) this.frozenAt = now;
      return undefined;
    }
    if (rules.placeIsKept && !this.isPlaceFree(game.end, now, finalCount)) return "PlaceTaken";
    this.finalCount = finalCount;
    const readyAt = now + this.limits.finalityDelay;
    const boundary = { index: game.end, output: result, readyAt, first: game.first, epoch: this.epoch };
    const place = game.end % this.limits.places;
    if (game.end > this.settledCount) {
      const highest = this.at(this.settledCount);
      if (highest !== undefined) [highest.higher, highest.higherReadyAt] = [game.end, readyAt];
      this.places.set(place, { ...boundary, higher: 0, higherReadyAt: 0 });
      this.settledCount = game.end;
    } else this.places.set(place, { ...boundary, higher: this.settledCount, higherReadyAt: readyAt });
    if (this.#isAsked) [this.#isAsked, this.#resumesAt] = [false, readyAt];
    return undefined;
  }

  isPlaceFree(index: number, now: number, finalCount = this.finalCount): boolean {
    const held = this.places.get(index % this.limits.places);
    if (held === undefined || !this.#counts(held)) return true;
    return index > held.index && this.isReusable(held, finalCount, now);
  }

  /** Whether a boundary's place may be given to another one: a higher one has been final for long. */
  isReusable({ index, readyAt, higher, higherReadyAt }: Boundary<O>, finalCount: number, now: number): boolean {
    const { keepFor } = this.limits;
    if (!this.rules.placeOutlivesHigher) return index < finalCount && readyAt + keepFor <= now;
    return higher !== 0 && higher <= finalCount && higherReadyAt + keepFor <= now;
  }

  /** The guardian's one power over results. */
  askAgain(now: number): Refusal {
    const { askings, askingPeriod } = this.limits;
    if (this.frozenAt === undefined) {
      if (this.askedAt.filter((at) => at > now - askingPeriod).length >= askings) return "AskedTooOften";
      this.askedAt.push(now);
      this.#isAsked = true;
    }
    this.#beginEpoch(now);
    return undefined;
  }

  #beginEpoch(now: number): void {
    const { rules } = this;
    this.epochEnds[this.epoch] = rules.epochEndsAtFreeze ? this.#finalBy(now) : now;
    if (rules.askingWalksList) this.finalCount = this.#walked(Number.POSITIVE_INFINITY, now);
    this.frozenAt = undefined;
    // The list is cut: what it led to does not count, and the next settlement above `settledCount` leads on from here.
    this.settledCount = this.finalCount;
    this.epoch++;
    this.since = now;
  }

  // ── Machines ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @param appended how many batches the inbox has */
  addMachine(from: number, machine: number, appended: number, now: number): Refusal {
    if (this.#isTooSoonToUpgrade(now)) return "UpgradeDelayed";
    const isOpen = this.rules.machineBeyondInbox && from < appended;
    if (isOpen || from <= this.machines.at(-1)!.from) return "BadFirstBatch";
    this.machines.push({ from, machine });
    return undefined;
  }

  /** All batches from `finalCount` on are executed by `machine`, and asked again. */
  replaceMachine(machine: number, now: number): Refusal {
    if (this.#isTooSoonToUpgrade(now)) return "UpgradeDelayed";
    const isMending = this.frozenAt !== undefined;
    if (this.rules.replacementAsksAgain) this.#beginEpoch(now);
    if (!isMending) [this.replacedAt, this.#isAsked] = [now, true];
    this.machines = [...this.machines.filter(({ from }) => from < this.finalCount), { from: this.finalCount, machine }];
    return undefined;
  }

  /** After the guardian asked again, or a machine was replaced, machines change only when finality has gone on for as long as an upgrade is announced. */
  #isTooSoonToUpgrade(now: number): boolean {
    const asked = Math.max(this.askedAt.at(-1) ?? Number.NEGATIVE_INFINITY, this.replacedAt);
    if (asked === Number.NEGATIVE_INFINITY || this.frozenAt !== undefined) return false;
    const { longest, finalityDelay, upgradeDelay } = this.limits;
    const latest = asked + 2 * (longest + finalityDelay);
    const from = this.#isAsked ? latest : Math.min(latest, this.#resumesAt);
    return now < from + upgradeDelay;
  }
}
