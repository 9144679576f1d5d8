import { toHex } from "@elench/bytes/hex";
import { settlementCall } from "@elench/challenger/l1/settlement";
import { dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Agent } from "@elench/challenger/watch/agent";
import type { CountedSpan } from "@elench/challenger/watch/counted";
import { deliveryDue } from "@elench/challenger/watch/delivery";
import type { Due } from "@elench/challenger/watch/due";
import { advanceDue, countedOf, outputDue } from "@elench/challenger/watch/outputs";
import { isFinal } from "@elench/challenger/watch/requests";
import type { Rollup } from "@elench/deploy/deployment";
import { EXIT, UserError } from "@elench/errors/user-error";
import { Command } from "commander";
import type { Hex } from "viem";
import { type ActorOptions, type Claimant, openClaimant, withActor } from "../claims/claimant.ts";
import { type Done, makeDue } from "../claims/make-due.ts";
import { naturalNumber, option } from "../input/options.ts";
import { print } from "../report/output.ts";
import { findGame } from "./dispute.ts";

interface SettleOptions extends ActorOptions {
  readonly end?: bigint;
  readonly request?: bigint;
  readonly game?: string;
}

export function settleCommand(): Command {
  const command = new Command("settle")
    .description(
      "settle what is due, also for other accounts: the claims of a game, an output, or the delivery of an answer",
    )
    .addOption(
      option("--end <n>", "settle the output of a span that ends before this batch, and its game").argParser(
        naturalNumber,
      ),
    )
    .addOption(
      option("--request <id>", "settle and deliver the answer to this request, and its game").argParser(naturalNumber),
    )
    .addOption(option("--game <id>", "settle only a game: its id, or a prefix of it"));
  return withActor(command).action(settle);
}

async function settle(options: SettleOptions): Promise<void> {
  if ([options.end, options.request, options.game].filter((given) => given !== undefined).length !== 1)
    throw new UserError("nothing to settle, or more than one thing: give one of --end N, --request N and --game ID");
  const claimant = await openClaimant(options, null);
  const transactions: Done[] = [];
  let due = await nextDue(claimant, options);
  while ("intent" in due) {
    transactions.push(await makeDue(claimant.agent, due));
    due = await nextDue(claimant, options);
  }
  const { waits, until } = due;
  print(options.json, { transactions, waits, until: until ?? null }, () => describe(transactions.length, waits, until));
  if (transactions.length === 0) process.exitCode = EXIT.negative;
}

const describe = (done: number, waits: string, until: number | undefined): string =>
  `${done === 0 ? "nothing is due" : `${done} transactions`}: ${waits}${until === undefined ? "" : ` (${new Date(1_000 * until).toISOString()})`}`;

/** @throws UserError if the batch, request or game does not exist. */
async function nextDue(parties: Claimant, options: SettleOptions): Promise<Due> {
  const { agent, deployment } = parties;
  const { timestamp } = await agent.watchtower.look();
  const now = Number(timestamp);
  if (options.game !== undefined) return gameDue(parties, findGame(agent.watchtower.forest, options.game), now);
  if (options.request !== undefined) return requestDue(parties, options.request, now);
  const { rollup } = deployment;
  if (!rollup) throw new UserError("the deployment has no rollup; deploy one with elench deploy --genesis");
  const end = Number(options.end);
  const { length } = agent.batches.appended;
  if (end === 0 || end > length)
    throw new UserError(`no span ends before batch ${end}: the inbox at ${rollup.inbox} has ${length} batches`);
  const proposed = countedOf(agent, now).filter(({ span }) => span.end === end);
  if (proposed.length === 0) return withoutProposal(agent, end);
  return (await advanceDue(agent, rollup, now)) ?? firstDue(parties, rollup, proposed, now);
}

/** How a boundary stands at which no span ends that counts. @throws UserError if it is settled falsely */
async function withoutProposal({ spans, chain }: Agent, end: number): Promise<Due> {
  const settled = spans.at(end);
  if (!settled)
    return {
      waits: `no output of a span that ends before batch ${end} is proposed; elench propose --end ${end} proposes it`,
    };
  const what = `the output after batch ${end - 1} is settled as ${settled.output}`;
  if (chain && (await chain.reach(end)) === null && toHex(chain.outputAt(end)) !== settled.output)
    throw new UserError(`${what}, which is false: it is ${toHex(chain.outputAt(end))}`, EXIT.negative);
  return { waits: what, until: settled.readyAt };
}

/** The call for whichever of the proposals can be settled next. @throws UserError if the only result there is is false */
async function firstDue(
  parties: Claimant,
  rollup: Rollup,
  proposed: readonly CountedSpan[],
  now: number,
): Promise<Due> {
  const { agent } = parties;
  const waiting: Due[] = [];
  let refusal: unknown;
  for (const each of proposed) {
    try {
      const due = openGameDue(parties, each.game.id, now) ?? (await outputDue(agent, rollup, each, now));
      if ("intent" in due) return due;
      waiting.push(due);
    } catch (error) {
      refusal = error;
    }
  }
  const [first] = waiting;
  if (first) return first;
  throw refusal;
}

async function requestDue(parties: Claimant, id: bigint, now: number): Promise<Due> {
  const { agent, deployment } = parties;
  const asked = agent.requests.byId.get(id);
  if (!asked) throw new UserError(`the oracle at ${deployment.inferenceOracle} has no request ${id}`);
  const question = agent.requests.questions.get(asked.context);
  // A further game can contradict a result until it is final.
  const games = question && !isFinal(question, now) ? question.games : [];
  for (const number of games) {
    const due = openGameDue(parties, agent.watchtower.forest.numbers.get(number) as Hex, now);
    if (due && "intent" in due) return due;
  }
  return deliveryDue(agent, asked, now);
}

/** The call that a game needs before its result can be settled; undefined if it is over. */
function openGameDue(parties: Claimant, id: Hex, now: number): Due | undefined {
  const game = parties.agent.watchtower.forest.games.get(id);
  return game?.status === "open" ? gameDue(parties, game, now) : undefined;
}

function gameDue({ agent: { parameters }, deployment }: Claimant, game: Game, now: number): Due {
  const settlement = dueSettlement(game, parameters, now);
  if (settlement) {
    const { intent, call, part } = settlementCall(game, settlement, deployment.disputeGame);
    return { intent, call, what: `the settlement of ${part.entries.length} claims of game ${game.id}` };
  }
  return game.status === "open"
    ? { waits: `game ${game.id} can still be answered`, until: dueAt(game, parameters) }
    : { waits: `game ${game.id} is over: ${game.status}` };
}
