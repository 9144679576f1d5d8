import { InternalError } from "@elench/errors/internal-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { Hex } from "viem";
import { proposalPrice } from "../l1/calls.ts";
import type { L1Block } from "../l1/follower.ts";
import { commitIntent, commitmentOf, openIntent, proposeAgainIntent } from "../l1/oracle-calls.ts";
import { MAX_GAS } from "../l1/transactions.ts";
import { regionHint } from "../strategy/places.ts";
import type { Agent } from "./agent.ts";
import { countedGames, deliveryGas, truthOf } from "./delivery.ts";
import type { Due } from "./due.ts";
import { falsehood } from "./falsehood.ts";
import { requireFunds } from "./funds.ts";
import { type Asked, type Committed, firstAnswer, isFinal, type Opened, type Question } from "./requests.ts";

/** What a provider does next: a call; or nothing, because its answer is on L1 (`answer`), or for another reason. */
export type AnsweringDue = Due & {
  /** Its answer, if it is on L1 and nothing more is to be done for it. */
  readonly answer?: Opened;
};

/**
 * The next call on the way to an answer: a commitment, in a later block its opening, and after the guardian asked again a further game. It
 * depends on L1 and on the account's key alone, so a provider that was killed goes on where it stopped: the salt follows from the key, and
 * the commitment is found by its hash.
 * @param confirmations blocks on top of the commitment's before the answer is sent. Whoever builds the next block reads it in the pool, and could
 * leave out the block of a commitment that none is on, to commit first
 * @throws UserError if the request is over, or cannot be answered
 */
export async function answeringDue(
  agent: Agent,
  asked: Asked,
  head: L1Block,
  confirmations = 1n,
): Promise<AnsweringDue> {
  const { requests, queue, deployment, parameters, watchtower } = agent;
  if (!queue) throw new InternalError("an answer takes a key");
  const us = queue.address.toLowerCase() as Hex;
  const { id, context } = asked;
  const now = Number(head.timestamp);
  const question = requests.questions.get(context) as Question;
  const truth = await truthOf(agent, asked);
  if ("waits" in truth) throw new UserError(truth.waits, EXIT.environment);
  const { root: outputRoot, bytes: output } = truth;
  const needsGame = isGameNeeded(agent, question, outputRoot, head);
  const hint = regionHint(watchtower.forest, parameters.longest + parameters.retention, now);
  const what = `the answer to request ${id}`;

  const first = firstAnswer(question, outputRoot);
  const own = question.answers.find((answer) => answer.provider === us && answer.outputRoot === outputRoot);
  const contradicts =
    question.result !== undefined && question.result.outputRoot !== outputRoot && !isFinal(question, now);
  // Against a false result any true answer will do, whoever gets the fee.
  const made = own ?? (contradicts ? first : undefined);
  if (made) {
    if (!needsGame) return { waits: `${what} is on L1 already`, answer: made };
    const intent = proposeAgainIntent({ asked, outputRoot, hint }, deployment.inferenceOracle, parameters);
    return { intent: await agent.payBond(intent), call: "proposeAgain", what: `a further game about ${what}` };
  }

  if (!contradicts) requireAnswerable(agent, asked, question, output, now);
  const secret = { oracle: deployment.inferenceOracle, context, provider: us, outputRoot };
  const salt = await agent.secret(
    `the answer about ${context} to the oracle ${secret.oracle.toLowerCase()} on chain ${deployment.chainId}`,
  );
  const commitment = commitmentOf({ ...secret, chainId: deployment.chainId, salt });
  const committed = await openable(agent, commitment, now);
  if (first && (!committed || first.order < committed.order))
    throw new UserError(
      `request ${id} is answered: ${first.provider} committed to this output first, and the fee is its`,
      EXIT.refused,
    );
  if (!committed) {
    // INVARIANT: who commits after the cancellation may open after it has taken effect: the requester would have the answer for nothing.
    if (!contradicts && requests.cancelling.has(id))
      throw new UserError(`request ${id} is being cancelled`, EXIT.refused);
    const { deposit } = await agent.oracleParameters();
    const consumer = deployment.inferenceOracle;
    await requireFunds(agent, what, { bond: needsGame ? proposalPrice(parameters) : 0n, consumer, deposit });
    const intent = commitIntent(commitment, requests.commitmentHint(), consumer, deposit);
    return { intent, call: "commit", what: `the commitment to ${what}` };
  }
  if (head.number < committed.block + confirmations)
    return { waits: `${what} is opened when ${confirmations} blocks are on top of its commitment`, until: now + 1 };
  const opening = { committed, salt, asked, output, hint };
  const intent = openIntent(opening, deployment.inferenceOracle, needsGame ? parameters : undefined);
  const paid = await agent.payBond(intent);
  // A commitment is opened in a later block than its own, and no transaction is included earlier.
  return {
    intent: committed.block >= head.number ? { ...paid, gas: NEXT_BLOCK_GAS + 100n * BigInt(output.length) } : paid,
    call: "open",
    what,
  };
}

/** More than an opening needs on fresh slots, beside its bytes, under today's rules of L1 and the next. */
const NEXT_BLOCK_GAS = 2_000_000n;

/** Whether a game about this output could decide something, as the oracle decides it. */
function isGameNeeded(
  { watchtower, parameters }: Agent,
  question: Question,
  outputRoot: Hex,
  { timestamp }: L1Block,
): boolean {
  const now = Number(timestamp);
  if (isFinal(question, now) || question.frozenBy !== undefined || question.result?.outputRoot === outputRoot)
    return false;
  const games = countedGames(question, watchtower.forest, parameters.longest, now);
  // A game that is over with this result is settled, not played again.
  return !games.some(({ status, proposal, output }) =>
    status === "open" ? proposal.output === outputRoot : output === outputRoot,
  );
}

/** The earliest of our commitments that can still be opened; undefined if there is none. */
async function openable(agent: Agent, commitment: Hex, now: number): Promise<Committed | undefined> {
  const { reveal } = await agent.oracleParameters();
  for (const committed of agent.requests.committed.get(commitment) ?? []) {
    if (agent.requests.opened.has(committed.order)) continue;
    const { timestamp } = await agent.client.getBlock({ blockNumber: committed.block });
    if (now + INCLUSION <= Number(timestamp + reveal)) return committed;
  }
  return undefined;
}

/** Seconds in which a transaction is expected in a block. */
const INCLUSION = 36;

/** @throws UserError if answering would cost a bond's time, or a deposit, for nothing */
function requireAnswerable(
  { requests }: Agent,
  { id, request }: Asked,
  question: Question,
  output: Uint8Array,
  now: number,
): void {
  const over = requests.over.get(id);
  if (over) throw new UserError(`request ${id} is ${over}`, EXIT.refused);
  if (isFinal(question, now))
    throw new UserError(
      `the answer to request ${id} is known: elench settle --request ${id} delivers it`,
      EXIT.refused,
    );
  const gas = deliveryGas(request, output.length);
  if (gas > MAX_GAS)
    throw new UserError(
      `the answer to request ${id} could not be delivered: it takes up to ${gas} gas, more than a transaction can have`,
      EXIT.refused,
    );
}

/** After the guardian asked again, opens further games about our answers: those from before do not count any more. */
export async function answerAgain(agent: Agent, head: L1Block): Promise<void> {
  const { requests, queue, troubles, watchtower } = agent;
  const us = queue?.address.toLowerCase();
  for (const asked of requests.pending) {
    const { answers, games, result } = requests.questions.get(asked.context) as Question;
    if (result || games.length > 0 || !answers.some(({ provider }) => provider === us)) continue;
    await troubles.attempt(`a further game about the answer to request ${asked.id}`, async () => {
      const due = await answeringDue(agent, asked, head);
      if ("intent" in due) await watchtower.make(due.intent, due.call, "0x");
    });
  }
}

/**
 * Watches for questions that were settled with a false output in an absence, and are not final: reports each; and if the agent
 * `contradicts`, answers truly at once. When that game is over, settling it freezes the question, and the guardian must ask again.
 */
export async function contradictFalseAnswers(agent: Agent, head: L1Block): Promise<void> {
  const { requests, queue, troubles, watchtower } = agent;
  const now = Number(head.timestamp);
  const falsehoods = new Map<string, Error>();
  for (const question of requests.questions.values()) {
    const asked = requests.byContext.get(question.context);
    const { result } = question;
    if (!asked || !result || question.frozenBy !== undefined || isFinal(question, now)) continue;
    await troubles.attempt(`the result of request ${asked.id}`, async () => {
      const truth = await truthOf(agent, asked);
      if ("waits" in truth || truth.root === result.outputRoot) return;
      falsehoods.set(
        `the question of request ${asked.id}`,
        falsehood(result.outputRoot, result.readyAt, `answer --request ${asked.id}`),
      );
      if (!agent.contradicts.answers || !queue) return;
      const due = await answeringDue(agent, asked, head);
      if ("intent" in due) await watchtower.make(due.intent, due.call, "0x");
    });
  }
  troubles.replace(/^the question of request/, falsehoods);
}
