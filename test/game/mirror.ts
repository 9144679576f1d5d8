import type { Hex } from "@elench/bytes/hex";
import {
  type ClaimWords,
  type Entry,
  gameIdOf,
  type ProposalWords,
  packClaim,
  unpackClaim,
  unpackProposal,
} from "@elench/challenger/strategy/record";
import { standingOf } from "@elench/challenger/strategy/standing";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Opening } from "../../challenger/strategy/dissection.ts";
import { type Arena, times } from "./arena.ts";
import { Reverted } from "./chain.ts";
import { answer, due, type Position, propose, refute, settle } from "./model.ts";
import { haltedHash, openWitness } from "./toy.ts";

/**
 * Plays one game of the contract in the model as well, call by call, and notes where they differ on what is allowed, on what
 * stands, on who is paid, and on when the game is due.
 */
export class Mirror {
  readonly differences: string[] = [];
  calls = 0;
  readonly #arena: Arena;
  #game: Hex = "0x";
  #position: Position<Hex> = [];
  /** The model's index of each claim by its number, which refutations count in as well. */
  #indices = new Map<number, number>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Starts to watch the calls of the arena. Call the result to stop. */
  watch(): () => void {
    const { transact } = this.#arena;
    this.#arena.transact = async (from, name, args, value) => {
      const expected = this.#expect(from, name, args);
      const { now } = this.#arena;
      try {
        const receipt = await transact.call(this.#arena, from, name, args, value);
        if (name === "propose") this.#begin(now);
        this.#compare(name, expected, true);
        return receipt;
      } catch (error) {
        if (error instanceof Reverted) this.#compare(name, expected, false);
        throw error;
      }
    };
    return () => {
      this.#arena.transact = transact;
    };
  }

  /** The position now. Call the result to go back to it. */
  save(): () => void {
    const [position, indices] = [this.#position, new Map(this.#indices)];
    return () => {
      this.#position = position;
      this.#indices = indices;
    };
  }

  #begin(now: number): void {
    const game = [...this.#arena.forest.games.values()].at(-1)!;
    const { context, output, proposer } = game.proposal;
    this.#position = propose(haltedHash(context, output), this.#account(proposer), now);
    this.#game = game.id;
    this.#indices = new Map([[0, 0]]);
  }

  #compare(name: string, expected: Position<Hex> | undefined | "free", accepted: boolean): void {
    if (expected === "free") return;
    this.calls++;
    if (accepted !== (expected !== undefined)) {
      this.differences.push(`the contract ${accepted ? "takes" : "refuses"} a ${name} that the model does not`);
    }
    if (expected === undefined || !accepted) return;
    if (expected.length > this.#position.length)
      this.#indices.set(this.#arena.game(this.#game).entries, this.#position.length);
    this.#position = expected;
  }

  /** The model's position after a call: undefined where it refuses, "free" where it has no say. */
  #expect(from: Hex, name: string, args: unknown[]): Position<Hex> | undefined | "free" {
    const { now, toys } = this.#arena;
    const owner = this.#account(from);
    if (name === "counter") {
      const [words, output, middles] = args as [ProposalWords, Hex, Hex[]];
      const { context, start, level } = unpackProposal(words);
      if (gameIdOf(unpackProposal(words)) !== this.#game) return undefined;
      const points = [start, ...middles, haltedHash(context, output)];
      return answer(times, this.#position, { parent: 0, segment: 0, level, points }, owner, now);
    }
    const [kind, isWhole] = [name.replace("Whole", ""), name.endsWith("Whole")];
    if (kind !== "move" && kind !== "refute" && kind !== "delegate") return "free";

    const [words, opening, ...rest] = (isWhole ? args.toSpliced(1, 1) : args) as [ClaimWords, Opening, ...unknown[]];
    const record = unpackClaim(words)!;
    if (!this.#knows(record, words.commitment, isWhole ? (args[1] as Hex) : undefined)) return undefined;
    const { segment, from: pre, to } = opening;
    const parent = this.#indices.get(record.number) ?? -1;
    const answered = this.#position[parent];
    if (answered === undefined || answered.points[segment] !== pre || answered.points[segment + 1] !== to)
      return undefined;
    if (kind === "move") {
      const [end, middles] = rest as [Hex, Hex[]];
      const points = [pre, ...middles, end];
      return answered.level === 1 ? undefined : answer(times, this.#position, { parent, segment, points }, owner, now);
    }
    const [witness, output, middles] = rest as [Hex, Hex, Hex[]];
    const opened = openWitness(toys, record.machine, witness);
    if (answered.level !== 1 || opened.pre !== pre || "asked" in opened !== (kind === "delegate")) return undefined;
    if (!("asked" in opened)) {
      return refute(times, this.#position, { claim: parent, segment, post: opened.post }, owner, now);
    }
    const { start, context, level } = opened.asked;
    const points = [start, ...middles, haltedHash(context, output)];
    const child = { parent, segment, level, points, post: opened.resume(output) };
    return answer(times, this.#position, child, owner, now);
  }

  /** Whether this is a claim of the game, as it was made. */
  #knows(record: Entry, root: Hex, output: Hex | undefined): boolean {
    const claim = this.#arena.game(this.#game).claims.get(record.number);
    if (claim === undefined || claim.root !== root || claim.output !== output) return false;
    const [known, told] = [packClaim(claim), packClaim(record)];
    return known.terms === told.terms && known.origin === told.origin;
  }

  /** Holds a game that is due against the model: before it is settled, since the contract keeps the time only until then. */
  async due(game: Game): Promise<void> {
    const { time } = await this.#arena.regionAt(game);
    if (Number(time) !== due(times, this.#position))
      this.differences.push(`the contract settles at ${time}, the model at ${due(times, this.#position)}`);
  }

  /** Holds a settled game against the model's end. */
  finish(game: Game): void {
    const { stands, winner } = settle(this.#position);
    if ((game.status === "upheld") !== stands[0]) this.differences.push(`the game is ${game.status}, in the model not`);
    const standing = standingOf(game);
    for (const [number, i] of this.#indices) {
      const told = standing.winner(number);
      const payee = told && this.#account(told.by);
      if (told?.segment !== winner[i]?.segment || payee !== winner[i]?.by)
        this.differences.push(
          `claim ${number} pays ${payee ?? "its owner"}, in the model ${winner[i]?.by ?? "its owner"}`,
        );
    }
  }

  #account(address: Hex): number {
    return this.#arena.chain.accounts.indexOf(address);
  }
}
