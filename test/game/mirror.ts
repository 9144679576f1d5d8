import type { Hex } from "@elench/bytes/hex";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Opening } from "../../challenger/strategy/dissection.ts";
import { type Claim, claimIdOf, type Proposal } from "../../challenger/strategy/identity.ts";
import { type Arena, times } from "./arena.ts";
import { Reverted } from "./chain.ts";
import { answer, type Position, propose, refute, settle } from "./model.ts";
import { haltedHash, openWitness } from "./toy.ts";

/**
 * Plays one game of the contract in the model as well, call by call, and notes where they differ on what is allowed, on what
 * stands, or on who is paid.
 */
export class Mirror {
  readonly differences: string[] = [];
  calls = 0;
  readonly #arena: Arena;
  #position: Position<Hex> = [];
  #ids: Hex[] = [];

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

  #begin(now: number): void {
    const game = [...this.#arena.forest.games.values()].at(-1)!;
    const { context, output, proposer } = game.proposal;
    this.#position = propose(haltedHash(context, output), this.#account(proposer), now);
    this.#ids = [game.id];
  }

  #compare(name: string, expected: Position<Hex> | undefined | "free", accepted: boolean): void {
    if (expected === "free") return;
    this.calls++;
    if (accepted !== (expected !== undefined)) {
      this.differences.push(`the contract ${accepted ? "takes" : "refuses"} a ${name} that the model does not`);
    }
    if (expected === undefined || !accepted) return;
    this.#position = expected;
    const game = this.#arena.game(this.#ids[0]!);
    if (game.claims.size + 1 > this.#ids.length) this.#ids.push([...game.claims.keys()].at(-1)!);
  }

  /** The model's position after a call: undefined where it refuses, "free" where it has no say. */
  #expect(from: Hex, name: string, args: unknown[]): Position<Hex> | undefined | "free" {
    const { now, toys } = this.#arena;
    const owner = this.#account(from);
    if (name === "counter") {
      const [{ context, start, level }, output, middles] = args as [Proposal, Hex, Hex[]];
      const points = [start, ...middles, haltedHash(context, output)];
      return answer(times, this.#position, { parent: 0, segment: 0, level, points }, owner, now);
    }
    if (name !== "move" && name !== "refute" && name !== "delegate") return "free";

    const [claim, { segment, from: pre, to }] = args as [Claim, Opening];
    const parent = this.#ids.indexOf(claimIdOf(claim));
    const answered = this.#position[parent];
    if (answered === undefined || answered.points[segment] !== pre || answered.points[segment + 1] !== to)
      return undefined;
    if (name === "move") {
      const [, , end, middles] = args as [Claim, Opening, Hex, Hex[]];
      const points = [pre, ...middles, end];
      return answered.level === 1 ? undefined : answer(times, this.#position, { parent, segment, points }, owner, now);
    }
    const [, , witness, output, middles] = args as [Claim, Opening, Hex, Hex, Hex[]];
    const opened = openWitness(toys, claim.machine, witness);
    if (answered.level !== 1 || opened.pre !== pre || "asked" in opened !== (name === "delegate")) return undefined;
    if (!("asked" in opened)) {
      return refute(times, this.#position, { claim: parent, segment, post: opened.post }, owner, now);
    }
    const { start, context, level } = opened.asked;
    const points = [start, ...middles, haltedHash(context, output)];
    const child = { parent, segment, level, points, post: opened.resume(output) };
    return answer(times, this.#position, child, owner, now);
  }

  /** Holds a settled game against the model's end. */
  finish(game: Game): void {
    const { stands } = settle(this.#position);
    for (const [i, id] of this.#ids.entries()) {
      const told = i === 0 ? game.status === "upheld" : game.claims.get(id)!.stands;
      if (told !== stands[i])
        this.differences.push(`claim ${i} ${told ? "stands" : "falls"}, in the model it does not`);
    }
  }

  #account(address: Hex): number {
    return this.#arena.chain.accounts.indexOf(address);
  }
}
