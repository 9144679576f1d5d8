import { toHex } from "@elench/bytes/hex";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Rollup } from "@elench/deploy/deployment";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { Hex } from "viem";
import { advanceIntent, settleIntent } from "../l1/calls.ts";
import { concludedProposal, payeesOf } from "../strategy/settlement.ts";
import type { Game } from "../strategy/tree.ts";
import type { Agent } from "./agent.ts";
import type { BatchTraceProvider } from "./batch-trace-provider.ts";
import { awaitedBoundaries, type CountedSpan, countedSpans } from "./counted.ts";
import type { Due } from "./due.ts";
import { spanWords } from "./spans.ts";

/**
 * Settles the outputs whose games are over, lowest first: those of spans in which this account has a bond or a reward; those that its own
 * spans wait for; every one that contradicts a false settled output; with `settleAll`, all of them. The contract does not pay for it.
 */
export async function settleDue(agent: Agent, rollup: Rollup | undefined, now: number): Promise<void> {
  const { queue, spans, troubles } = agent;
  if (!queue || !rollup) return;
  const own = queue.address.toLowerCase() as Hex;
  const counted = countedOf(agent, now);
  const awaited = awaitedBoundaries(spans, counted, own);
  const finalCount = spans.finalList(now).at(-1) as number;
  for (const each of counted) {
    const { span, game } = each;
    const settled = spans.at(span.end);
    if (game.status === "open" || settled?.output === game.output) continue;
    // A boundary below a final one is of use only to spans that begin there.
    const isUseful = span.end > finalCount && (agent.settling.all || isOurs(game, own));
    const isWanted = isUseful || awaited.has(span.end) || settled !== undefined;
    await troubles.attempt(`output of game ${game.id}`, async () => {
      const due = await outputDue(agent, rollup, each, now);
      if ("intent" in due && isWanted) await agent.watchtower.make(due.intent, due.call, game.id);
    });
  }
  const hasInterest = agent.settling.all || counted.some(({ game }) => game.proposal.proposer === own);
  if (hasInterest)
    await troubles.attempt("the list of boundaries", async () => {
      const due = await advanceDue(agent, rollup, now);
      if (due && "intent" in due) await agent.watchtower.make(due.intent, due.call, "0x");
    });
}

export const countedOf = ({ spans, watchtower, parameters }: Agent, now: number): CountedSpan[] =>
  countedSpans(spans, watchtower.forest, parameters.longest, now);

const isOurs = (game: Game, own: Hex): boolean => game.proposal.proposer === own || payeesOf(game).has(own);

/**
 * The next call on the way to the finality of a span's output.
 * @throws UserError if the game's result is false, or the boundary is final with another output
 */
export async function outputDue(agent: Agent, rollup: Rollup, { span, game }: CountedSpan, now: number): Promise<Due> {
  const { spans, chain } = agent;
  const { first, end, previous } = span;
  const what = `the output after batch ${end - 1}`;
  if (game.status === "open") return { waits: `game ${game.id} about ${what} is not over` };
  const missing = await (chain as BatchTraceProvider).reach(end);
  if (missing !== null) return { waits: `game ${game.id} about ${what} cannot be checked: ${missing}` };
  const truthAt = (boundary: number): Hex => toHex((chain as BatchTraceProvider).outputAt(boundary));
  if (previous !== truthAt(first))
    return {
      waits: `game ${game.id} builds on the false output ${previous} before batch ${first}: its result cannot be settled`,
    };
  const truth = truthAt(end);
  if (game.output !== truth)
    throw new UserError(
      `game ${game.id} has the false result ${game.output}; the batches from ${first} to ${end - 1} lead to ${truth}. It is not settled here; if another account settles it, the guardian must ask again before it is final`,
      EXIT.negative,
    );
  const settled = spans.at(end);
  if (settled?.output === truth)
    return { waits: `${what} is settled, and becomes final after the finality delay`, until: settled.readyAt };
  // While it is frozen, nothing becomes final, whatever the time.
  if (spans.frozenBy !== undefined)
    return { waits: `two results contradict each other, and nothing is settled until the guardian asks again` };
  if (settled && spans.isFinal(end, now))
    throw new UserError(`${what} is final as ${settled.output}, which is false: it is ${truth}`, EXIT.negative);
  const base = spans.at(first);
  if (base?.output !== previous)
    return {
      waits: `the output before batch ${first}, on which it builds, is ${base ? `settled as ${base.output}, which is false` : "not settled"}`,
    };
  return {
    intent: settleIntent(concludedProposal(game), spanWords(span), rollup.outputs),
    call: "settle",
    what: `the settlement of ${what}`,
  };
}

/** Boundaries of the list that `propose` and `settle` walk by themselves. */
const WALKED = 2;

/** Boundaries in one transaction: each reads one slot and keeps none. */
const STEPS = 500;

/** Walks the list if more boundaries are final than `propose` and `settle` walk by themselves: `propose` is refused until it is walked. */
export async function advanceDue(
  { spans, client }: Pick<Agent, "spans" | "client">,
  { outputs }: Rollup,
  now: number,
): Promise<Extract<Due, { readonly call: string }> | undefined> {
  const final = spans.finalList(now);
  // While the contract is frozen, it does not walk over what became final since.
  if (final.length <= 1 + WALKED || spans.frozenBy !== undefined) return undefined;
  const reached = Number(await client.readContract({ address: outputs, abi: outputsAbi, functionName: "finalCount" }));
  const behind = final.filter((boundary) => boundary > reached).length;
  if (behind <= WALKED) return undefined;
  return {
    intent: advanceIntent(Math.min(behind, STEPS), outputs),
    call: "advance",
    what: `the walk over ${behind} final boundaries`,
  };
}
