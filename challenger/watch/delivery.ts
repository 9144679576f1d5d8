import { toHex } from "@elench/bytes/hex";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { Hex } from "viem";
import type { Request } from "../l1/events.ts";
import { collectIntent, deliverIntent, settleAnswerIntent } from "../l1/oracle-calls.ts";
import { concludedProposal } from "../strategy/settlement.ts";
import type { Forest, Game } from "../strategy/tree.ts";
import type { Agent } from "./agent.ts";
import { isInTime } from "./counted.ts";
import type { Due } from "./due.ts";
import { type Asked, hasCallback, isFinal, type Question } from "./requests.ts";

/** Settles the results of questions, delivers answers, and collects what they bring. */

/**
 * Settles questions whose games are over, and delivers what is final: where it pays us at least its gas, and for our own requests. A result
 * that contradicts a false one is always settled; with `settleAll`, every true one. A delivery is never made at a loss for others: its gas
 * is bounded beforehand, whatever the callback does.
 * @param now seconds since 1970
 */
export async function deliverDue(agent: Agent, now: number): Promise<void> {
  const { queue, requests, troubles, client, watchtower, parameters } = agent;
  if (!queue) return;
  const us = queue.address.toLowerCase() as Hex;
  let price: Promise<bigint> | undefined;
  const gasPrice = () => {
    price ??= client.getGasPrice();
    return price;
  };
  for (const asked of requests.pending) {
    const question = requests.questions.get(asked.context) as Question;
    if (!mayBeDue(question, watchtower.forest, parameters.longest, now)) continue;
    await troubles.attempt(`request ${asked.id}`, async () => {
      const due = await deliveryDue(agent, asked, now);
      if (!("intent" in due)) return;
      const isNeeded = due.call === "settle" && (agent.settling.all || question.result !== undefined);
      if (isNeeded || isOwn(asked.request, us) || (await isProfitable(agent, asked, us, gasPrice)))
        await watchtower.make(due.intent, due.call, "0x");
    });
  }
  await troubles.attempt("the oracle's credit", () => collectDue(agent, us, gasPrice));
}

const isOwn = ({ requester }: Request, us: Hex): boolean => requester.toLowerCase() === us;

/** Whether what is left to do for a request pays us its gas. */
async function isProfitable(agent: Agent, asked: Asked, us: Hex, gasPrice: () => Promise<bigint>): Promise<boolean> {
  const truth = await truthOf(agent, asked);
  if ("waits" in truth) return false;
  const earned = earnedBy(asked.request, agent.requests.paidBy(asked, truth.root) === us);
  return earned > 0n && earned >= deliveryGas(asked.request, truth.bytes.length) * (await gasPrice());
}

/** Wei that a delivery brings its sender. @param isPaid whether the sender gets the provider's fee as well */
export const earnedBy = ({ terms: { fee, deliveryFee } }: Pick<Request, "terms">, isPaid: boolean): bigint =>
  deliveryFee + (isPaid ? fee : 0n);

/** Measured (test/snapshots/oracle-gas.json), with room: a settlement, a delivery on fresh slots, and its part of collecting. */
export const SETTLE_AND_DELIVER_GAS = 320_000n;

/** As calldata, hashed, logged and copied. */
const GAS_PER_OUTPUT_BYTE = 100n;

/** Upper bound of the gas of settlement and delivery: a callback uses at most what the request states, and a call gets 63/64 of what is left. */
export const deliveryGas = (request: Pick<Request, "terms">, outputBytes: number): bigint =>
  SETTLE_AND_DELIVER_GAS +
  GAS_PER_OUTPUT_BYTE * BigInt(outputBytes) +
  (hasCallback(request) ? (request.terms.callbackGas * 64n) / 63n + 50_000n : 0n);

/** The games about a question that count. @param longest W, in seconds */
export const countedGames = (
  { games }: Question,
  { games: byId, numbers }: Forest,
  longest: number,
  now: number,
): Game[] =>
  games
    .map((number) => byId.get(numbers.get(number) as Hex))
    .filter((game) => game !== undefined)
    .filter((game) => isInTime(game, longest, now));

/** Whether a settlement or a delivery can be due, as far as it can be told without the true output. */
function mayBeDue(question: Question, forest: Forest, longest: number, now: number): boolean {
  if (question.frozenBy !== undefined) return false;
  if (isFinal(question, now)) return true;
  return countedGames(question, forest, longest, now).some(
    ({ status, output }) => status !== "open" && output !== question.result?.outputRoot,
  );
}

/** The true output of a requested inference, or why it cannot be computed here. */
export type Truth = { readonly root: Hex; readonly bytes: Uint8Array } | { readonly waits: string };

export async function truthOf({ inferences, deployment }: Agent, { id, context }: Asked): Promise<Truth> {
  const missing = inferences.missing(context);
  if (missing !== null) return { waits: `the answer to request ${id} cannot be computed: ${missing}` };
  const run = { machine: deployment.tensorVerifier, context, start: "0x", level: 0 } as const;
  return { root: toHex(await inferences.output(run)), bytes: await inferences.outputBytes(run) };
}

/**
 * The next call that brings the true output to the requester.
 * @throws UserError if the question's result is false, or that of every game that is over
 */
export async function deliveryDue(agent: Agent, asked: Asked, now: number): Promise<Due> {
  const { requests, watchtower, deployment, parameters } = agent;
  const { id, context } = asked;
  const over = requests.over.get(id);
  if (over) return { waits: `request ${id} is ${over}` };
  const question = requests.questions.get(context) as Question;
  const { result, frozenBy } = question;
  if (frozenBy !== undefined)
    return { waits: `two results about request ${id} contradict each other: the guardian must ask again` };
  const games = countedGames(question, watchtower.forest, parameters.longest, now);
  const done = games.filter(({ status }) => status !== "open");
  if (!result && done.length === 0)
    return { waits: games[0] ? `game ${games[0].id} about request ${id} is open` : `request ${id} has no answer` };

  const truth = await truthOf(agent, asked);
  if ("waits" in truth) return truth;
  if (result?.outputRoot === truth.root) {
    if (!isFinal(question, now))
      return { waits: `the answer to request ${id} can be delivered after the delivery delay`, until: result.readyAt };
    const intent = deliverIntent(asked, truth.bytes, deployment.inferenceOracle);
    return { intent, call: "deliver", what: `the delivery to request ${id}` };
  }
  const agreeing = done.find((game) => game.output === truth.root);
  if (!agreeing || isFinal(question, now)) {
    const lie = result?.outputRoot ?? done[0]?.output;
    throw new UserError(
      `the result about request ${id} is ${lie}, which is false: it is ${truth.root}`,
      EXIT.negative,
      {
        remedy: isFinal(question, now)
          ? "it is final: it is not delivered here, and nothing can change it"
          : `answer truly (elench answer --request ${id}), and have the guardian ask again before it is final`,
      },
    );
  }
  const intent = settleAnswerIntent(concludedProposal(agreeing), deployment.inferenceOracle);
  return { intent, call: "settle", what: `the settlement of request ${id}` };
}

/** Games whose results an account waits for: it committed first to their output, so a fee depends on them. */
export function awaitsResult({ requests }: Pick<Agent, "requests">, { proposal, output }: Game, us: Hex): boolean {
  const root = output ?? proposal.output;
  return requests.pendingAbout(proposal.context).some((asked) => requests.paidBy(asked, root) === us);
}

/** A collection is made when it takes at most this part of what it brings. */
const COLLECTING_PART = 20n;
const COLLECT_GAS = 45_000n;

/** Collects our credit. It can have changed only if an event names us. */
async function collectDue(agent: Agent, us: Hex, gasPrice: () => Promise<bigint>): Promise<void> {
  const { requests, watchtower, deployment, creditOf } = agent;
  if (!requests.mayHaveCredit(us)) return;
  if ((await creditOf(us)) >= COLLECTING_PART * COLLECT_GAS * (await gasPrice()))
    await watchtower.make(collectIntent(deployment.inferenceOracle), "collect", "0x");
}
