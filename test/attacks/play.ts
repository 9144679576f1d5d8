import { registerModel } from "@elench/challenger/l1/registration";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { endChildren } from "../../demo/children.ts";
import { openL2Stage } from "../e2e/l2-stage.ts";
import { user, watcher } from "../e2e/stage.ts";
import { killTowers } from "../e2e/tower.ts";
import type { Attack, Field, Result } from "./attack.ts";
import { stakesOf, worthOf } from "./ledger.ts";

/** Plays attacks on one local chain, which goes back to its beginning before each. */
export async function openBook(): Promise<{ play(attack: Attack): Promise<Result>; close(): Promise<void> }> {
  const field = await openField();
  const { client } = field.chain;
  return {
    play: async (attack) => {
      const id = await client.snapshot();
      try {
        return await play(field, attack);
      } finally {
        killTowers();
        endChildren();
        await client.setAutomine(true);
        // What waits in the pool is from a future that is taken back: it would go before what comes, and fill blocks.
        await client.request({ method: "anvil_dropAllTransactions" } as never);
        await client.revert({ id });
      }
    },
    close: () => field.close(),
  };
}

async function openField(): Promise<Field> {
  const stage = await openL2Stage();
  const { chain, deployment, model } = stage;
  await registerModel({
    client: chain.client,
    account: user,
    chainId: deployment.chainId,
    registry: deployment.modelRegistry,
    loaded: model,
    progress: () => undefined,
  });
  return {
    ...stage,
    honest: { watcher, proposer: richAccount(3), user },
    attackers: [richAccount(9), richAccount(8), richAccount(7)],
  };
}

/** @throws whatever goes wrong with the play itself: then nobody has won */
async function play(field: Field, { name, closedBy, play: act }: Attack): Promise<Result> {
  const start = performance.now();
  const sides = {
    honest: Object.values(field.honest).map(({ address }) => address),
    attacker: field.attackers.map(({ address }) => address),
  };
  const from = await field.chain.client.getBlockNumber();
  const worth = async () => ({
    honest: await worthOf(field, sides.honest, from),
    attacker: await worthOf(field, sides.attacker, from),
  });
  const before = await worth();
  const winner = await act(field);
  const after = await worth();
  const paid = (side: keyof typeof sides) => after[side].gas - before[side].gas;
  const gained = (side: keyof typeof sides) => after[side].owned - before[side].owned + paid(side);
  return {
    name,
    winner,
    closedBy,
    attacker: { paid: paid("attacker"), lost: -gained("attacker") },
    honest: { paid: paid("honest"), locked: await stakesOf(field, sides.honest), won: gained("honest") },
    ms: Math.round(performance.now() - start),
  };
}
