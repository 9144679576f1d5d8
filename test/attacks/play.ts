import { registerModel } from "@elench/challenger/l1/registration";
import { startLocalChain } from "@elench/deploy/local-chain";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { endChildren } from "../../demo/children.ts";
import { openL2Stage } from "../e2e/l2-stage.ts";
import { user, watcher } from "../e2e/stage.ts";
import { killTowers } from "../e2e/tower.ts";
import type { Attack, Field, Result } from "./attack.ts";
import { stakesOf, worthOf } from "./ledger.ts";

/** Plays attacks, each on a chain of its own that begins where the contracts are deployed and the model is registered. */
export async function openBook(): Promise<{ play(attack: Attack): Promise<Result>; close(): Promise<void> }> {
  const { field, beginning } = await openField();
  let chain = field.chain;
  return {
    play: async (attack) => {
      try {
        return await play({ ...field, chain, env: { ...field.env, ELENCH_RPC: chain.url } }, attack);
      } finally {
        killTowers();
        endChildren();
        // A revert would not do: what the attackers' processes had sent last would still be mined in front of the next attack, for minutes.
        await chain.stop();
        chain = await startLocalChain();
        await chain.client.loadState({ state: beginning });
      }
    },
    close: async () => {
      await chain.stop();
      await field.close();
    },
  };
}

async function openField(): Promise<{ field: Field; beginning: Hex }> {
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
  const field: Field = {
    ...stage,
    honest: { watcher, proposer: richAccount(3), user },
    attackers: [richAccount(9), richAccount(8), richAccount(7)],
  };
  return { field, beginning: await stage.chain.client.dumpState() };
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
