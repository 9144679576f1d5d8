import { ALL_RULES, type Rules } from "./rules.ts";

/**
 * The rules of `contracts/rollup/Outputs.sol`, without money, hashes and events. Outputs are labels, compared and nothing else; the
 * unit of time is the caller's.
 */

export type Limits = {
  /** From an output's settlement to its finality. */
  finalityDelay: number;
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
};

export type Boundary<O> = {
  index: number;
  output: O;
  readyAt: number;
  /** Where the span began that it was settled from. */
  first: number;
  epoch: number;
  /** The next boundary that raised `settledCount`; 0 if there is none yet. */
  next: number;
};

export type Span<O> = { first: number; end: number; previous: O };
export type MachineEntry = { from: number; machine: number };

/** What a game is about, as the contract remembers it or is shown it. */
export type Opened<O> = Span<O> & { made: number; epoch: number; machine: number };

/** The name of the error with which a call is refused; undefined if it is accepted. */
export type Refusal = string | undefined;

export class Outputs<O> {
  readonly limits: Limits;
  readonly rules: Rules;
  readonly places = new Map<number, Boundary<O>>();
  readonly epochEnds: number[] = [];
  readonly askedAt: number[] = [];
  machines: MachineEntry[] = [{ from: 0, machine: 0 }];
  finalCount = 0;
  settledCount = 0;
  epoch = 0;
  frozenAt: number | undefined;

  constructor(genesis: O, limits: Limits, rules: Rules = ALL_RULES) {
    this.limits = limits;
    this.rules = rules;
    this.places.set(0, { index: 0, output: genesis, readyAt: 0, first: 0, epoch: 0, next: 0 });
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
    copy.frozenAt = this.frozenAt;
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

  /** Where `finalCount` comes to in at most `steps` entries of the list. */
  #walked(steps: number, now: number): number {
    let count = this.finalCount;
    for (let left = steps; left > 0; left--) {
      const next = this.at(count)?.next ?? 0;
      if (next === 0 || !this.isFinal(next, now)) break;
      count = next;
    }
    return count;
  }

  advance(steps: number, now: number): void {
    this.finalCount = this.#walked(steps, now);
  }

  /** Final boundaries that the list has not been walked to. */
  lag(now: number): number {
    let entries = 0;
    for (let at = this.finalCount; ; entries++) {
      const next = this.at(at)?.next ?? 0;
      if (next === 0 || !this.isFinal(next, now)) return entries;
      at = next;
    }
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
    if (end <= first || end - first > this.limits.longestSpan || end > count) return "BadSpan";
    if (rules.spanCrossesNoMachine && end > this.machineOf(first).until) return "BadSpan";
    if (rules.rootIsKept && !kept) return "RootNotKept";
    const finalCount = this.#walked(2, now);
    const next = this.at(finalCount)?.next ?? 0;
    if (rules.gateIsExact && next !== 0 && this.isFinal(next, now)) return "AdvanceFirst";
    if (rules.proposalAboveFinal && first < finalCount && !this.#reopens(span, now)) return "BelowFinal";
    if (rules.proposalBuildsOnSettled && first <= finalCount && this.at(first)?.output !== previous)
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

  settle(game: Opened<O>, result: O, now: number): Refusal {
    const { rules } = this;
    if (this.frozenAt !== undefined && rules.refusedWhileFrozen) return "IsFrozen";
    if (rules.settlesOwnEpoch && game.epoch !== this.epoch) return "TooOld";
    if (rules.settlesInTime && now > game.made + this.limits.settleWithin) return "TooOld";
    if (game.machine !== this.machineOf(game.first).machine) return "NotAbout";
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
    if (rules.placeIsKept && !this.#placeIsFree(game.end, finalCount, now)) return "PlaceTaken";
    this.finalCount = finalCount;
    this.places.set(game.end % this.limits.places, {
      index: game.end,
      output: result,
      readyAt: now + this.limits.finalityDelay,
      first: game.first,
      epoch: this.epoch,
      next: 0,
    });
    if (game.end > this.settledCount) {
      const highest = this.at(this.settledCount);
      if (highest !== undefined) highest.next = game.end;
      this.settledCount = game.end;
    }
    return undefined;
  }

  #placeIsFree(index: number, finalCount: number, now: number): boolean {
    const held = this.places.get(index % this.limits.places);
    return held === undefined || !this.#counts(held) || this.isReusable(held, finalCount, now);
  }

  /** Whether a boundary's place may be given to another one. */
  isReusable(boundary: Boundary<O>, finalCount: number, now: number): boolean {
    const { keepFor } = this.limits;
    if (!this.rules.placeOutlivesHigher) return boundary.index < finalCount && boundary.readyAt + keepFor <= now;
    for (const higher of this.settled()) {
      const isFinalLongAgo = higher.readyAt + keepFor <= this.#finalBy(now);
      if (higher.index > boundary.index && higher.index <= finalCount && isFinalLongAgo) return true;
    }
    return false;
  }

  /** The guardian's one power over results. */
  askAgain(now: number): Refusal {
    const { askings, askingPeriod } = this.limits;
    if (this.frozenAt === undefined) {
      if (this.askedAt.filter((at) => at > now - askingPeriod).length >= askings) return "AskedTooOften";
      this.askedAt.push(now);
    }
    return this.#beginEpoch(now);
  }

  #beginEpoch(now: number): Refusal {
    const { rules } = this;
    const end = rules.epochEndsAtFreeze ? (this.frozenAt ?? now) : now;
    if (rules.askingWalksList) {
      const finalCount = this.#walked(2, now);
      const next = this.at(finalCount)?.next ?? 0;
      if (next !== 0 && this.isFinal(next, now)) return "AdvanceFirst";
      this.finalCount = finalCount;
    }
    this.frozenAt = undefined;
    this.epochEnds[this.epoch] = end;
    const last = this.at(this.finalCount);
    if (rules.askingCutsList && last !== undefined) last.next = 0;
    this.settledCount = this.finalCount;
    this.epoch++;
    return undefined;
  }

  /** @param appended how many batches the inbox has */
  addMachine(from: number, machine: number, appended: number): Refusal {
    if (this.rules.machineBeyondInbox && from <= appended) return "BadSpan";
    if (from <= this.machines.at(-1)!.from) return "BadSpan";
    this.machines.push({ from, machine });
    return undefined;
  }

  /** The last entry's machine is replaced for the batches that are not final, and all of them are asked again. */
  replaceMachine(machine: number, now: number): Refusal {
    const refusal = this.#beginEpoch(now);
    if (refusal !== undefined) return refusal;
    const last = this.machines.at(-1)!;
    if (last.from >= this.finalCount) last.machine = machine;
    else this.machines.push({ from: this.finalCount, machine });
    return undefined;
  }
}
