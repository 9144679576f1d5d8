import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import type { Game, Node } from "@elench/challenger/strategy/tree";
import { open } from "../../challenger/strategy/dissection.ts";
import { type Arena, openArena } from "./arena.ts";
import { childPoints } from "./attackers.ts";
import { junkMiddles } from "./check.ts";
import { compileGame } from "./compile.ts";
import { theStrategy } from "./stage.ts";
import { firstRun, outputOf, ToyTraceProvider } from "./toy.ts";

/**
 * How much honest money an attacker locks in one game: with n false moves, 2 + n bonds against 4 + n under a false proposal, 1 + n against
 * 2 + n under a true one. That no tree of claims does better is searched in test/results/bonds.test.ts; here the contract and the
 * strategy play it.
 */
describe("what an attacker locks of the honest party's money", () => {
  let arena: Arena;
  let truth: ToyTraceProvider;
  before(async () => {
    arena = await openArena(compileGame());
    truth = new ToyTraceProvider(arena.toys);
  });
  after(() => arena.chain.close());

  const run = () => firstRun(arena.toys, { salt: 3n, otherLength: 0, otherLevel: 0, every: 0, length: 50_000 }, 4);

  /** Bonds of an account in a game. */
  const locked = ({ claims }: Game, account: Hex): number =>
    [...claims.values()].reduce((sum, c) => sum + (c.claimant === account ? (c.kind === "counter" ? 2 : 1) : 0), 0);

  /** The honest party answers until nothing is left to answer. */
  async function respond(id: Hex): Promise<void> {
    for (;;) {
      arena.now++;
      const moves = await theStrategy(arena.game(id), truth, arena.now, new Map(), new Set([arena.honest]));
      if (moves.length === 0) return;
      for (const move of moves) await arena.perform(arena.honest, move);
    }
  }

  /** A move that denies segment `i` of a true claim. */
  const deny = (node: Node, i: number) =>
    arena.move(arena.liar(0), node, open(node.points, i), outputOf(i), childPoints(truth, node, i).slice(0, 15));

  /** The honest party's claims that can be moved against. */
  const targets = ({ claims }: Game): Node[] =>
    [...claims.values()].filter(({ claimant, level }) => claimant === arena.honest && level > 2);

  for (const n of [0, 1, 7, 30]) {
    it(`under a false proposal with ${n} false moves: ${2 + n} bonds against ${4 + n}`, async () => {
      const id = await arena.propose(run(), outputOf(1), arena.liar(0));
      await respond(id);
      for (let i = 0; i < n; i++) {
        const [node] = targets(arena.game(id)).slice(-1);
        await deny(node!, i % 16);
        await respond(id);
      }
      const game = arena.game(id);
      assert.deepEqual([locked(game, arena.honest), 4 + locked(game, arena.liar(0))], [2 + n, 4 + n]);
    });

    it(`against a true proposal with ${n} false moves: ${1 + n} bonds against ${2 + n}`, async () => {
      const id = await arena.propose(run(), truth.outputHex(run()), arena.liar(9));
      await arena.counter(arena.liar(0), arena.game(id).proposal, outputOf(9), junkMiddles(9));
      await respond(id);
      for (let i = 0; i < n; i++) {
        const [node] = targets(arena.game(id)).slice(-1);
        await deny(node!, i % 16);
        await respond(id);
      }
      const game = arena.game(id);
      assert.deepEqual([locked(game, arena.honest), locked(game, arena.liar(0))], [1 + n, 2 + n]);
    });
  }

  it("by copies of honest claims: nothing more, whatever is denied of them costs as much", async () => {
    const id = await arena.propose(run(), outputOf(1), arena.liar(0));
    const [counter] = await theStrategy(arena.game(id), truth, arena.now, new Map(), new Set([arena.honest]));
    await arena.perform(arena.honest, counter!);
    await arena.perform(arena.liar(0), counter!);
    await respond(id);
    assert.equal(locked(arena.game(id), arena.honest), 2);
    for (const [i, node] of [...arena.game(id).claims.values()].entries()) await deny(node, i);
    await respond(id);
    const game = arena.game(id);
    assert.deepEqual([locked(game, arena.honest), 4 + locked(game, arena.liar(0))], [4, 8]);
  });
});
