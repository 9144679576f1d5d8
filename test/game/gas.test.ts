import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { dueResolutions } from "@elench/challenger/strategy/resolutions";
import { honestMoves, type Move } from "../../challenger/strategy/moves.ts";
import { openArena, times } from "./arena.ts";
import { type Artifact, compileGame } from "./compile.ts";
import { firstRun, type Lie, ToyTraceProvider } from "./toy.ts";

const file = new URL("../snapshots/game-gas.json", import.meta.url);

/**
 * A dispute over 16^5 = 2^20 steps, played by a liar and an honest party, and one that goes through another machine. Whole
 * transactions. The toy machine's step costs next to nothing, so `refute` is what the game adds to a machine's step.
 */
async function measure(artifacts: Record<string, Artifact>): Promise<Record<string, number>> {
  const arena = await openArena(artifacts);
  const gas: Record<string, number> = {};
  const note = (name: string, used: bigint) => {
    gas[name] = Math.max(gas[name] ?? 0, Number(used));
  };

  const dispute = async (lie: Lie, level: number, length: number, every: number, inOne: boolean) => {
    const run = firstRun(arena.toys, { salt: 5n, otherLength: 200, otherLevel: 2, every, length }, level);
    const [truth, lies] = [new ToyTraceProvider(arena.toys), new ToyTraceProvider(arena.toys, [lie])];
    let total = 0n;
    const transact = arena.transact.bind(arena);
    arena.transact = async (from, name, args, value) => {
      const receipt = await transact(from, name, args, value);
      if (name !== "multicall") note(name, receipt.gasUsed);
      total += receipt.gasUsed;
      return receipt;
    };
    const id = await arena.propose(run, lies.outputHex(run), arena.liar(0));
    for (let moves: Move[] = [], silent = 0, turn = 0; silent < 2; turn++) {
      arena.now += 10;
      moves = await honestMoves(arena.game(id), turn % 2 === 0 ? truth : lies, times, arena.now);
      silent = moves.length === 0 ? silent + 1 : 0;
      // The liar's last word, to execute a true step, is refused.
      const tries = moves.filter((m) => m.kind !== "refute" || turn % 2 === 0);
      if (tries.length < moves.length) silent = 2;
      for (const move of tries) await arena.perform(turn % 2 === 0 ? arena.honest : arena.liar(0), move);
    }
    arena.now += 3 * times.maxClock;
    const due = dueResolutions(arena.game(id), times, arena.now);
    if (inOne) await arena.settleAll(arena.resolver, due);
    else for (const resolution of due) await arena.settle(arena.resolver, resolution);
    arena.transact = transact;
    return Number(total);
  };

  // First for the accounts' first credits, which cost more and are paid once; its figures are kept, being the dearest.
  await dispute({ machine: "second", step: 37, flip: 2 }, 2, 200, 7, false);
  gas["dispute of 2^20 steps, both sides, all transactions"] = await dispute(
    { machine: "first", step: 777_777, flip: 2 },
    5,
    1_000_000,
    0,
    true,
  );
  for (const name of ["unlock", "withdraw"]) {
    note(name, (await arena.transact(arena.honest, name, [])).gasUsed);
    arena.now += 100;
  }
  gas["bytes of the deployed contract"] = artifacts.DisputeGame!.deployedSize;
  await arena.chain.close();
  return gas;
}

describe("what the game costs", () => {
  let measured: Record<string, number>;
  before(async () => {
    measured = await measure(compileGame({ optimize: true }));
  });

  it("is what it was: UPDATE_SNAPSHOTS=1 accepts a change", () => {
    const text = `${JSON.stringify(measured, null, 2)}\n`;
    if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(file, text);
    assert.equal(text, readFileSync(file, "utf8"));
  });

  it("a move of the dissection takes under 100,000 gas", () => assert.ok(measured.move! < 100_000));
  it("a dispute of 2^20 steps takes under a million", () =>
    assert.ok(measured["dispute of 2^20 steps, both sides, all transactions"]! < 1_000_000));
  it("the contract fits EIP-170", () => assert.ok(measured["bytes of the deployed contract"]! < 24_576));
});
