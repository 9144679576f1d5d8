import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { openL2Stage } from "../e2e/l2-stage.ts";
import { user, watcher } from "../e2e/stage.ts";
import { killTowers } from "../e2e/tower.ts";
import type { Attack, Field, Result } from "./attack.ts";
import { stakesOf, worthOf } from "./ledger.ts";

/** Plays an attack on a chain of its own. @throws whatever goes wrong with the play itself: then nobody has won */
export async function play({ name, closedBy, play: act }: Attack): Promise<Result> {
  const start = performance.now();
  const stage = await openL2Stage();
  const field: Field = {
    ...stage,
    honest: { watcher, proposer: richAccount(3), user },
    attackers: [richAccount(9), richAccount(8), richAccount(7)],
  };
  const honest = Object.values(field.honest).map(({ address }) => address);
  const attackers = field.attackers.map(({ address }) => address);
  try {
    const before = { honest: await worthOf(field, honest), attacker: await worthOf(field, attackers) };
    const winner = await act(field);
    const after = { honest: await worthOf(field, honest), attacker: await worthOf(field, attackers) };
    const paid = (side: "honest" | "attacker") => after[side].gas - before[side].gas;
    const gained = (side: "honest" | "attacker") => after[side].owned - before[side].owned + paid(side);
    return {
      name,
      winner,
      closedBy,
      attacker: { paid: paid("attacker"), lost: -gained("attacker") },
      honest: { paid: paid("honest"), locked: await stakesOf(field, honest), won: gained("honest") },
      ms: Math.round(performance.now() - start),
    };
  } finally {
    killTowers();
    await stage.close();
  }
}
