import type { Dice } from "./dice.ts";
import { addClaim, cloneGame, type Game, LONGEST, openLine, type Party } from "./game.ts";
import { type Limits, Outputs, type Refusal, type Span } from "./outputs.ts";
import type { Rules } from "./rules.ts";
import type { Setting } from "./setting.ts";

/** Hours of 1,000 L1 blocks, rounded up. */
export const DEEPEST_FORK = 4;
/** A root is kept for so many hours at least: 8,192 checkpoints, one in each L1 block. */
const ROOT_KEPT_FOR = 27;

export type Root = { count: number; root: number; madeAt: number };

/** L1 at one time, to which a reorganisation goes back. */
type Snapshot = { outputs: Outputs<number>; games: Game[]; roots: Root[]; appended: number };

/** The batches and their execution, L1's clock and forks, the games. What is true is known here, and to the honest agent. */
export class World {
  readonly dice: Dice;
  readonly setting: Setting;
  readonly rules: Rules;
  now = 0;
  outputs: Outputs<number>;
  games: Game[] = [];
  roots: Root[] = [];
  readonly records: { value: number; appendedAt: number }[] = [];
  /** The true output at each boundary. */
  truth: number[] = [1];
  /** The inbox's root after each number of batches. */
  readonly #rootAt: number[] = [1];
  /** How many batches there were in each hour. */
  readonly countAt: number[] = [];
  /** After this hour nothing disturbs the chain but its adversaries. */
  lastDisturbance = 0;
  /** The honest side failed in a game that counts. */
  hasFailed = false;
  readonly absences: (readonly [from: number, to: number])[] = [];
  readonly #idle: readonly [from: number, to: number];
  readonly #snapshots: Snapshot[] = [];
  #nextLabel = 10;

  constructor(setting: Setting, rules: Rules, dice: Dice, calmFor: number) {
    this.setting = setting;
    this.rules = rules;
    this.dice = dice;
    this.outputs = new Outputs(1, limitsOf(setting), rules);
    this.#idle = setting.idle ? [400, 400 + 3 * LONGEST + setting.finalityDelay + 200] : [Infinity, Infinity];
    this.#planAbsences(calmFor);
  }

  #planAbsences(calmFor: number): void {
    const { absence, finalityDelay, hours } = this.setting;
    if (absence === 0) return;
    let from = 120 + this.dice.below(200);
    for (const share of [1, this.dice.share()]) {
      const length = Math.max(4, Math.round(absence * share));
      if (from + length < hours - calmFor) this.absences.push([from, from + length]);
      from += length + LONGEST + finalityDelay + this.dice.below(150);
    }
    this.lastDisturbance = Math.max(0, ...this.absences.map(([, to]) => to));
  }

  get isAbsent(): boolean {
    return this.absences.some(([from, to]) => this.now >= from && this.now < to);
  }

  get isIdle(): boolean {
    return this.now > this.#idle[0] && this.now < this.#idle[1];
  }

  /** A number that was never used before. */
  label(): number {
    return this.#nextLabel++;
  }

  lie(): number {
    return -this.label();
  }

  // ── Batches ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  appendBatches(): void {
    const { dice, records } = this;
    if (!this.isIdle && dice.chance(0.7)) {
      const from = records.length;
      const batches = 1 + dice.below(3);
      for (let i = 0; i < batches; i++) records.push({ value: this.label(), appendedAt: this.now });
      this.#execute(from);
    }
    this.countAt[this.now] = records.length;
    if (!this.isIdle || dice.chance(0.1)) this.#checkpoint();
  }

  #checkpoint(): void {
    const { roots, now } = this;
    roots.push({ count: this.records.length, root: this.#rootAt[this.records.length]!, madeAt: now });
    while (roots.length > 1 && roots[0]!.madeAt < now - ROOT_KEPT_FOR) roots.shift();
  }

  get newestRoot(): Root {
    return this.roots.at(-1)!;
  }

  /** Whether the root is that of batches of this fork. */
  isOurs({ count, root }: Pick<Root, "count" | "root">): boolean {
    return this.#rootAt[count] === root;
  }

  /** Works out the roots and the true outputs from a batch on. */
  #execute(from: number): void {
    this.truth.length = from + 1;
    this.#rootAt.length = from + 1;
    for (let i = from; i < this.records.length; i++) {
      this.#rootAt[i + 1] = mix(this.#rootAt[i]!, this.records[i]!.value);
      this.truth[i + 1] = this.#step(this.truth[i]!, i, this.outputs.machineOf(i).machine);
    }
  }

  #step(output: number, batch: number, machine: number): number {
    return mix(mix(output, this.records[batch]!.value), machine);
  }

  /** What one machine makes of a span. */
  run({ first, end, previous }: Span<number>, machine: number): number {
    let output = previous;
    for (let i = first; i < end; i++) output = this.#step(output, i, machine);
    return output;
  }

  isTrue(boundary: number, output: number): boolean {
    return this.truth[boundary] === output;
  }

  // ── Games ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @returns the game; undefined if the contract refuses the proposal */
  propose(by: Party, span: Span<number>, output: number, root: Root, epoch: number): Game | undefined {
    const { outputs, now, dice } = this;
    const isKept = this.roots.some(({ count, root: hash }) => count === root.count && hash === root.root);
    // The caller advances in the same transaction where it must.
    if (this.rules.gateIsExact) outputs.advance(outputs.lag(now), now);
    if (outputs.propose(span, root.count, isKept, epoch, now) !== undefined) return undefined;

    const { machine } = outputs.machineOf(span.first);
    const isOurs = this.isOurs(root) && span.end <= root.count;
    const isPlayable = isOurs && this.isTrue(span.first, span.previous);
    const truth = isPlayable ? this.run(span, machine) : output;
    const isFalse = isPlayable && output !== truth;
    const game: Game = {
      ...{ number: this.label(), ...span, output, count: root.count, root: root.root, machine, by },
      ...{ made: now, epoch: outputs.epoch, isPlayable, truth, lie: isFalse ? output : this.lie() },
      ...openLine(now),
      ...{ pending: isFalse, answerAt: this.answerTime(), staked: by === "honest" },
      ...{ result: undefined, settleAt: 0, settled: false, failure: undefined },
    };
    // Nobody honest plays: the liar has its way, and its time.
    if (!isPlayable && dice.chance(0.5)) game.due = now + dice.below(LONGEST);
    this.games.push(game);
    return game;
  }

  /** When the honest side's answer to something of now is included. */
  answerTime(): number {
    return this.now + 1 + this.dice.below(3);
  }

  /** A false claim at the end of the line. */
  attack(game: Game): void {
    addClaim(game, this.now);
    game.pending = true;
    game.answerAt = this.answerTime();
  }

  settle(game: Game): Refusal {
    if (game.result === undefined || game.settled) return undefined;
    const refusal = this.outputs.settle(game, game.result, this.now);
    if (refusal === undefined) game.settled = this.outputs.frozenAt === undefined;
    return refusal;
  }

  forgetOldGames(): void {
    const settleWithin = this.rules.settlesInTime ? this.outputs.limits.settleWithin : 1100;
    const isNeeded = (game: Game) =>
      game.result === undefined ||
      this.now - game.due < 10 ||
      (!game.settled && game.epoch === this.outputs.epoch && this.now <= game.made + settleWithin);
    this.games = this.games.filter(isNeeded);
  }

  /** Whatever may use a place again does so. */
  takePlaces(): void {
    const { outputs, now } = this;
    if (!this.setting.nobodyAdvances) outputs.advance(outputs.lag(now), now);
    for (const [place, boundary] of outputs.places)
      if (boundary.index < outputs.finalCount && outputs.isReusable(boundary, outputs.finalCount, now))
        outputs.places.delete(place);
  }

  // ── L1's forks ────────────────────────────────────────────────────────────────────────────────────────────────────────

  remember(): void {
    this.#snapshots[this.now] = {
      outputs: this.outputs.clone(),
      games: this.games.map(cloneGame),
      roots: this.roots.slice(),
      appended: this.records.length,
    };
    delete this.#snapshots[this.now - DEEPEST_FORK - 2];
  }

  /**
   * L1 goes back by some hours. The same batches come again, or others in their place.
   * @returns the games that are gone
   */
  reorganise(): { undone: Game[]; askingUndone: boolean } {
    const { dice, now, records } = this;
    const depth = 1 + dice.below(DEEPEST_FORK);
    const to = this.#snapshots[now - depth]!;
    const undone = this.games.filter((game) => game.made > now - depth);
    const askingUndone = to.outputs.epoch !== this.outputs.epoch;
    this.outputs = to.outputs.clone();
    this.games = to.games.map(cloneGame);
    this.roots = to.roots.slice();
    // A second reorganisation cannot restore what this one abandoned.
    for (let t = now - depth + 1; t < now; t++) this.#snapshots[t] = to;
    if (dice.chance(0.6))
      for (let i = to.appended; i < records.length; i++)
        if (dice.chance(0.5)) records[i] = { value: this.label(), appendedAt: now };
    for (let t = now - depth; t < now; t++) this.countAt[t] = Math.min(this.countAt[t]!, to.appended);
    this.#execute(0);
    this.#checkpoint();
    return { undone, askingUndone };
  }

  // ── Upgrades ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The timelock executes what was scheduled; sometimes for a batch that is in the inbox by then. */
  upgrade(): void {
    const { dice, outputs, records, now } = this;
    if (dice.chance(0.85)) {
      const from = records.length + dice.below(20) - (dice.chance(0.5) ? 16 : 0);
      outputs.addMachine(from, this.label(), records.length, now);
    } else if (outputs.replaceMachine(this.label(), now) === undefined) this.lastDisturbance = now;
    this.#execute(0);
  }
}

const limitsOf = ({ finalityDelay, places, keepFor }: Setting): Limits => ({
  finalityDelay,
  places,
  keepFor,
  longest: LONGEST,
  settleWithin: LONGEST + 72,
  longestSpan: 4096,
  askings: Number.POSITIVE_INFINITY,
  askingPeriod: 365 * 24,
  upgradeDelay: 0,
});

function mix(a: number, b: number): number {
  let x = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  x ^= x >>> 15;
  x = Math.imul(x, 0x2c1b3c6d);
  return (x ^ (x >>> 13)) >>> 0;
}
