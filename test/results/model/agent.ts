import { addClaim, type Game, isFull } from "./game.ts";
import type { Boundary, Span } from "./outputs.ts";
import { DEEPEST_FORK, type Root, type World } from "./world.ts";

/** A proposal on its way into an L1 block. */
type InFlight = { span: Span<number>; output: number; root: Root; epoch: number; lands: number; mends: boolean };

/** What the honest side needs to play, and has dropped. */
export type Need = { what: string; first: number };

/** The honest agent: it proposes, answers, settles, and keeps the states that it may still need. */
export class Agent {
  readonly world: World;
  /** It has the states of all boundaries from this one on. */
  keptFrom = 0;
  readonly needs: Need[] = [];
  /** Hours of the oldest batch of which it needed the state. */
  oldestNeed = 0;
  readonly #period: number;
  /** It builds on strangers' true proposals too. */
  readonly #buildsOnStrangers: boolean;
  /** It names the oldest root that will do, not the newest. */
  readonly #namesOldRoots: boolean;
  #inFlight: InFlight[] = [];
  readonly #lows: number[] = [];
  /** Where its last own proposal ended. */
  #tip = 0;

  constructor(world: World, period: number) {
    this.world = world;
    this.#period = period;
    this.#buildsOnStrangers = world.dice.chance(0.5);
    this.#namesOldRoots = world.dice.chance(0.5);
  }

  get hasInFlight(): boolean {
    return this.#inFlight.length > 0;
  }

  /** @returns the games that its proposals opened in this hour */
  land(): Game[] {
    const { world } = this;
    const landing = this.#inFlight.filter(({ lands }) => world.now >= lands);
    this.#inFlight = this.#inFlight.filter(({ lands }) => world.now < lands);
    return landing
      .map(({ span, output, root, epoch }) => world.propose("honest", span, output, root, epoch))
      .filter((game) => game !== undefined);
  }

  // ── Games ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether it answered the liar's claim in this hour. */
  answer(game: Game): boolean {
    const { world } = this;
    const { now, rules } = world;
    if (!game.pending || world.isAbsent || now < game.answerAt || now >= game.deadline) return false;
    const isWorthIt = game.epoch === world.outputs.epoch || game.staked;
    const isStrangersTruth = game.output === game.truth && !game.staked;
    if (!isWorthIt || (isStrangersTruth && !rules.playsStrangers)) return false;
    this.#notice(game.first);
    if (game.first < this.keptFrom) {
      if (game.failure === undefined) this.needs.push({ what: `to answer in game ${game.number}`, first: game.first });
      game.failure = "states dropped";
      return false;
    }
    game.staked = true;
    game.pending = false;
    // The last of a line is refuted, by executing its step.
    if (!isFull(game)) addClaim(game, now);
    return true;
  }

  #notice(first: number): void {
    const { records, now } = this.world;
    this.oldestNeed = Math.max(this.oldestNeed, first === 0 ? now : now - records[first - 1]!.appendedAt);
  }

  /** The games that it settles itself. */
  settles(game: Game): boolean {
    if (game.by === "honest") return true;
    return this.#buildsOnStrangers && game.result === game.truth && game.isPlayable && game.output === game.truth;
  }

  // ── Proposals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  propose(): void {
    const { world } = this;
    const { outputs, now, rules } = world;
    if (world.isAbsent || outputs.frozenAt !== undefined) return;
    if (now % this.#period === 0 && !this.#inFlight.some(({ mends }) => !mends)) {
      const first = rules.baseFromChain ? this.#base() : Math.max(this.#tip, outputs.finalCount);
      let end = Math.min(world.newestRoot.count, first + outputs.limits.longestSpan, outputs.machineOf(first).until);
      while (end > first && !outputs.isPlaceFree(end, now)) end--;
      this.#send(first, end, false);
    }
    if (!rules.mendsFalseBoundary) return;
    for (const boundary of outputs.settled())
      if (this.#mustMend(boundary)) this.#send(boundary.first, boundary.index, true);
  }

  /** The highest boundary that is settled truly, or will be: by spans that count, all the way from a settled one. */
  #base(): number {
    const { world } = this;
    const { outputs } = world;
    const reached = new Set<number>();
    for (const { index, output } of outputs.settled()) if (world.isTrue(index, output)) reached.add(index);
    const spans = world.games.filter((game) => this.#willSettle(game)).sort((a, b) => a.first - b.first);
    for (const { first, end } of spans) if (reached.has(first) || !world.rules.buildsOnWhatCounts) reached.add(end);
    return Math.max(outputs.finalCount, ...reached);
  }

  #willSettle(game: Game): boolean {
    const { outputs, now, rules } = this.world;
    const isOurs = game.by === "honest" || (this.#buildsOnStrangers && game.output === game.truth);
    const isTrue = game.isPlayable && (game.result === undefined || game.result === game.truth);
    const inTime = now <= game.made + outputs.limits.settleWithin || !rules.settlesInTime;
    const counts = game.epoch === outputs.epoch || !rules.buildsOnWhatCounts;
    return isOurs && isTrue && counts && inTime && game.failure === undefined;
  }

  /** A boundary is settled falsely, not final, from a true one: it is proposed truly at once. */
  #mustMend({ index, output, first }: Boundary<number>): boolean {
    const { world } = this;
    const { outputs, now } = world;
    const from = outputs.at(first);
    if (world.isTrue(index, output) || outputs.isFinal(index, now)) return false;
    if (from === undefined || !world.isTrue(first, from.output)) return false;
    const isOpen = (game: Game) =>
      game.by === "honest" &&
      game.epoch === outputs.epoch &&
      game.first === first &&
      game.end === index &&
      now <= game.made + outputs.limits.settleWithin;
    return !this.#inFlight.some(({ span }) => span.end === index) && !world.games.some(isOpen);
  }

  #send(first: number, end: number, mends: boolean): void {
    const { world } = this;
    const { truth, outputs } = world;
    if (end <= first) return;
    const root = this.#namesOldRoots ? world.roots.find(({ count }) => count >= end) : world.newestRoot;
    if (root === undefined || !world.isOurs(root)) return;
    if (first < this.keptFrom) {
      this.needs.push({ what: `to propose [${first}, ${end})`, first });
      return;
    }
    this.#tip = end;
    const span = { first, end, previous: truth[first]! };
    this.#inFlight.push({ span, output: truth[end]!, root, epoch: outputs.epoch, lands: world.answerTime(), mends });
  }

  // ── States ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Drops the states that nothing can ask for any more, whatever L1 takes back. */
  drop(): void {
    const { rules } = this.world;
    this.#lows.push(this.#lowest());
    if (this.#lows.length > DEEPEST_FORK + 1) this.#lows.shift();
    const low = rules.keepsForReorganisation ? Math.min(...this.#lows) : this.#lows.at(-1)!;
    this.keptFrom = Math.max(this.keptFrom, low);
  }

  /** The lowest boundary whose state L1, as it is now, can ask for. */
  #lowest(): number {
    const { outputs, games, rules, now } = this.world;
    let low = outputs.finalCount;
    for (const game of games) {
      const counts = game.epoch === outputs.epoch;
      const isOpen = game.result === undefined && (counts || game.staked);
      const isUnsettled = game.result !== undefined && !game.settled && counts;
      const inTime = now <= game.made + outputs.limits.settleWithin || !rules.settlesInTime;
      if (isOpen || (isUnsettled && inTime && rules.keepsConcluded)) low = Math.min(low, game.first);
    }
    if (rules.keepsReopenable)
      for (const boundary of outputs.settled())
        if (!outputs.isFinal(boundary.index, now)) low = Math.min(low, boundary.first);
    return low;
  }
}
