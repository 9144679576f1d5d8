import { proposalDue } from "@elench/challenger/watch/proposing";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { createWalletClient, encodeFunctionData, type Hex, http, parseTransaction } from "viem";
import type { HDAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { batchInferenceLiar } from "../../challenger/watch/fixtures/liar.ts";
import { startElench, startLiar } from "../../demo/processes.ts";
import { agentOn } from "../e2e/agents.ts";
import { CALLING } from "../e2e/l2-stage.ts";
import { startProxy } from "../e2e/proxy.ts";
import { gameEvents, games, keyOf, OPEN, resultOf } from "../e2e/stage.ts";
import type { Attack, Field, Winner } from "./attack.ts";
import { appendBatches, passWindows, startWatch, waitFor, whoHas } from "./verbs.ts";

/** Attacks on the outputs of the L2 chain. */

const env = (field: Field, account: HDAccount) => ({ ...field.env, ELENCH_KEY: keyOf(account) });

/** An honest proposer in a process of its own. */
const startProposer = (field: Field, ...args: string[]) =>
  startElench(["propose", "--defend", "--interval", "30", ...args], env(field, field.honest.proposer));

/** A liar in a process of its own, that proposes and defends a false output. */
const startLie = (field: Field, fault: string, end: number, account = field.attackers[0]) =>
  startLiar(fault, ["propose", "--end", String(end), "--defend", "--interval", "30"], env(field, account));

const proposals = async (field: Field): Promise<number> => (await gameEvents(field, "Proposed")).length;

/** A liar proposes the output of so many batches with a fault, alone against a watchtower, and defends it. */
async function defendedLie(field: Field, fault: string, batches: number): Promise<Winner> {
  await appendBatches(field, batches);
  await startWatch(field, "--settle-all");
  const lie = startLie(field, fault, batches);
  await waitFor("the false proposal", async () => (await proposals(field)) === 1);
  const winner = await whoHas(field, batches);
  await lie.stop();
  return winner;
}

const falseStorage: Attack = {
  name: "false-storage",
  about: "a proposer posts an output in which a contract has stored another number, and defends it to the last step",
  closedBy: null,
  play: (field) => defendedLie(field, `storage:${CALLING}`, 1),
};

const falseInference: Attack = {
  name: "false-inference-in-a-batch",
  about:
    "a proposer posts an output in which the model has answered otherwise, and defends it through all three machines",
  closedBy: null,
  play: (field) => defendedLie(field, "inference:0:2", 2),
};

const falseCounter: Attack = {
  name: "false-counter",
  about: "a liar disputes a true output to hold it up, and argues to the last step",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 1);
    await startWatch(field);
    const proposer = startProposer(field);
    await waitFor("the proposal", async () => (await proposals(field)) === 1);
    const [attacker] = field.attackers;
    const liar = await agentOn(field, {
      account: attacker,
      ...batchInferenceLiar(field, 0, { instruction: 0, element: 2 }),
    });
    const winner = await whoHas(field, 1, () => liar.watchtower.round());
    await proposer.stop();
    return winner;
  },
};

const selfRefutation: Attack = {
  name: "self-refutation",
  about:
    "a liar proposes falsely and tells the truth against itself at once, so that no other may be paid; in the old rules it held the batch's one place",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 1);
    const [attacker] = field.attackers;
    const lie = startLie(field, `storage:${CALLING}`, 1);
    await waitFor("the false proposal", async () => (await proposals(field)) === 1);
    await lie.stop();
    const truthful = await agentOn(field, { account: attacker });
    await truthful.watchtower.round();
    const proposer = startProposer(field);
    await waitFor("the honest proposal beside it", async () => (await proposals(field)) === 2);
    await startWatch(field);
    const winner = await whoHas(field, 1);
    await proposer.stop();
    return winner;
  },
};

const nobodySettles: Attack = {
  name: "nobody-settles",
  about: "a liar refutes itself and goes home: the result lies there, and nobody is paid for settling it",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 1);
    const [attacker] = field.attackers;
    const lie = startLie(field, `storage:${CALLING}`, 1);
    await waitFor("the false proposal", async () => (await proposals(field)) === 1);
    await lie.stop();
    await (await agentOn(field, { account: attacker })).watchtower.round();
    // Whoever needs the output proposes on it, or proposes it again: and settles what is in the way.
    await appendBatches(field, 1, 1);
    const proposer = startProposer(field);
    const winner = await whoHas(field, 2);
    await proposer.stop();
    return winner;
  },
};

const twins: Attack = {
  name: "true-twins",
  about: "somebody proposes the same true span again and again, and settles each, to put finality off",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 1);
    const proposer = startProposer(field);
    await waitFor("the proposal", async () => (await proposals(field)) === 1);
    const twin = await agentOn(field, { account: field.attackers[0] });
    const again = async () => {
      const head = await twin.watchtower.look();
      const due = await proposalDue(twin, field.deployment.rollup, { first: 0, end: 1 }, head).catch(() => undefined);
      if (due && "intent" in due) await twin.watchtower.make(due.intent, due.call, "0x");
    };
    await again();
    const winner = await whoHas(field, 1, again);
    await proposer.stop();
    return winner;
  },
};

const oddBoundaries: Attack = {
  name: "odd-boundaries",
  about:
    "true spans with odd boundaries are proposed all over the honest ones, so that these can no longer be settled in order",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 4);
    const attacker = await agentOn(field, { account: field.attackers[0] });
    for (const [first, end] of [
      [0, 1],
      [0, 3],
      [1, 2],
      [1, 4],
    ] as const)
      for (let tries = 0; tries < 6; tries++) {
        const head = await attacker.watchtower.look();
        const due = await proposalDue(attacker, field.deployment.rollup, { first, end }, head).catch(() => undefined);
        if (due && "intent" in due) await attacker.watchtower.make(due.intent, due.call, "0x");
        await field.chain.client.mine({ blocks: 1 });
      }
    const proposer = startProposer(field);
    await startWatch(field);
    const winner = await whoHas(field, 4);
    await proposer.stop();
    return winner;
  },
};

const rivals: Attack = {
  name: "liars-beside-the-truth",
  about: "three liars propose false outputs beside the true one, each of another batch, and defend them against all",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 3);
    await startWatch(field);
    const proposer = startProposer(field);
    await waitFor("the honest proposal", async () => (await proposals(field)) === 1);
    // Liars who disagree about one transaction would multiply each other's claims, which each pays for.
    const lies = field.attackers.map((account, i) => startLie(field, `storage:${CALLING}`, i + 1, account));
    await waitFor("the lies", async () => (await proposals(field)) === 4);
    const winner = await whoHas(field, 3);
    for (const lie of lies) await lie.stop();
    // Their games end too. What else they have begun in the last second contradicts what is settled: no concern of this span.
    const begun = (await games(field)).slice(0, 4);
    const statuses = async () => (await Promise.all(begun.map((game) => resultOf(field, game)))).map((r) => r.status);
    await passWindows(field, async () => !(await statuses()).includes(OPEN));
    await proposer.stop();
    return (await statuses()).includes(OPEN) ? "lie" : winner;
  },
};

const frontRunCheckpoint: Attack = {
  name: "front-run-checkpoint",
  about: "each checkpoint of the honest proposer is preceded by the attacker's in the same block, to make it revert",
  closedBy: null,
  play: async (field) => {
    const { client, url } = field.chain;
    const [attacker] = field.attackers;
    await appendBatches(field, 1);
    await startWatch(field, "--settle-all");
    const { inbox } = field.deployment.rollup;
    const wallet = createWalletClient({ account: attacker, chain: foundry, transport: http(url) });
    const data = encodeFunctionData({ abi: inboxAbi, functionName: "checkpoint" });
    const proxy = await startProxy(url);
    proxy.overhear = async (method, params) => {
      if (method !== "eth_sendRawTransaction") return;
      const { to } = parseTransaction(params[0] as Hex);
      if (to?.toLowerCase() !== inbox.toLowerCase()) return;
      await client.setAutomine(false);
      await wallet.sendTransaction({ to: inbox, data, gas: 1_000_000n, ...FIRST });
      setTimeout(() => client.mine({ blocks: 1 }).then(() => client.setAutomine(true)), ONE_BLOCK);
    };
    const { proposer } = field.honest;
    const args = ["propose", "--defend", "--interval", "30"];
    const proposing = startElench(args, { ...env(field, proposer), ELENCH_RPC: proxy.url });
    await waitFor(
      "the proposal",
      async () => (await proposals(field)) === 1,
      () => field.chain.pass(1),
    );
    const winner = await whoHas(field, 1);
    await proposing.stop();
    await proxy.close();
    return winner;
  },
};

/** Wei per gas, which bring a transaction to the front of its block. */
const FIRST = { maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 11n } as const;

/** Milliseconds in which the honest transaction comes into the same block. */
const ONE_BLOCK = 500;

export const OUTPUT_ATTACKS: readonly Attack[] = [
  falseStorage,
  falseInference,
  falseCounter,
  selfRefutation,
  nobodySettles,
  twins,
  oddBoundaries,
  rivals,
  frontRunCheckpoint,
];
