import { type Game, isFull, MAX_CLOCK } from "./game.ts";
import { TRICKS, type Trick } from "./setting.ts";
import { DEEPEST_FORK, type Root, type World } from "./world.ts";

/** Sees everything, chooses the order of settlements, and has all the money that it wants. */
export class Adversary {
  readonly world: World;
  readonly #eager: Record<Trick, number>;
  readonly #rate: number;
  /** A sly adversary keeps a game back for so long. */
  readonly #slyWait: number;

  constructor(world: World) {
    const { dice, setting } = world;
    this.world = world;
    const eagerness = (trick: Trick) => {
      const share = dice.share();
      return setting.tricks === undefined ? share : setting.tricks.includes(trick) ? 1 : 0;
    };
    this.#eager = Object.fromEntries(TRICKS.map((trick) => [trick, eagerness(trick)])) as Record<Trick, number>;
    this.#rate = 0.03 + dice.share() * 0.08;
    this.#slyWait = 230 + dice.below(700);
  }

  #tries(trick: Trick, rate = this.#rate): boolean {
    return this.world.dice.chance(rate * this.#eager[trick]);
  }

  /** It likes to take back an asking. */
  get reorganises(): boolean {
    const { now, outputs } = this.world;
    return this.#tries("reorganisations", now - outputs.since <= DEEPEST_FORK ? 0.15 : 0.03);
  }

  // ── Proposals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  propose(): void {
    const { world } = this;
    const { outputs, dice } = world;
    const head = world.newestRoot.count;
    if (head <= 2) return;
    const settled = [...outputs.settled()];
    const pick = <T>(all: readonly T[]): T => all[dice.below(all.length)]!;
    // From the lowest boundary that is allowed, whose states are wanted for the shortest time else; or from anywhere.
    const start = () =>
      dice.chance(0.3) ? outputs.finalCount : dice.chance(0.6) ? pick(settled).index : dice.below(head);

    if (this.#tries("odd boundaries")) {
      const first = start();
      this.#proposeTruly(first, first + 1 + dice.below(dice.chance(0.1) ? 4096 : 12));
    }
    if (this.#tries("many spans")) {
      for (let i = 0, first = outputs.settledCount; i < 6 && first < head; i++) {
        const end = Math.min(head, first + 1 + dice.below(2));
        this.#proposeTruly(first, end);
        first = end;
      }
    }
    if (this.#tries("false outputs") || (world.isAbsent && dice.chance(0.2))) {
      const first = start();
      this.#proposeFalsely(first, first + 1 + dice.below(20));
    }
    if (world.setting.rivals && world.isAbsent && dice.chance(0.2)) {
      const { index: first } = pick(settled);
      const end = first + 1 + dice.below(20);
      this.#proposeFalsely(first, end);
      if (dice.chance(0.5)) this.#proposeTruly(first, end);
      else this.#proposeFalsely(first, end);
    }
    if (this.#tries("old starts")) {
      const first = dice.below(Math.max(1, outputs.finalCount));
      this.#proposeFalsely(first, first + 1 + dice.below(30));
    }
    if (this.#tries("false starts")) {
      const first = dice.below(head);
      const previous = world.lie();
      const end = first + 1 + dice.below(9);
      this.#propose(first, end, previous, world.lie());
      this.#propose(first, end, previous, this.#truth(end));
    }
    if (this.#tries("chains of lies")) {
      const lies = world.games.filter(
        ({ by, isPlayable, output, truth }) => by === "liar" && (!isPlayable || output !== truth),
      );
      if (lies.length > 0) {
        const { end, output } = pick(lies);
        this.#propose(end, end + 1 + dice.below(8), output, world.lie());
      }
      for (const { index, output } of settled)
        if (!world.isTrue(index, output)) this.#propose(index, index + 1 + dice.below(30), output, world.lie());
    }
    if (this.#tries("last moment before finality", 0.3)) {
      for (const { index, readyAt, first: from } of settled) {
        if (readyAt !== world.now + 1 || index === 0) continue;
        const first = dice.chance(0.5) ? from : Math.max(0, index - 1 - dice.below(6));
        this.#proposeFalsely(first, dice.chance(0.5) ? index : Math.max(first + 1, index - 1));
      }
    }
    if (this.#tries("reopening", 0.3)) {
      for (const { index, first } of settled) {
        const isBelow = first < outputs.finalCount && index > 0;
        if (isBelow && !outputs.isFinal(index, world.now) && dice.chance(0.5)) this.#proposeFalsely(first, index);
      }
    }
    if (this.#tries("made-up roots")) {
      const first = start();
      const { count } = world.newestRoot;
      this.#propose(first, first + 1 + dice.below(9), world.truth[first]!, world.lie(), {
        count,
        root: world.lie(),
        madeAt: 0,
      });
    }
    if (this.#tries("across machines")) {
      const { from } = pick(outputs.machines);
      const first = Math.max(0, from - 1 - dice.below(5));
      const end = from + 1 + dice.below(5);
      const { machine } = outputs.machineOf(first);
      if (end <= head)
        this.#propose(
          first,
          end,
          world.truth[first]!,
          world.run({ first, end, previous: world.truth[first]! }, machine),
        );
    }
    if (this.#tries("same places")) this.#aimAtPlaces(settled.map(({ index }) => index));
  }

  /** Spans that end where an earlier boundary has its place, and spans from there. */
  #aimAtPlaces(settled: readonly number[]): void {
    const { world } = this;
    const { outputs, dice } = world;
    const { places } = outputs.limits;
    const head = world.newestRoot.count;
    for (const index of settled.slice(0, 20)) {
      const end = index + places * Math.max(1, Math.floor((head - index) / places));
      if (end > head) continue;
      const first = Math.max(outputs.finalCount, end - 1 - dice.below(20));
      this.#proposeTruly(first, end);
      // As though what stands at the place were the output there.
      this.#propose(end, end + 1 + dice.below(9), outputs.at(index)?.output ?? 0, world.lie());
    }
  }

  #truth(boundary: number): number {
    const { truth, newestRoot } = this.world;
    return truth[Math.min(boundary, newestRoot.count)]!;
  }

  #proposeTruly(first: number, end: number): void {
    this.#propose(first, end, this.world.truth[first]!, this.#truth(end));
  }

  #proposeFalsely(first: number, end: number): void {
    this.#propose(first, end, this.world.truth[first]!, this.world.lie());
  }

  #propose(first: number, end: number, previous: number, output: number, root: Root = this.world.newestRoot): void {
    const { world } = this;
    const { dice } = world;
    if (first >= root.count) return;
    const game = world.propose(
      "liar",
      { first, end: Math.min(end, root.count), previous },
      output,
      root,
      world.outputs.epoch,
    );
    if (game === undefined || !this.#tries("hoarding", 0.5)) return;
    game.settleAt = world.now + MAX_CLOCK + dice.below(dice.chance(0.3) ? 1000 : 300);
  }

  // ── Games ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A false claim, mostly in the last moment at which it can be made. */
  attack(game: Game): void {
    const { world } = this;
    const { now, dice } = world;
    if (!this.#canAttack(game) || now <= game.line.at(-1)!.made) return;
    const defendsOwn = game.line.length > 1 || game.output !== game.truth;
    const eagerness = defendsOwn
      ? 0.3 + 0.69 * this.#eager["line of moves"]
      : game.by === "honest"
        ? this.#eager["slow play"]
        : this.#eager["false counters"] * 0.5;
    const isLast = now === game.deadline - 1;
    if ((isLast && dice.chance(eagerness)) || dice.chance(0.01 * eagerness)) world.attack(game);
  }

  /** Against an answer that was just made, where the next hour is too late. */
  attackAtOnce(game: Game): void {
    const { dice, now } = this.world;
    if (!this.#canAttack(game) || game.deadline > now + 1) return;
    if (dice.chance(0.3 + 0.69 * this.#eager["line of moves"])) this.world.attack(game);
  }

  #canAttack(game: Game): boolean {
    const { now } = this.world;
    return game.result === undefined && game.isPlayable && !game.pending && !isFull(game) && now < game.deadline;
  }

  /** Whether it settles the game in this hour. */
  settles(game: Game): boolean {
    const { outputs, now, setting } = this.world;
    if (game.by !== "liar" || now < game.settleAt) return false;
    if (!setting.sly || !game.isPlayable || game.result === game.truth) return true;
    const isTaken = outputs.at(game.end) !== undefined || game.end > outputs.finalCount;
    return now >= game.made + this.#slyWait && !isTaken;
  }
}
