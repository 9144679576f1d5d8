import { outputsAbi } from "@elench/contracts/abi/outputs";
import { encodeFunctionData, type Hex } from "viem";
import { guardian, passClocks, transact } from "../e2e/stage.ts";
import type { Attack, Field } from "./attack.ts";
import {
  checkpoint,
  FALSE_OUTPUT,
  type FreeSpan,
  honestProposer,
  newestRoot,
  proposeFreely,
  settleGame,
  settleSpan,
} from "./calls.ts";
import { appendBatches, startWatch, truthAt, whoHas } from "./verbs.ts";

/** Attacks in the absence of all that are honest: what was upheld falsely then, and what becomes of it. The guardian asks again once. */

/** A false proposal, of a true span, that nobody answers. */
async function upheldLie(field: Field): Promise<{ readonly game: Hex; readonly span: Required<FreeSpan> }> {
  const [attacker] = field.attackers;
  await appendBatches(field, 1);
  await checkpoint(field, attacker);
  const root = await newestRoot(field);
  const span = { first: 0n, end: 1n, previous: await truthAt(field, 0), root } as const;
  const game = await proposeFreely(field, attacker, span, FALSE_OUTPUT);
  if (!game) throw new Error("the false proposal was refused");
  return { game, span };
}

async function settleLie(field: Field, game: Hex, span: Required<FreeSpan>): Promise<void> {
  const [attacker] = field.attackers;
  await settleGame(field, attacker, game);
  if (!(await settleSpan(field, attacker, game, span))) throw new Error("the false result was refused");
}

const askAgain = (field: Field) =>
  transact(
    field,
    guardian,
    field.deployment.rollup.outputs,
    encodeFunctionData({ abi: outputsAbi, functionName: "askAgain" }),
  );

const contradiction: Attack = {
  name: "contradicted-in-an-absence",
  about:
    "a false output was upheld in an absence, and so was the true one: the false one is settled first, and its finality waited for",
  closedBy: null,
  play: async (field) => {
    const { game, span } = await upheldLie(field);
    const { proposer } = field.honest;
    const truth = (await proposeFreely(field, proposer, span, await truthAt(field, 1))) as Hex;
    await passClocks(field);
    await settleLie(field, game, span);
    await settleGame(field, proposer, truth);
    await settleSpan(field, proposer, truth, span);
    const { outputs } = field.deployment.rollup;
    const args = { address: outputs, abi: outputsAbi, functionName: "frozenAt" } as const;
    if ((await field.chain.client.readContract(args)) !== 0n) await askAgain(field);
    await startWatch(field, "--settle-all");
    return whoHas(field, 1, honestProposer(field, 1));
  },
};

const oldGame: Attack = {
  name: "game-from-before-the-asking",
  about:
    "a false output was settled in an absence; when the guardian has asked again, its game is brought a second time",
  closedBy: null,
  play: async (field) => {
    const { game, span } = await upheldLie(field);
    await passClocks(field);
    await settleLie(field, game, span);
    await askAgain(field);
    await settleSpan(field, field.attackers[0], game, span);
    await startWatch(field, "--settle-all");
    return whoHas(field, 1, honestProposer(field, 1));
  },
};

/** Seconds: longer than any game and the time for its settlement. */
const LONG = 60 * 86_400;

const hoarded: Attack = {
  name: "hoarded-result",
  about:
    "a false result of an absence is kept back for two months, and settled when nobody has the states any more to contradict it",
  closedBy: null,
  play: async (field) => {
    const { game, span } = await upheldLie(field);
    const [attacker] = field.attackers;
    await passClocks(field);
    await settleGame(field, attacker, game);
    await field.chain.pass(LONG);
    await startWatch(field, "--settle-all");
    await settleSpan(field, attacker, game, span);
    return whoHas(field, 1, honestProposer(field, 1));
  },
};

const belowFinal: Attack = {
  name: "span-below-a-final-boundary",
  about: "a span that begins below what is final is proposed falsely: nobody keeps the states that it asks for",
  closedBy: null,
  play: async (field) => {
    await appendBatches(field, 1);
    await startWatch(field, "--settle-all");
    await whoHas(field, 1, honestProposer(field, 1));
    await appendBatches(field, 1, 1);
    await checkpoint(field, field.attackers[0]);
    const span = { first: 0n, end: 2n, previous: await truthAt(field, 0) } as const;
    const isTaken = (await proposeFreely(field, field.attackers[0], span, FALSE_OUTPUT)) !== undefined;
    const winner = await whoHas(field, 2, honestProposer(field, 2, 1));
    // A watchtower of this play keeps all states; one that runs for months does not.
    return isTaken ? "lie" : winner;
  },
};

const crossing: Attack = {
  name: "proposal-crossing-an-asking",
  about:
    "a proposal on a false boundary is included after the guardian has asked again and so unsettled that: nobody can answer it",
  closedBy: null,
  play: async (field) => {
    const [attacker] = field.attackers;
    const { game, span } = await upheldLie(field);
    await passClocks(field);
    await settleLie(field, game, span);
    await appendBatches(field, 1, 1);
    await checkpoint(field, attacker);
    await askAgain(field);
    await field.chain.pass(1);
    const next = { first: 1n, end: 2n, previous: FALSE_OUTPUT };
    const isTaken = (await proposeFreely(field, attacker, next, FALSE_OUTPUT, 0n)) !== undefined;
    await startWatch(field, "--settle-all");
    const winner = await whoHas(field, 2, honestProposer(field, 2));
    // It is not settled, as its start is not; but it looks to everybody like a proposal of this epoch.
    return isTaken ? "lie" : winner;
  },
};

export const ABSENCE_ATTACKS: readonly Attack[] = [contradiction, oldGame, hoarded, belowFinal, crossing];
