import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { honestMoves } from "../../challenger/strategy/moves.ts";
import { type Arena, openArena, times } from "./arena.ts";
import { compileGame } from "./compile.ts";
import { playRandomGame } from "./random.ts";
import type { Strategy } from "./stage.ts";

/** ELENCH_GAMES plays more, ELENCH_SEED others. */
const games = Number(process.env.ELENCH_GAMES ?? 1000);
const firstSeed = Number(process.env.ELENCH_SEED ?? 1);

/** A party that forgets all that it worked out: what it does follows from the chain alone. */
const forgetful: Strategy = (game, truth, now, _, own) => honestMoves(game, truth, times, now, new Map(), own);

describe("random games", () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(compileGame());
  });
  after(() => arena.chain.close());

  it(`${games} of them: the honest party wins, and contract, model and strategy agree`, async (t) => {
    let [claims, calls, most] = [0, 0, 0];
    for (let seed = firstSeed; seed < firstSeed + games; seed++) {
      const strategy = seed % 10 === 0 ? forgetful : undefined;
      const played = await playRandomGame(arena, seed, strategy);
      assert.deepEqual(played.wrongs, [], `game ${seed}: ELENCH_SEED=${seed} ELENCH_GAMES=1`);
      claims += played.claims;
      calls += played.calls;
      most = Math.max(most, played.claims);
      // Games are apart from each other; the watcher need not carry the old ones on.
      arena.forest = { ...arena.forest, games: new Map() };
    }
    t.diagnostic(`${games} games, ${claims} claims (at most ${most} in one), ${calls} calls held against the model`);
  });
});
